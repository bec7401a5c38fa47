"""What gates counted from commit to commit, and where it got worse."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.events.gates import GateKind, GateStatus
from tracemill.records.refs import Count, Ratio, Record

Worsening = Literal["verdict", "failing", "passing", "skipped", "lines", "branches"]
"""What got worse: it no longer passes; more fails; fewer tests pass although no more fail, so some
are gone; more is skipped; fewer lines or branches are covered."""

NotCompared = Literal["first", "other_tests"]
"""Why a run says nothing of better or worse: none of its kind came before it there, or none of the
last ones looked at the same tests."""


class TrendPoint(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one gate counted at one commit, beside the run before it."""

    id: str
    """The gate run; of several at one commit the last."""
    before_id: str | None
    """The run that it is compared with; None where it is compared with none."""
    gate: GateKind
    """What it looks at."""
    tool: str | None
    """The tool; None where the report does not tell."""
    title: str | None
    """What the report calls the run."""
    at: datetime
    """When it ran."""
    commit: str | None
    """The commit that it looked at; None where that is not known."""
    confidence: Ratio | None
    """How sure the commit is; None where none is known."""
    status: GateStatus
    """Its verdict."""
    failing: Count
    """Results that failed."""
    passing: Count
    """Results that passed."""
    skipped: Count
    """Results that were skipped."""
    line_rate: Ratio | None
    """Share of the lines that were run; None where that was not measured."""
    branch_rate: Ratio | None
    """Share of the branches that were taken; None where that was not measured."""
    worse: tuple[Worsening, ...]
    """What is worse than in the run before."""
    broken: tuple[str, ...] = ()
    """Tests that passed in the run before and fail, as far as both name them, at most 20."""
    not_compared: NotCompared | None
    """Why it is compared with none; None where it is."""
