"""A session as one document for other tools: as it was redacted, with its subagents in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded
from tracemill.export import TRAJECTORY_EXPORTERS, Known, TrajectoryExporter
from tracemill.flows.destinations import make_folder
from tracemill.flows.held.lookup import canonical_input, find_row, open_index
from tracemill.flows.privacy.gate import Gate, receipt_path, write_receipt
from tracemill.flows.results import SessionRow
from tracemill.label.activity.decision_points import decision_points
from tracemill.label.activity.field_access import fields_by_step
from tracemill.label.activity.value_flow import value_flows
from tracemill.label.calls.called_tools import called_tools
from tracemill.label.outcomes.branch_outcome import branch_quality
from tracemill.records.events.team_branches import BranchStatus
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Record
from tracemill.records.sessions.activity import CheckKind
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Outcome
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace, write_whole

_CHECKS: Final[Mapping[CheckKind, str]] = {
    "test": "quality.tests_passed",
    "lint": "quality.lint_passed",
    "types": "quality.types_passed",
    "build": "quality.build_passed",
}
"""Labels that say how checks ended."""


class ExportedSession(Record, frozen=True, kw_only=True):
    """A session that was written as a document."""

    id: str
    """The session."""
    format: str
    """The document's format."""
    path: str
    """The file that it was written to."""
    n_bytes: int
    """How long it is."""
    receipt: Receipt
    """What it went through before."""


def session_document(workspace: Workspace, name: str, form: str) -> bytes:
    """Return the session that `name` means as a document of the format `form`, for printing.

    Raises:
        NotFoundError: no session answers to the name, or several do.
        PolicyError: the gate refuses it.
    """
    row = find_row(workspace, "session", name, SessionRow)
    data = _document(workspace, row.id, form).data
    Gate(workspace).check_data([("stdout", data)])
    return data


def export_session(
    workspace: Workspace, name: str, form: str, to: Path, reviewer: str | None = None
) -> ExportedSession:
    """Write the session that `name` means to the file `to`, with a receipt beside it.

    Raises:
        UsageError: the file is there already.
        PolicyError: the gate refuses it; nothing is written.
    """
    to = expanded(to).absolute()
    if to.exists():
        raise UsageError(f"{str(to)!r} is there already; name a new file")
    row = find_row(workspace, "session", name, SessionRow)
    gate = Gate(workspace, reviewer)
    data, inputs = _document(workspace, row.id, form)
    receipt = gate.receipt("session", row.id, gate.check_data([(to.name, data)]))
    make_folder(to.parent)
    gate.note(receipt, to, inputs)
    write_receipt(receipt_path(to), receipt)
    write_whole(to, data)
    return ExportedSession(id=row.id, format=form, path=str(to), n_bytes=len(data), receipt=receipt)


class _Document(NamedTuple):
    data: bytes
    inputs: frozenset[str]
    """The inputs that all that stands in it was read from."""


def _document(workspace: Workspace, trajectory_id: str, form: str) -> _Document:
    exporter = TRAJECTORY_EXPORTERS.load(form)()
    exporting = _Exporting(workspace, exporter)
    data = exporter.encode(exporting.document(trajectory_id))
    return _Document(data, frozenset(exporting.inputs))


class _Exporting:
    """Makes the document of one session and of the subagents in it."""

    def __init__(self, workspace: Workspace, exporter: TrajectoryExporter) -> None:
        self._workspace = workspace
        self._exporter = exporter
        self._lake = Lake(workspace.lake)
        self._children = _children(workspace)
        self._written: set[str] = set()
        self.inputs: set[str] = set()

    def document(self, trajectory_id: str) -> Mapping[str, Any]:
        """Return the document of one trajectory; each stands in it once."""
        self._written.add(trajectory_id)
        owners = {canonical_input(self._workspace, trajectory_id)}
        self.inputs |= owners
        where = equals("trajectory_id", trajectory_id)
        (header,) = self._headers(owners, {trajectory_id})
        steps = self._lake.records(TABLES["steps"], owners=owners, where=where)
        events = self._lake.records(TABLES["events"], owners=owners, where=where)
        subagents = [self.document(child.id) for child in self._below(header)]
        known = self._known(header, owners) if self._exporter.tells_known else Known()
        return self._exporter.document(header, steps, events, subagents, known)

    def _known(self, header: Trajectory, owners: set[str]) -> Known:
        """Return what was observed, judged and read off the steps of a trajectory."""
        where = equals("trajectory_id", header.id)
        (activity,) = self._lake.records(TABLES["activities"], owners=owners, where=where)
        row = find_row(self._workspace, "session", header.id, SessionRow)
        steps = list(self._lake.records(TABLES["steps"], owners=owners, where=where))
        labels = {
            each.name: each.value
            for each in self._lake.records(TABLES["labels"], owners={header.id})
            if each.target.id == header.id
        }
        return Known(
            labels=labels,
            quality=_quality(labels),
            outcome=msgspec.convert(row.outcome, Outcome),
            ending=activity.ending,
            is_liked=activity.stated_liked,
            reactions=activity.reactions,
            flows=value_flows(header, steps, activity.undone).flows,
            decisions=decision_points(header, steps, activity.reactions, activity.undone).points,
            fields=fields_by_step(steps),
            tools=called_tools(steps),
        )

    def _below(self, header: Trajectory) -> Iterator[Trajectory]:
        """Yield the subagents of a trajectory: first those of its own input, in their order."""
        ids = self._children.get(header.id, set()) - self._written
        inputs = {canonical_input(self._workspace, child) for child in ids}
        own = header.origin.input_id
        for input_id in sorted(inputs, key=lambda found: (found != own, found)):
            yield from self._headers({input_id}, ids)

    def _headers(self, owners: set[str], ids: Collection[str]) -> Iterator[Trajectory]:
        for header in self._lake.records(TABLES["trajectories"], owners=owners):
            if header.id in ids:
                yield header


def _quality(labels: Mapping[str, bool | int | float | str]) -> float | None:
    """Return how good work is by what became of its branch; None where too little is known."""
    merged, reverted = labels.get("outcome.merged"), labels.get("outcome.reverted")
    if reverted is True:
        return 0.0
    status: BranchStatus = "open" if merged is None else "merged" if merged else "closed"
    final = {kind: bool(labels[name]) for kind, name in _CHECKS.items() if name in labels}
    return branch_quality(status, final, None if reverted is None else "none")


def _children(workspace: Workspace) -> dict[str, set[str]]:
    """Return the subagents of each session, as the sessions or the links tell."""
    found: dict[str, set[str]] = {}
    with open_index(workspace) as index:
        for session in index.rows("session"):
            if session["parent_id"]:
                found.setdefault(session["parent_id"], set()).add(session["id"])
        for link in index.rows("link"):
            if link["method"] == "spawned":
                found.setdefault(link["to"], set()).add(link["from"])
    return found
