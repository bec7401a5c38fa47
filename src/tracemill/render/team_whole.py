"""A project as a whole: what several reports say of it, and the reports that one of them holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    ProjectReport,
    SurveyReport,
)
from tracemill.records.refs import Record

R = TypeVar("R", bound=Record)
HeldReport = ApprovalReport | DownstreamReport | EscalationReport | SurveyReport
"""What a summary may hold, and what other teams write on lines of their own."""


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
