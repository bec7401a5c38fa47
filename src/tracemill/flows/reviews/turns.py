"""Turns as people rate them: whether what the agent did with its tools was right.

A rating is a mark on the last step of a turn that called tools. Turns that were answered in words
alone are not asked about: what people say next tells more of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.flows.held.lookup import list_rows, show_trajectory
from tracemill.flows.results import SessionRow
from tracemill.records.refs import Ref
from tracemill.records.sessions.trajectory import Step
from tracemill.store.workspace import Workspace


class RatedTurn(NamedTuple):
    """A turn that can be rated."""

    number: int
    """Which turn of its session it is, from 1."""
    request: str
    """What was asked for; empty where nobody asked."""
    tools: tuple[str, ...]
    """What was called, in order."""
    step: Ref
    """The step that a rating stands on."""


def turn_to_rate(workspace: Workspace, session: str | None, number: int | None) -> RatedTurn:
    """Return a turn of a session, or the last that called tools, of the newest session.

    Raises:
        NotFoundError: there is no such session or turn, or none that called tools.
        UsageError: the turn was answered in words alone.
    """
    name = session or _newest(workspace)
    shown = show_trajectory(workspace, name)
    turns = list(_turns(shown.row.id, shown.steps))
    if number is None:
        found = next((turn for turn in reversed(turns) if turn.tools), None)
        if found is None:
            raise NotFoundError(f"no turn of {shown.row.id} calls tools; nothing is to be rated")
        return found
    if not 1 <= number <= len(turns):
        raise NotFoundError(f"{shown.row.id} has {len(turns)} turns; there is no turn {number}")
    turn = turns[number - 1]
    if not turn.tools:
        raise UsageError(f"turn {number} was answered in words; turns that call tools are rated")
    return turn


def _newest(workspace: Workspace) -> str:
    rows = list_rows(workspace, "session", SessionRow, limit=1).rows
    if not rows:
        raise NotFoundError("no sessions are kept yet; see: tracemill run")
    return rows[0].id


def _turns(trajectory_id: str, steps: Iterable[Step]) -> Iterator[RatedTurn]:
    held: list[Step] = []
    number = 0
    for step in steps:
        if step.is_replayed:
            continue
        if step.speaker == "user" and any(each.speaker == "agent" for each in held):
            number += 1
            yield _turn(number, trajectory_id, held)
            held = []
        held.append(step)
    if any(each.speaker == "agent" for each in held):
        yield _turn(number + 1, trajectory_id, held)


def _turn(number: int, trajectory_id: str, steps: list[Step]) -> RatedTurn:
    request = next((step.text for step in steps if step.speaker == "user"), "")
    calling = [step for step in steps if step.speaker == "agent" and step.calls]
    last = calling[-1] if calling else steps[-1]
    tools = tuple(call.name for step in calling for call in step.calls)
    return RatedTurn(
        number, request, tools, Ref(kind="trajectory", id=trajectory_id, step=last.index)
    )
