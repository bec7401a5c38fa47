"""CI runs, jobs and statuses of commits, looked at as gate runs.

A forge says a thing again at each change; its newest word counts, and only once it has come to
an end. The steps of a job are the results of its run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tracemill.base.clock import moment_key
from tracemill.base.ids import make_id
from tracemill.records.events.event import CiJob, CiRun, CommitStatus, Event, GateRun
from tracemill.records.events.forge import CiStep
from tracemill.records.events.gates import GateResult, ResultStatus
from tracemill.records.refs import Span

CiEvent = CiRun | CiJob | CommitStatus
"""What CI says."""


class _Thing(NamedTuple):
    kind: type
    repository: str | None
    name: str
    attempt: int | None


def ci_gates(events: Iterable[CiEvent]) -> list[GateRun]:
    """Return the gate run of each thing that has come to an end, sorted by id."""
    newest: dict[_Thing, CiEvent] = {}
    for event in sorted(events, key=_order):
        newest[_thing(event)] = event
    made = [gate_of(event) for event in newest.values() if event.conclusion is not None]
    return sorted(made, key=lambda run: run.id)


def _order(event: CiEvent) -> tuple[bool, bool, float, str]:
    """Order events by time; what has ended comes behind what goes on."""
    at = moment_key(event.at)
    return event.at is not None, event.conclusion is not None, at, event.id


def _thing(event: CiEvent) -> _Thing:
    if isinstance(event, CiRun):
        return _Thing(CiRun, event.repository, event.run_id or event.id, event.attempt)
    return _Thing(type(event), event.repository, event.native_id or event.id, None)


def gate_of(event: CiEvent) -> GateRun:
    """Return what CI says as a gate run of the same id."""
    title, tool, run_id, attempt = _named(event)
    steps = event.steps if isinstance(event, CiJob) else ()
    return GateRun(
        id=event.id,
        at=event.ended or event.at,
        origin=event.origin,
        span=event.span,
        gate="ci",
        tool=tool,
        title=title,
        status=event.status,
        totals=dict(sorted(Counter(map(_status, steps)).items())),
        duration_s=_seconds(event.started, event.ended),
        commit=event.commit,
        branch=event.branch,
        run_id=run_id,
        attempt=attempt,
    )


def _named(event: CiEvent) -> tuple[str | None, str | None, str | None, int | None]:
    match event:
        case CiRun():
            return event.workflow, "github-actions", event.run_id, event.attempt
        case CiJob():
            title = " / ".join(part for part in (event.workflow, event.name) if part)
            return title or None, "github-actions", event.run_id, event.attempt
        case _:
            return event.name, event.service, None, None


def results_of(event: Event) -> list[GateResult]:
    """Return the steps of a job as results; anything else has none."""
    if not isinstance(event, CiJob):
        return []
    return [
        GateResult(
            id=make_id("result", event.id, str(number)),
            gate_run_id=event.id,
            status=_status(step),
            name=step.name,
            message=step.conclusion,
            duration_s=_seconds(step.started, step.ended),
            span=event.span or Span(start=0, end=0),
        )
        for number, step in enumerate(event.steps)
    ]


def _status(step: CiStep) -> ResultStatus:
    return "skipped" if step.conclusion == "skipped" else step.status


def _seconds(started: datetime | None, ended: datetime | None) -> float | None:
    if started is None or ended is None or ended < started:
        return None
    return (ended - started).total_seconds()
