"""Reports on a team's own process: one event each, whichever file or program it came from.

What no field of a report holds is kept beside it, so that the line that it was read from can be
written again as it was.
"""

from __future__ import annotations

from tracemill.records.events.base import EventBase
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.events.team_branches import BranchEpisode, BranchOutcome
from tracemill.records.events.team_features import (
    ContextReport,
    FailureReport,
    PerformanceReport,
    SuccessReport,
)
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    ProjectReport,
    StageReport,
    SurveyReport,
)
from tracemill.records.events.team_recipes import RecipeReport
from tracemill.records.sessions.trajectory import Remainder

Report = (
    FailureReport
    | SuccessReport
    | PerformanceReport
    | ContextReport
    | StageReport
    | GateReport
    | DownstreamReport
    | ApprovalReport
    | SurveyReport
    | EscalationReport
    | ProjectReport
    | ArtifactReport
    | BranchEpisode
    | BranchOutcome
    | RecipeReport
)
"""Any report."""


class TeamReport(EventBase, frozen=True, kw_only=True, tag="team_report"):
    """One report that the team's own process wrote. `at` is the moment that it names."""

    session_id: str | None = None
    """The agent's own id of the session that it is about."""
    project_id: str | None = None
    """The project that it is about."""
    report: Report
    """What it says."""
    remainder: Remainder | None = None
    """What the file says beyond it, so that its line can be written again."""
