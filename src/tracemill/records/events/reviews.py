"""A person's review of recorded work: a fact, like everything that people say.

A review is never changed. Who thinks better of it takes it back with an event of its own, and may
say something else; both stay.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.records.events.base import EventBase
from tracemill.records.events.forge import Actor
from tracemill.records.events.team_projects import Rating
from tracemill.records.refs import Record, Ref
from tracemill.records.work.episodes import Outcome

Trigger = Literal["escalation", "ambiguous_gate", "new_prompt", "low_score", "random_share"]
"""Why something waits for a review: it was handed to a person, a gate could not decide, it is
among the first uses of a prompt version, the machine scored it low, or chance chose it."""


class ReviewForm(Record, frozen=True, kw_only=True):
    """What a reviewer fills in; everything may be left open."""

    outcome: Outcome | None = None
    """What became of the work; `unknown` says that nobody can tell, None that it was left open."""
    overall_rating: Rating | None = None
    """How good the work is."""
    is_right: bool | None = None
    """Of one step: whether it was right to do or say that."""
    checklist: dict[str, str] = msgspec.field(default_factory=dict)
    """Answers by the name of their question."""
    comments: str | None = None
    """What else there is to say."""
    suggested_improvements: str | None = None
    """What would have been better."""
    learning_signal: str | None = None
    """What should be learned from it."""


class HumanReview(EventBase, frozen=True, kw_only=True, tag="human_review"):
    """One person's judgement of an episode, an example, an event of a team's process, or a step."""

    review_id: str
    """Names the review wherever it is read: of reviewer, subject and moment."""
    subject: Ref
    """What was looked at."""
    basis: str = ""
    """What an episode consisted of then: work that went on since was not looked at."""
    session_ids: tuple[str, ...] = ()
    """The sources' own ids of its sessions, so that erasing one finds what was said of it."""
    reviewer: Actor
    """Who says so."""
    form: ReviewForm
    """What is said."""
    seconds: float | None = None
    """How long the reviewer looked at it."""


class ReviewUndone(EventBase, frozen=True, kw_only=True, tag="review_undone"):
    """A review was taken back by whoever gave it."""

    review_id: str
    """The review."""


class ItemPart(Record, frozen=True, kw_only=True):
    """One thing that a reviewer sees of an item."""

    name: str
    """What it is, for example `Asked for`."""
    lines: tuple[str, ...]
    """What there is of it."""


class ReviewItem(Record, frozen=True, kw_only=True):
    """What a reviewer sees before judging: the record, and nothing of what the rules think."""

    id: str
    """Id of what is to be looked at."""
    subject: Ref
    """The same, as a pointer."""
    title: str
    """What it is, in one line."""
    parts: tuple[ItemPart, ...] = ()
    """What is known of it."""
    look: str
    """The command that shows all of it."""
    basis: str = ""
    """What an episode consists of now."""
    session_ids: tuple[str, ...] = ()
    """The sources' own ids of its sessions."""


class MachineVerdict(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the rules say of an item; kept from reviewers until they have said their own."""

    outcome: Outcome | None = None
    """What became of it."""
    confidence: float | None = None
    """How sure that is."""
    quality: float | None = None
    """How good it is, 0 to 1: of an episode the share of its kinds of checks whose last run passed,
    of an event the score that the team's process gave; None where nothing was scored."""
    reason: str = ""
    """What proves it."""
