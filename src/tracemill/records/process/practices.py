"""Ways of working, and what becomes of work with and without them."""

from __future__ import annotations

from tracemill.records.events.team_features import Level
from tracemill.records.process.patterns import Measure
from tracemill.records.refs import Record, Ref


class Practice(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One way of working."""

    name: str
    """Its name, for example `test_first_development`."""
    says: str
    """What it is, in a few words."""
    kept: Measure | None
    """Share of the work with it that was achieved; None where none kept it."""
    left_out: Measure | None
    """Share of the work without it that was achieved; None where all kept it."""
    q_value: float | None
    """How likely chance alone makes such a difference, corrected for all practices; None where
    there is nothing to compare."""
    effectiveness: Level | None
    """`high` where more work is achieved with it than without, by more than chance, `low` where
    less is; None where that is not shown."""
    examples: tuple[Ref, ...]
    """Achieved work that kept it, five pieces at most."""


class PracticeList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every practice, those that surely help first."""

    practices: tuple[Practice, ...]
    """The practices of which any work tells."""
