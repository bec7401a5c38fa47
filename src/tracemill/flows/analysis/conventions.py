"""What a program's model wrote, out of all that is held: what it shares, and what it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracemill.analyze.conclusions.conventions import conventions
from tracemill.analyze.conclusions.data_requests import data_requests
from tracemill.base.errors import NotFoundError
from tracemill.flows.held.lookup import require_kept
from tracemill.records.events.event import Captured, TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.process.conventions import ConventionList
from tracemill.records.process.data_requests import DataRequests
from tracemill.render.team import captured_report
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.store.lake import Lake


def read_conventions(workspace: Workspace, least: float, artifact: str | None) -> ConventionList:
    """Return what at least a share of the attempts hold that were let through.

    Raises:
        NotFoundError: no attempt is held, or none at an artifact of that type.
    """
    return conventions(_held(workspace, artifact), least)


def read_data_requests(workspace: Workspace, artifact: str | None) -> DataRequests:
    """Return which examples the rules ask for that attempts break.

    Raises:
        NotFoundError: no attempt is held, or none at an artifact of that type.
    """
    return data_requests(_held(workspace, artifact))


def _held(workspace: Workspace, artifact: str | None) -> list[ArtifactReport]:
    """Return the attempts at artifacts of one type or of all, in the order of their making."""
    require_kept(workspace)
    from tracemill.store.lake import Lake

    events = sorted(_attempts(Lake(workspace.lake)), key=_order)
    reports = [event.report for event in events if isinstance(event.report, ArtifactReport)]
    held = [report for report in reports if artifact in (None, report.artifact_type)]
    if not held:
        raise NotFoundError(
            "no attempts at such artifacts are held; docs/telling-events.md says how to keep them"
        )
    return held


def _order(event: TeamReport) -> tuple[float, str, int]:
    """Order attempts by their moments, those without one by where they stand."""
    at = event.at.timestamp() if event.at is not None else float("inf")
    return at, event.origin.input_id, 0 if event.span is None else event.span.start


def _attempts(lake: Lake) -> Iterator[TeamReport]:
    from tracemill.store.lake import is_unknown
    from tracemill.store.tables import TABLES

    for event in lake.records(TABLES["events"], where=is_unknown("trajectory_id")):
        told = captured_report(event) if isinstance(event, Captured) else event
        if isinstance(told, TeamReport) and isinstance(told.report, ArtifactReport):
            yield told
