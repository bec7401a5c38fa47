"""What the index holds of reviews, and what the commands and pages about them return."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast

import msgspec

from tracemill.records.events.reviews import MachineVerdict, ReviewForm, ReviewItem, Trigger
from tracemill.records.refs import Count, Record, Ref, RefKind
from tracemill.records.work.learning import LearningEpisode
from tracemill.review.checklist import Checklist

ENTRY: Final = "review_item"
"""What kind of row waits for a review."""
REVIEW: Final = "review"
"""What kind of row is one."""


class QueueRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that waits for a review; these names are stable."""

    id: str
    kind: str
    title: str
    reviews: int


class QueueEntry(Record, frozen=True, kw_only=True):
    """One thing that waits, with what its reviewer must not see before judging."""

    item: ReviewItem
    """What the reviewer sees."""
    triggers: tuple[Trigger, ...]
    """Why it waits."""
    machine: MachineVerdict
    """What the rules say of it."""


class ReviewRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One review; these names are stable."""

    id: str
    subject: str
    kind: str
    reviewer: str
    at: datetime | None
    outcome: str | None
    overall_rating: int | None
    checklist: dict[str, str]
    comments: str | None
    suggested_improvements: str | None
    learning_signal: str | None
    seconds: float | None
    standing: bool
    current: bool
    derived: bool
    step: int | None = None
    is_right: bool | None = None

    @property
    def of(self) -> Ref:
        """What it is of."""
        return Ref(kind=cast("RefKind", self.kind), id=self.subject, step=self.step)


class NextItem(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What is to be looked at next."""

    item: ReviewItem | None
    """What the reviewer sees; None where nothing waits."""
    checklist: Checklist
    """What is asked."""
    waiting: Count
    """How many things wait, this one among them."""


class ShownReviews(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A thing and what people said of it; what the machine says only once somebody has."""

    item: ReviewItem
    """The thing."""
    told: LearningEpisode | None
    """What the record tells of an episode, without its outcome while nobody has judged it."""
    reviews: tuple[ReviewRow, ...]
    """What people said, oldest first."""
    triggers: tuple[Trigger, ...] | None
    """Why it waits or waited; None while nobody has judged it."""
    machine: MachineVerdict | None
    """What the rules say of it; None while nobody has judged it."""


class Submitted(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A review that was filed, and what the machine says beside it."""

    review: ReviewRow
    """The review."""
    triggers: tuple[Trigger, ...]
    """Why the thing waited; empty where it was chosen by hand."""
    machine: MachineVerdict
    """What the rules say."""
    waiting: Count
    """How many things still wait."""
    following: ReviewItem | None
    """What is to be looked at next; None where nothing waits."""


class Undone(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A review that was taken back."""

    review: ReviewRow
    """The review."""
    waiting: Count
    """How many things wait now."""


def entry_of(data: dict[str, Any]) -> QueueEntry:
    """Return the entry of a row of the index."""
    return msgspec.convert(data, QueueEntry)


def form_of(row: ReviewRow) -> ReviewForm:
    """Return what a reviewer filled in."""
    names = ReviewForm.__struct_fields__
    return msgspec.convert({name: getattr(row, name) for name in names}, ReviewForm)
