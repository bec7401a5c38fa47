"""How complete a team's reports of its process are."""

from __future__ import annotations

from tracemill.records.refs import Count, Ratio, Record


class ToldField(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that reports of a kind should say."""

    kind: str
    """What the reports are of, for example `gate`."""
    field: str
    """What they should say."""
    n: Count
    """Reports that should say it."""
    n_told: Count
    """Those of them that do."""
    share: Ratio
    """The part of them that do."""


class Completeness(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything that should be told."""

    fields: tuple[ToldField, ...]
    """By kind; kinds of which nothing is held are left out."""
    missing_kinds: tuple[str, ...]
    """Kinds of which nothing is held."""
