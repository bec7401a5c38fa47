"""Attempts at artifacts as they are read, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport, RuleVerdict
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import ResultStatus, Speaker, Step, ToolCall, ToolResult
from tracemill.render.team import Read, read_report
from tracemill.render.team_lines import report_kind
from tracemill.sources.building.open_trajectory import OpenTrajectory
from tracemill.sources.building.role_steps import UNKNOWN_AGENT
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_faults import shape_fault
from tracemill.sources.reading.json_fields import is_line_too_deep
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import TrajectoryIds

TOOL: Final = "generate_artifact"
"""What a model calls to hand in an artifact; the layout itself does not name it."""
_OTHER: Final = "no_attempt"
_SPEAKERS: Final[dict[str, Speaker]] = {
    "user": "user", "human": "user", "assistant": "agent", "agent": "agent", "model": "agent",
    "system": "system", "tool": "tool",
}  # fmt: skip


class _Attempt(NamedTuple):
    """One attempt, and where it stands."""

    read: Read
    report: ArtifactReport
    line: Line


class ArtifactsReader:
    """Takes the attempts of one file."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._ids = TrajectoryIds()
        self._events = EventMaker(origin)
        self._n_taken = 0
        self._open: OpenTrajectory | None = None
        self._last: _Attempt | None = None

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one attempt; return why it holds nothing to keep, or None where it was used.

        Raises:
            BadShapeError: a field is of the wrong type; the path says which.
        """
        if report_kind(record) is not ArtifactReport:
            return _OTHER
        if is_line_too_deep(record, line):
            raise BadShapeError("expected an attempt, found one that is nested too deeply")
        try:
            read = read_report(record, ArtifactReport)
        except msgspec.ValidationError as error:
            raise BadShapeError(shape_fault(error)) from error
        assert isinstance(read.report, ArtifactReport)
        attempt = _Attempt(read, read.report, line)
        if self._last is None or not _goes_on(self._last.report, attempt.report):
            self._close()
            self._begin(attempt)
        self._try(attempt)
        return None

    def finish(self) -> None:
        """Give the last artifact its header."""
        self._close()

    def _begin(self, attempt: _Attempt) -> None:
        line, report = attempt.line, attempt.report
        own_id = self._ids.make("artifacts", line.data.strip())
        self._open = OpenTrajectory(own_id, own_id)
        asked = report.user_request
        before = report.said_before
        if before and before[-1].content == asked and _SPEAKERS.get(before[-1].role) == "user":
            before = before[:-1]
        for said in before:
            speaker = _SPEAKERS.get(said.role, "system")
            self._say(attempt, speaker=speaker, text=said.content, is_replayed=True)
        if asked is not None:
            self._say(attempt, speaker="user", text=asked, at=attempt.read.at)

    def _try(self, attempt: _Attempt) -> None:
        report = attempt.report
        trajectory = self._trajectory()
        call_id = f"step-{trajectory.n_steps}"
        arguments = {
            "artifact_type": report.artifact_type,
            "file_path": report.file_path,
            "code": report.generated_code,
        }
        known = {name: value for name, value in arguments.items() if value is not None}
        trajectory.see_model(report.agent_model)
        self._say(
            attempt,
            speaker="agent",
            at=attempt.read.at,
            model=report.agent_model,
            calls=(ToolCall(id=call_id, name=TOOL, arguments=known, tool_level="generated"),),
            results=tuple(_results(call_id, report)),
        )
        self._last = attempt
        self.ready.append(self._report(attempt))

    def _report(self, attempt: _Attempt) -> TeamReport:
        self._n_taken += 1
        line, read = attempt.line, attempt.read
        place = f"{line.start}:{self._n_taken}"
        return TeamReport(
            id=make_id("event", self._origin.input_id, "team_report", place),
            at=read.at,
            origin=self._origin,
            span=Span(start=line.start, end=line.end),
            session_id=read.session_id,
            project_id=read.project_id,
            report=read.report,
            remainder=read.remainder,
        )

    def _say(self, attempt: _Attempt, **said: Any) -> None:
        trajectory = self._trajectory()
        span = Span(start=attempt.line.start, end=attempt.line.end)
        trajectory.see_moment(attempt.read.at)
        self.ready.append(
            Step(trajectory_id=trajectory.id, index=trajectory.n_steps, span=span, **said)
        )
        trajectory.n_steps += 1

    def _trajectory(self) -> OpenTrajectory:
        assert self._open is not None, "an attempt begins its artifact"
        return self._open

    def _close(self) -> None:
        """Tell how the open artifact came out, and give it its header."""
        if self._last is None:
            return
        attempt, trajectory = self._last, self._trajectory()
        accepted = attempt.report.is_accepted
        if accepted is not None:
            place = Place(trajectory, attempt.line, trajectory.ended, trajectory.last_index())
            self.ready.append(self._events.stated_outcome(place, "resolved", accepted))
        self.ready.append(trajectory.header(UNKNOWN_AGENT, self._origin))
        self._last = self._open = None


def _goes_on(last: ArtifactReport, report: ArtifactReport) -> bool:
    """Tell whether an attempt follows one that was not let through."""
    asked = ("artifact_type", "user_request", "file_path")
    is_same = all(getattr(last, name) == getattr(report, name) for name in asked)
    tries = (last.retry_count, report.retry_count)
    return (
        is_same
        and last.is_accepted is False
        and tries[0] is not None
        and tries[1] is not None
        and tries[0] < tries[1]
    )


def _results(call_id: str, report: ArtifactReport) -> Iterator[ToolResult]:
    """Yield what rules and type checker said, where anything is known of that."""
    if report.is_accepted is None:
        return
    status: ResultStatus = "ok" if report.is_accepted else "error"
    yield ToolResult(call_id=call_id, content="\n".join(_said(report)), status=status)


def _said(report: ArtifactReport) -> Iterator[str]:
    for name, passed in (
        ("validation", report.validation_passed), ("type check", report.type_check_passed)
    ):  # fmt: skip
        if passed is not None:
            yield f"{name} {'passed' if passed else 'failed'}"
    yield from map(_told, report.broken)


def _told(verdict: RuleVerdict) -> str:
    return ": ".join(filter(None, (verdict.rule, verdict.error_message))) or "a rule is broken"
