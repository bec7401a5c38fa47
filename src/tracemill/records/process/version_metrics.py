"""What versions of a prompt or recipe brought, each beside the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.process.patterns import Measure
from tracemill.records.process.reports import Change
from tracemill.records.refs import Count, Record

Effectiveness = Literal["high", "medium", "low"]
"""How well a version does, by what gates say of the work done with it."""
BestVerdict = Literal["best", "no_difference", "too_few"]
"""Whether one version is better than the next by more than chance; `too_few` where no two versions
have cases enough to ask."""


class VersionChange(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A metric of one version, beside the version before it of which anything is known."""

    measure: Measure
    """The metric of this version."""
    before: float | None
    """The metric of the version before; None where nothing is known of any."""
    difference: float | None
    """This one less the one before; of shares, times a hundred it is points."""
    relative: float | None
    """The same as a part of the one before; None where that is zero or unknown."""
    q_value: float | None
    """How often chance alone would do as much, counted with all that was compared."""
    change: Change
    """Which way it went, as far as that is more than chance."""


class VersionMetrics(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one version brought."""

    version: str
    """Its name."""
    n_projects: Count
    """Projects that used it, as far as their reports say."""
    n_sessions: Count
    """Sessions that had it."""
    first_used: datetime | None
    """The earliest moment of which it is known; None where none is."""
    last_used: datetime | None
    """The latest."""
    in_use_by: tuple[str, ...]
    """Projects that used it last, and of which no end is known."""
    effectiveness: Effectiveness | None
    """How well it does; None where no gate judged enough to say."""
    metrics: tuple[VersionChange, ...]
    """Every metric that counts anything of it."""


class BestVersion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Which version does best in one slice of the work."""

    slice: dict[str, str]
    """What the work has in common, for example its domain."""
    ranked: tuple[Measure, ...]
    """The metric of each version, the best first; versions without cases are left out."""
    verdict: BestVerdict
    """Whether one of them is the best."""
    best: str | None
    """That version; None where nobody can tell."""
    p_value: float | None
    """How often chance alone would put the two best so far apart."""
    n_needed: Count | None
    """Cases of each that would tell such a difference four times of five; None where none shows."""
