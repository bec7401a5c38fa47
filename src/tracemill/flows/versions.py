"""Versions of the code that makes facts and derivations: what decides what is stale."""

from __future__ import annotations

from functools import cache
from typing import Final

from tracemill.base.ids import digest
from tracemill.records.datasets.recipes import DEFAULT_NAME

RECOGNISE_VERSION: Final = 3
"""Raise it when something else becomes of an input that no source reads."""

COUNTED_VERSION: Final = 9
"""Raise it when something else is kept of the same work for metrics to count."""


@cache
def reading_code(source: str | None = None) -> str:
    """Identify the code that turns inputs into facts: source, redaction, observation.

    Without a source it stands for all of them: what no source reads today, a newer one may.
    """
    from tracemill.label import OBSERVE_VERSION
    from tracemill.redact import rules_version
    from tracemill.sources import SOURCES, load_source

    names = SOURCES.names() if source is None else (source,)
    sources = [f"{name}@{load_source(name).version}" for name in names]
    recognition = (f"recognise@{RECOGNISE_VERSION}",) if source is None else ()
    return digest(*sources, *recognition, rules_version(), str(OBSERVE_VERSION))


@cache
def shown_code() -> str:
    """Identify the code behind what lists and pages show: what is observed, and derivations.

    A twentieth of a second less than to ask for the code of every input, so `status` can.
    """
    from tracemill.label import OBSERVE_VERSION

    return digest(deriving_code(), str(OBSERVE_VERSION))


@cache
def deriving_code() -> str:
    """Identify the code that turns facts into derivations: links, labels, builders, formats."""
    from tracemill.curate import CURATE_VERSION
    from tracemill.curate.recipes import shipped
    from tracemill.export import EXPORT_VERSION
    from tracemill.label import LABEL_VERSION
    from tracemill.link import LINK_VERSION
    from tracemill.render import RENDER_VERSION
    from tracemill.review import REVIEW_VERSION

    of_people = (REVIEW_VERSION,)
    of_metrics = (COUNTED_VERSION,)
    rules = (LINK_VERSION, LABEL_VERSION, RENDER_VERSION, CURATE_VERSION, EXPORT_VERSION)
    return digest(*map(str, rules + of_people + of_metrics), shipped()[DEFAULT_NAME])
