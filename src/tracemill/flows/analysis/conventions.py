"""What the code has in common that a program's model wrote, out of all that is held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracemill.analyze.conclusions.conventions import conventions
from tracemill.base.errors import NotFoundError
from tracemill.flows.held.lookup import require_kept
from tracemill.records.events.event import Captured, TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.process.conventions import ConventionList
from tracemill.render.team import captured_report
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.store.lake import Lake


def read_conventions(workspace: Workspace, least: float, artifact: str | None) -> ConventionList:
    """Return what at least a share of the attempts hold that were let through.

    Raises:
        NotFoundError: no attempt is held, or none at an artifact of that type.
    """
    require_kept(workspace)
    from tracemill.store.lake import Lake

    held = [
        report
        for report in _attempts(Lake(workspace.lake))
        if artifact in (None, report.artifact_type)
    ]
    if not held:
        raise NotFoundError(
            "no attempts at such artifacts are held; docs/telling-events.md says how to keep them"
        )
    return conventions(held, least)


def _attempts(lake: Lake) -> Iterator[ArtifactReport]:
    from tracemill.store.lake import is_unknown
    from tracemill.store.tables import TABLES

    for event in lake.records(TABLES["events"], where=is_unknown("trajectory_id")):
        told = captured_report(event) if isinstance(event, Captured) else event
        if isinstance(told, TeamReport) and isinstance(told.report, ArtifactReport):
            yield told.report
