"""A project as a whole: what several reports say of it, and the reports that one of them holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec

from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    ProjectReport,
    SurveyReport,
)
from tracemill.records.refs import Record
from tracemill.records.sessions.trajectory import Remainder
from tracemill.render.team import FORMAT

R = TypeVar("R", bound=Record)
_SEVERAL: Final = 2
HeldReport = ApprovalReport | DownstreamReport | EscalationReport | SurveyReport
"""What a summary may hold, and what other teams write on lines of their own."""


def one_a_project(events: Iterable[TeamReport]) -> Iterator[TeamReport]:
    """Yield reports, the oldest first, those of one project as a whole put together as the last."""
    held = list(events)
    wholes: dict[str, list[TeamReport]] = defaultdict(list)
    for event in held:
        if isinstance(event.report, ProjectReport) and event.project_id is not None:
            wholes[event.project_id].append(event)
    for event in held:
        same = wholes.get(event.project_id or "", [])
        if not isinstance(event.report, ProjectReport) or len(same) < _SEVERAL:
            yield event
        elif event is same[-1]:
            yield _put_together(same)


def _put_together(events: Sequence[TeamReport]) -> TeamReport:
    values: dict[str, Any] = {}
    for event in events:
        values |= event.remainder.values if event.remainder else {}
    return msgspec.structs.replace(
        events[-1],
        at=max((event.at for event in events if event.at is not None), default=None),
        report=merged(e.report for e in events if isinstance(e.report, ProjectReport)),
        remainder=Remainder(format=FORMAT, values=values) if values else None,
    )


def merged(reports: Iterable[ProjectReport]) -> ProjectReport:
    """Return one report of a project out of several, the later word on each field counting."""
    whole = ProjectReport()
    for report in reports:
        whole = _over(whole, report)
    return whole


def _over(earlier: R, later: R) -> R:
    """Return a record with what a later one knows in place of what it says itself."""
    known: dict[str, Any] = {}
    for name in later.__struct_fields__:
        value, before = getattr(later, name), getattr(earlier, name)
        if isinstance(value, Record) and isinstance(before, Record):
            known[name] = _over(before, value)
        elif value not in (None, ()):
            known[name] = value
    return msgspec.structs.replace(earlier, **known)


def held_in(report: ProjectReport) -> Iterator[HeldReport]:
    """Yield the reports that a summary holds in its groups, one by one."""
    feedback, signals = report.human_feedback, report.quality_signals
    if feedback is not None:
        yield from feedback.approval_decisions
        yield from feedback.escalation_events
        if feedback.post_project_survey is not None:
            yield feedback.post_project_survey
    if signals is not None:
        yield from signals.downstream_agent_feedback
