"""What branches brought, as pages show it: all of them in figures, and one with its commits.

Changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tracemill.flows.deriving.gate_rows import GateRow
from tracemill.flows.held.lookup import find_row, open_index
from tracemill.flows.results import BranchRow
from tracemill.records.events.event import Commit
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class BranchFigures(NamedTuple):
    """What is known of all branches together."""

    states: Mapping[str, int]
    """How many are merged, and how many are open."""
    n_told: int
    """Those of which it is known whether anything was taken back."""
    n_taken_back: int
    """Those of them of which something was."""
    n_lines: int
    """Lines that they added, of those of which it is known what still stands."""
    n_kept: int
    """How many of them still stand, as near as their shares say."""
    n_with_sessions: int
    """Those of which a session is surely known that made a commit."""


class BranchCommit(NamedTuple):
    """A commit of a branch."""

    sha: str
    subject: str | None
    """None where the commit itself is not held."""
    at: datetime | None


class ShownBranch(NamedTuple):
    """One branch with what was said of its commits."""

    row: BranchRow
    commits: Sequence[BranchCommit]
    gates: Sequence[GateRow]
    """Gate runs that looked at one of its commits, or at its merge: the newest first, and those
    of unknown time last."""


def branch_figures(workspace: Workspace) -> BranchFigures:
    """Return what is known of all branches together.

    Raises:
        NotFoundError: nothing is kept.
    """
    with open_index(workspace) as index:
        rows = list(index.records("branch", BranchRow))
    told = [row for row in rows if row.rollback not in (None, "pending")]
    measured = [
        (row.added, row.kept_head) for row in rows if row.added and row.kept_head is not None
    ]
    return BranchFigures(
        states=Counter(row.state for row in rows),
        n_told=len(told),
        n_taken_back=sum(row.rollback != "none" for row in told),
        n_lines=sum(added for added, _ in measured),
        n_kept=round(sum(added * kept for added, kept in measured)),
        n_with_sessions=sum(bool(row.sessions) for row in rows),
    )


def show_branch(
    workspace: Workspace, name: str, subjects: Mapping[str, BranchCommit]
) -> ShownBranch:
    """Return one branch; `subjects` are the commits that are held, by their hash.

    Its gate runs come the newest first, and those of unknown time last.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    row = find_row(workspace, "branch", name, BranchRow)
    of_branch = {*row.commits, row.merge}
    with open_index(workspace) as index:
        runs = index.records("gate", GateRow)
        gates = [run for run in runs if run.commit is not None and run.commit in of_branch]
    commits = [subjects.get(sha, BranchCommit(sha, None, None)) for sha in row.commits]
    # the index gives them in the order of their ids
    gates.sort(key=lambda run: (run.at is not None, run.at, run.id), reverse=True)
    return ShownBranch(row, commits, gates)


def commits_by_hash(workspace: Workspace) -> dict[str, BranchCommit]:
    """Return every commit that is held, by its hash."""
    return {commit.sha: commit for commit in _commits(workspace)}


def _commits(workspace: Workspace) -> Iterator[BranchCommit]:
    lake = Lake(workspace.lake)
    for event in lake.records(TABLES["events"], where=is_unknown("trajectory_id")):
        if isinstance(event, Commit):
            yield BranchCommit(event.sha, event.subject, event.at)
