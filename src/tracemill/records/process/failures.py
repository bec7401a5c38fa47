"""What fails most in a team's work, and what it takes to put it right."""

from __future__ import annotations

import msgspec

from tracemill.records.refs import Count, Record, Ref


class Spread(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What some numbers are like."""

    n: Count
    """How many are known."""
    mean: float
    """Their mean."""
    highest: float
    """The highest of them."""


class FailureGroup(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Failures that have something in common."""

    name: str
    """What they share; `unknown` where no record tells."""
    n: Count
    """How many there are."""
    n_overcome: Count
    """How many of them were put right."""
    retries: Spread | None
    """Tries after the first; None where none is told."""
    minutes: Spread | None
    """Minutes until it was put right; None where none is told."""
    examples: tuple[Ref, ...]
    """Some records that show it, three at most."""


class FailureStats(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What fails, whoever told it: sessions, or the team's own reports."""

    n: Count
    """Failures."""
    types: tuple[FailureGroup, ...]
    """By why they failed, the commonest first."""
    categories: tuple[FailureGroup, ...]
    """By what they belong to."""
    severities: tuple[FailureGroup, ...]
    """By how bad they are, which only people say."""
    patterns: tuple[FailureGroup, ...]
    """What recurs most, ten at most."""
    friction: tuple[FailureGroup, ...]
    """Where most minutes go until it is put right, ten at most."""
    ignored: dict[str, int] = msgspec.field(default_factory=dict)
    """Calls that failed and are no failure of the work, by why."""
