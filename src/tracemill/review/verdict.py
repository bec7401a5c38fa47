"""What people's reviews come to: whose word stands, which labels follow, what they supersede.

Of one person's reviews of a thing the last stands, and none that was taken back. Where people
differ on an outcome, the majority decides, and the newer word where there is none; how many agree
is the confidence. `unknown` is no vote: who cannot tell leaves the machine's word standing. The
rating is the mean of all, from 0 for 1 to 1 for 5.

A review of an episode that went on afterwards is kept and shown, but decides nothing: what came
later was not looked at. Nor does one of a step in whose place another stands by now, as where its
log was written anew or is read otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean
from typing import Final, NamedTuple, cast

import msgspec

from tracemill.base.ids import digest
from tracemill.records.events.event import HumanReview, ReviewUndone
from tracemill.records.events.reviews import MachineVerdict
from tracemill.records.labels import Label
from tracemill.records.refs import Ref, Stamp
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Episode, Outcome
from tracemill.review import REVIEW_VERSION

BY_PEOPLE: Final = "review"
"""Who stands behind a verdict that reviews decided."""
_TOP: Final = 5
_SPAN: Final = 4
_LEAST_KEPT: Final = 0.25
"""Quality from people below which an example is not imitated: a rating of 1."""


class Verdict(NamedTuple):
    """What the standing reviews of one thing come to."""

    reviews: tuple[HumanReview, ...]
    outcome: Outcome | None
    """None where nobody said one."""
    agreed: float
    """Share of those who said an outcome that said this one; 0 where nobody did."""
    quality: float | None
    """None where nobody rated it."""


def standing(
    reviews: Iterable[HumanReview], undone: Iterable[ReviewUndone]
) -> dict[str, tuple[HumanReview, ...]]:
    """Return the reviews that stand, by the name of what they are of, oldest first."""
    gone = {event.review_id for event in undone}
    last: dict[tuple[str, str | None], HumanReview] = {}
    for review in sorted(reviews, key=_order):
        if review.review_id not in gone:
            last[review.subject.name, review.reviewer.person] = review
    found: defaultdict[str, list[HumanReview]] = defaultdict(list)
    for review in sorted(last.values(), key=_order):
        found[review.subject.name].append(review)
    return {name: tuple(found[name]) for name in sorted(found)}


def verdict_of(reviews: Sequence[HumanReview]) -> Verdict:
    """Return what standing reviews of one thing come to."""
    said = [r.form.outcome for r in reviews if r.form.outcome not in (None, "unknown")]
    ratings = [scaled(r.form.overall_rating) for r in reviews if r.form.overall_rating]
    votes = Counter(said)
    most = max(votes.values(), default=0)
    outcome = next((one for one in reversed(said) if votes[one] == most), None)
    agreed = round(most / len(said), 3) if said else 0.0
    quality = round(fmean(ratings), 3) if ratings else None
    return Verdict(tuple(reviews), outcome, agreed, quality)


def scaled(rating: int) -> float:
    """Return a rating from 1 to 5 as a share."""
    return (rating - _TOP + _SPAN) / _SPAN


def is_current(review: HumanReview, episode: Episode) -> bool:
    """Tell whether an episode is still what was looked at."""
    return review.basis in ("", basis_of(episode))


def basis_of(episode: Episode) -> str:
    """Return what an episode consists of, in short."""
    return digest(*episode.trajectory_ids, episode.ended.isoformat() if episode.ended else "")


def basis_of_step(step: Step) -> str:
    """Return which step it is in short, wherever it is counted: its own id, or its first byte."""
    return digest(step.speaker, step.native_id or str(step.span.start))


def superseded(episode: Episode, reviews: Sequence[HumanReview]) -> Episode:
    """Return an episode with people's word in place of the machine's, where they gave one."""
    verdict = verdict_of([review for review in reviews if is_current(review, episode)])
    if verdict.outcome is None and verdict.quality is None:
        return episode
    shown = tuple(Ref(kind="event", id=review.id) for review in verdict.reviews)
    changed = msgspec.structs.replace(
        episode,
        evidence=(*episode.evidence, *shown),
        stamp=Stamp(by=BY_PEOPLE, version=REVIEW_VERSION),
    )
    if verdict.quality is not None:
        changed = msgspec.structs.replace(changed, quality=verdict.quality)
    if verdict.outcome is not None:
        reason = "people who looked at it say so"
        changed = msgspec.structs.replace(
            changed, outcome=verdict.outcome, confidence=verdict.agreed, reason=reason
        )
    return changed


def machine_verdict(episode: Episode, labels: Iterable[Label] = ()) -> MachineVerdict:
    """Return what the rules say of an episode, with the help of its labels where people decided."""
    if episode.stamp.by != BY_PEOPLE:
        return MachineVerdict(
            outcome=episode.outcome,
            confidence=episode.confidence,
            quality=episode.quality,
            reason=episode.reason,
        )
    own = {
        label.name: label
        for label in labels
        if label.target.id == episode.id and not label.stamp.by.startswith(f"{BY_PEOPLE}:")
    }
    outcome, quality = own.get("outcome"), own.get("quality")
    return MachineVerdict(
        outcome=cast("Outcome", outcome.value) if outcome else None,
        confidence=outcome.confidence if outcome else None,
        quality=float(quality.value) if quality else None,
        reason=outcome.reason if outcome else "",
    )


def machine_labels(episode: Episode) -> Iterator[Label]:
    """Yield the machine's own word on an episode, to be kept beside that of people."""
    target = Ref(kind="episode", id=episode.id)
    yield Label(
        target=target,
        name="outcome",
        value=episode.outcome,
        reason=episode.reason,
        confidence=episode.confidence,
        evidence=episode.evidence,
        stamp=episode.stamp,
    )
    if episode.quality is not None:
        yield Label(
            target=target,
            name="quality",
            value=episode.quality,
            reason="share of checks that passed in the end",
            stamp=episode.stamp,
        )


def review_labels(review: HumanReview, *, is_outdated: bool = False) -> Iterator[Label]:
    """Yield what one review says, as labels by its reviewer."""
    reason = f"{review.reviewer.person} looked at it and says so"
    if is_outdated:
        reason = f"{review.reviewer.person} said so before the work went on"
    values: dict[str, bool | str | float] = {}
    if review.form.is_right is not None:
        values["right"] = review.form.is_right
    if review.form.outcome is not None:
        values["outcome"] = review.form.outcome
    if review.form.overall_rating is not None:
        values["quality"] = scaled(review.form.overall_rating)
    values |= {f"review.{name}": said for name, said in sorted(review.form.checklist.items())}
    for name, value in values.items():
        yield Label(
            target=review.subject,
            name=name,
            value=value,
            reason=reason,
            evidence=(Ref(kind="event", id=review.id),),
            stamp=Stamp(by=f"{BY_PEOPLE}:{review.reviewer.person}", version=REVIEW_VERSION),
        )


def is_unwanted(reviews: Sequence[HumanReview]) -> bool:
    """Tell whether people say of an example that nobody should imitate it."""
    verdict = verdict_of(reviews)
    is_poor = verdict.quality is not None and verdict.quality < _LEAST_KEPT
    return is_poor or verdict.outcome == "failed"


def is_called_wrong(reviews: Sequence[HumanReview]) -> bool:
    """Tell whether more people call a step wrong than right."""
    said = Counter(review.form.is_right for review in reviews)
    return said[False] > said[True]


def is_called_right(reviews: Sequence[HumanReview]) -> bool:
    """Tell whether more people call a step right than wrong."""
    said = Counter(review.form.is_right for review in reviews)
    return said[True] > said[False]


def _order(review: HumanReview) -> tuple[bool, object, str]:
    return review.at is None, review.at, review.review_id
