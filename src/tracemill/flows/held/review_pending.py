"""Reviews that no run has read yet, shown on what they are of as if one had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tracemill.flows.held.review_rows import ReviewRow, form_of
from tracemill.records.events.event import HumanReview
from tracemill.records.events.forge import Actor
from tracemill.records.labels import Label
from tracemill.records.refs import Origin, Ref
from tracemill.records.work.episodes import Episode
from tracemill.review.verdict import BY_PEOPLE, machine_labels, review_labels, standing, superseded

_HERE = Origin(source="inbox", source_version=0, uri="", input_id="")


class Reviewed(NamedTuple):
    """An episode and its labels, with what people said of it."""

    episode: Episode
    labels: list[Label]


def with_pending(
    said: Sequence[Mapping[str, Any]], episode: Episode, labels: Sequence[Label]
) -> Reviewed:
    """Return an episode with reviews that wait for the next run; as it came where none does.

    Args:
        said: rows of the index of reviews of it.
        episode: the episode as it was derived.
        labels: labels on it and on its trajectories.
    """
    found = [msgspec.convert(data, ReviewRow) for data in said]
    if all(row.derived for row in found):
        return Reviewed(episode, list(labels))
    reviews = standing((_review(row) for row in found), ())[episode.id]
    others = [label for label in labels if not label.stamp.by.startswith(f"{BY_PEOPLE}:")]
    spoken = [label for review in reviews for label in review_labels(review)]
    own = [] if episode.stamp.by == BY_PEOPLE else machine_labels(episode)
    return Reviewed(superseded(episode, reviews), [*others, *own, *spoken])


def _review(row: ReviewRow) -> HumanReview:
    return HumanReview(
        id=row.id,
        at=row.at,
        origin=_HERE,
        review_id=row.id,
        subject=Ref(kind="episode", id=row.subject),
        reviewer=Actor(person=row.reviewer),
        form=form_of(row),
        seconds=row.seconds,
    )
