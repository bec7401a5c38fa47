"""A team's own files, made from reports, events and sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tracemill.base.errors import NotFoundError
from tracemill.export.labeled_files import labeled_files
from tracemill.export.teams.team_files import team_files
from tracemill.flows.analysis.feature_views import reports_of_sessions
from tracemill.flows.analysis.labeled_reports import labeled_reports
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.privacy.gate import Gate
from tracemill.records.events.event import Captured, TeamReport
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Count, Record
from tracemill.render.team import captured_report
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class WrittenReports(Record, frozen=True, kw_only=True):
    """One file of a team's reports that was written."""

    path: str
    """Its path below the folder."""
    n_reports: Count
    """Reports in it."""


class ReportsResult(Record, frozen=True, kw_only=True):
    """A team's files, as they were written."""

    folder: str
    """The folder that holds them."""
    files: tuple[WrittenReports, ...]
    """The files, by path."""
    n_told: Count
    """Reports that the team's own process told; the others are what sessions show."""
    n_labeled: Count
    """Lines that say of a report again what it says, with what rules and people say of it."""
    left_out: dict[str, int]
    """Events that have no line in any of the files, counted by kind."""
    receipt: Receipt
    """What they went through before."""


def write_team_files(
    workspace: Workspace, folder: Path, *, is_forced: bool, is_told_only: bool = False
) -> ReportsResult:
    """Write the files that teams keep of their own process below `folder`.

    Sessions have a line for each failure, success and piece of work, unless `is_told_only`.

    Raises:
        NotFoundError: no report is held, and no session.
        UsageError: the folder holds something, and nobody forced it; or the workspace's own rules
            for labels cannot be read.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    require_elsewhere(workspace, folder)
    new_folder(folder, is_forced=is_forced)
    left_out: Counter[str] = Counter()
    told = list(_reports(Lake(workspace.lake), left_out))
    shown = () if is_told_only else reports_of_sessions(workspace)
    labeled = list(labeled_files(labeled_reports(workspace, told)))
    files = [*labeled, *team_files([*told, *shown])]
    if not files:
        raise NotFoundError(
            "no reports are held, and no sessions; name a folder of them to `tracemill run`, or "
            "tell events with `tracemill emit`"
        )
    data = {file.path: file.data for file in files}
    receipt = Gate(workspace).write_out("reports", "reports", folder, data)
    return ReportsResult(
        folder=str(folder),
        files=tuple(WrittenReports(path=file.path, n_reports=file.n_reports) for file in files),
        n_told=len(told),
        n_labeled=sum(file.n_reports for file in labeled),
        left_out=dict(sorted(left_out.items())),
        receipt=receipt,
    )


def _reports(lake: Lake, left_out: Counter[str]) -> Iterator[TeamReport]:
    for event in lake.records(TABLES["events"]):
        if isinstance(event, TeamReport):
            yield event
        elif isinstance(event, Captured):
            report = captured_report(event)
            if report is None:
                left_out[event.name] += 1
            else:
                yield report
