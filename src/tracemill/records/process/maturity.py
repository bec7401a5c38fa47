"""How far a team's loop of learning has come, level by level, with the evidence."""

from __future__ import annotations

from datetime import date
from typing import Literal

from tracemill.records.process.targets import MeasuredTarget
from tracemill.records.refs import Count, Record

Verdict = Literal["met", "not_met", "unknown"]
"""`unknown` where nothing that is held tells; it counts as little as `not_met`."""


class Criterion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that a level asks for."""

    level: Count
    """The level, from 1."""
    asks: str
    """What it asks for."""
    verdict: Verdict
    """Whether that is so."""
    unit: Literal["share", "count"]
    """Whether it is a share, or how many there are."""
    value: float | None
    """What was measured; None where nothing was."""
    needed: float | None
    """What it must be at least; None where it is no number."""
    n: Count
    """Cases that it was measured on."""
    evidence: str
    """What was looked at, and how it was counted."""


class MaturityLevel(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One level with all that it asks for."""

    level: Count
    """Its number, from 1."""
    name: str
    """What it is called."""
    is_reached: bool
    """Whether all of it is met, and all of the levels below."""
    criteria: tuple[Criterion, ...]
    """What it asks for."""


class MaturityReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How far a team's loop has come."""

    day: date
    """The day on which it was asked."""
    level: Count
    """The highest level that is reached; 0 where none is."""
    levels: tuple[MaturityLevel, ...]
    """All levels."""
    targets: tuple[MeasuredTarget, ...]
    """What was hoped for, beside what was measured."""
