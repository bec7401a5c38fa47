"""Redact: no text leaves ingest before it has passed through here.

Records come in as a source yields them, and go out with secrets replaced by tokens and
people's names in addresses and paths replaced by pseudonyms, together with findings that
say where, and never what.

A prefilter passes once over the text of many records and calls the detectors whose probes
match (`scanning`); a detector says exactly which bytes are to go (`line_rules`, `detectors`). What
is found does not depend on the prefilter, nor on what stands beside a text.

To add a token format: one table in `rules/secrets.toml`, with texts that it must and must
not find; a test runs them all.
"""

from tracemill.records.privacy.stand_ins import is_stand_in
from tracemill.redact.canaries import canaries, dead_rules, fill
from tracemill.redact.copies import may_hold
from tracemill.redact.located import Found, Located, Seen
from tracemill.redact.redactor import GivenAway, Redaction, Redactor, rules_version
from tracemill.redact.rules import REDACT_VERSION, Rules
from tracemill.redact.scanning.prefilters import ENGINES, best_engine

__all__ = [
    "ENGINES",
    "REDACT_VERSION",
    "Found",
    "GivenAway",
    "Located",
    "Redaction",
    "Redactor",
    "Rules",
    "Seen",
    "best_engine",
    "canaries",
    "dead_rules",
    "fill",
    "is_stand_in",
    "may_hold",
    "rules_version",
]
