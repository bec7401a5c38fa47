"""A report of a team's process with what the rules and people say of it."""

from __future__ import annotations

from tracemill.records.events.event import TeamReport
from tracemill.records.events.reviews import HumanReview
from tracemill.records.labels import Label
from tracemill.records.refs import Record


class LabeledReport(Record, frozen=True, kw_only=True):
    """A gate's judgement, a person's decision or a project, and how good it is."""

    event: TeamReport
    """What was told."""
    labels: tuple[Label, ...] = ()
    """What the rules say of it; none where nothing can be known."""
    has_default_confidence: bool = False
    """Whether nobody said how sure it is, and a number stands in for that."""
    reviews: tuple[HumanReview, ...] = ()
    """What people say of it."""
