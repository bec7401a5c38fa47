"""Versions of the code that makes facts and derivations: what decides what is stale."""

from __future__ import annotations

from functools import cache

from tracemill.base.ids import digest


@cache
def reading_code() -> str:
    """Identify the code that turns inputs into facts: sources, redaction, observation."""
    from tracemill.flows.ingest.discovery import load_source
    from tracemill.label.observe import OBSERVE_VERSION
    from tracemill.redact import rules_version
    from tracemill.sources import SOURCES

    sources = [f"{name}@{load_source(name).version}" for name in SOURCES.names()]
    return digest(*sources, rules_version(), str(OBSERVE_VERSION))
