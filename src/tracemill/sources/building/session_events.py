"""Events that a session's own log tells: feedback, todos, compactions, links, stated outcomes.

An event's id comes from its trajectory, its kind and the line that it stands on, or what the
source itself calls that place, so that it stays when the file grows.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import (
    Compaction,
    Feedback,
    FeedbackKind,
    PullRequestLink,
    StatedOutcome,
    Todo,
    TodoChange,
)
from tracemill.records.refs import Origin, Span
from tracemill.sources.building.open_trajectory import OpenTrajectory


class Place(NamedTuple):
    """Where and when something happened."""

    trajectory: OpenTrajectory
    line: Line | Span
    at: datetime | None
    step: int | None
    """Index of the step at which it happened."""
    native_id: str | None = None
    """The source's own id of the place, where lines move when the input grows."""


class EventMaker:
    """Makes the events of one input."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._where = ""
        self._n_there = 0

    def feedback(
        self,
        place: Place,
        action: FeedbackKind,
        said: str | None = None,
        call_id: str | None = None,
        undone_from: int | None = None,
        goes_on_from: int | None = None,
    ) -> Feedback:
        """Return what a person did."""
        return Feedback(
            id=self._id(place, action),
            at=place.at,
            trajectory_id=place.trajectory.id,
            step=place.step,
            origin=self._origin,
            span=_span(place),
            action=action,
            text=said,
            call_id=call_id,
            undone_from=undone_from,
            goes_on_from=goes_on_from,
        )

    def todo_change(self, place: Place, todos: tuple[Todo, ...], *, is_whole: bool) -> TodoChange:
        """Return a change of the agent's todo list."""
        return TodoChange(
            id=self._id(place, "todo"),
            at=place.at,
            trajectory_id=place.trajectory.id,
            step=place.step,
            origin=self._origin,
            span=_span(place),
            todos=todos,
            is_whole_list=is_whole,
        )

    def compaction(
        self, place: Place, trigger: str | None = None, tokens_before: int | None = None
    ) -> Compaction:
        """Return that the context was summarised."""
        return Compaction(
            id=self._id(place, "compaction"),
            at=place.at,
            trajectory_id=place.trajectory.id,
            step=place.step,
            origin=self._origin,
            span=_span(place),
            trigger=trigger,
            tokens_before=tokens_before,
        )

    def pull_request(
        self, place: Place, number: int, url: str | None, repository: str | None
    ) -> PullRequestLink:
        """Return that the session named a pull request."""
        return PullRequestLink(
            id=self._id(place, "pull_request"),
            at=place.at,
            trajectory_id=place.trajectory.id,
            step=place.step,
            origin=self._origin,
            span=_span(place),
            number=number,
            url=url,
            repository=repository,
        )

    def stated_outcome(self, place: Place, fact: str, value: bool | float | str) -> StatedOutcome:
        """Return what the log says of how the work came out."""
        return StatedOutcome(
            id=self._id(place, fact),
            at=place.at,
            trajectory_id=place.trajectory.id,
            step=place.step,
            origin=self._origin,
            span=_span(place),
            fact=fact,
            value=value,
        )

    def _id(self, place: Place, kind: str) -> str:
        where = place.native_id or str(place.line.start)
        if where != self._where:
            self._where, self._n_there = where, 0
        self._n_there += 1
        return make_id("event", place.trajectory.id, kind, f"{where}:{self._n_there}")


def _span(place: Place) -> Span:
    return Span(start=place.line.start, end=place.line.end)
