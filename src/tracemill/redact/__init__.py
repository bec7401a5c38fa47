"""Redact: no text leaves ingest before it has passed through here.

Records come in as a source yields them, and go out with secrets replaced by tokens and
people's names in addresses and paths replaced by pseudonyms, together with findings that
say where, and never what.

A prefilter passes once over the text of many records and calls the detectors whose probes
match (`scanning`); a detector says exactly which bytes are to go (`line_rules`, `detectors`). What
is found does not depend on the prefilter, nor on what stands beside a text.

To add a token format: one table in `rules/secrets.toml`, with texts that it must and must
not find; a test runs them all.

What is offered here is loaded when it is asked for: a run without news asks for the version of the
rules alone.
"""

from typing import TYPE_CHECKING

from tracemill.base.loading import front

if TYPE_CHECKING:
    from tracemill.redact.copies import may_hold
    from tracemill.redact.located import Found, Located, Seen
    from tracemill.redact.redactor import Address, GivenAway, Redaction, Redactor, address_of
    from tracemill.redact.rules import REDACT_VERSION, Rules, rules_version
    from tracemill.redact.scanning.prefilters import ENGINES, best_engine

__all__ = [
    "ENGINES",
    "REDACT_VERSION",
    "Address",
    "Found",
    "GivenAway",
    "Located",
    "Redaction",
    "Redactor",
    "Rules",
    "Seen",
    "address_of",
    "best_engine",
    "may_hold",
    "rules_version",
]

__getattr__ = front(
    __name__,
    {
        "Address": "redactor",
        "ENGINES": "scanning.prefilters",
        "REDACT_VERSION": "rules",
        "Found": "located",
        "GivenAway": "redactor",
        "Located": "located",
        "Redaction": "redactor",
        "Redactor": "redactor",
        "Rules": "rules",
        "Seen": "located",
        "address_of": "redactor",
        "best_engine": "scanning.prefilters",
        "may_hold": "copies",
        "rules_version": "rules",
    },
)
