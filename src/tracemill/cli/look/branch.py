"""`tracemill branch`: what each branch brought, with or without known sessions."""

from collections.abc import Iterator
from pathlib import Path

from tracemill.base.named_files import expanded
from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, counts, hint, lines_changed, when, write
from tracemill.flows.analysis.branch_episodes import export_branches
from tracemill.flows.held.lookup import find_row
from tracemill.flows.results import BranchRow

_WIDTH = 100


def _cells(row: BranchRow) -> tuple[str, ...]:
    changed = lines_changed(row.added, row.deleted)
    return (
        row.id, when(row.merged or row.started), row.state, str(len(row.commits)), changed,
        "" if row.kept_head is None else f"{row.kept_head:.0%}", row.rollback or "",
        one_line(row.branch, 60),
    )  # fmt: skip


_SHAPE = Shape(
    "branches",
    ("ID", "LAST", "STATE", "COMMITS", "LINES", "KEPT", "TAKEN BACK", "BRANCH"),
    _cells,
    "tracemill branch show ID",
    ("TAKEN BACK", "KEPT", "LINES", "COMMITS"),
    "no branches are known: name a repository to `tracemill run`",
)


def list_branch(
    *,
    state: str | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List branches, the last merged first.

    Parameters
    ----------
    state
        Only those that are so: merged or open.
    """
    return show_list("branch", BranchRow, _SHAPE, listing, common, state=state)


def show_branch(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show what a branch brought: commits, plans, sessions, and whether it still stands.

    Parameters
    ----------
    name
        Its id, or how it begins, or the name of the branch.
    """
    row = find_row(common.open(), "branch", name, BranchRow)
    following = [f"tracemill session show {i}" for i in row.sessions[:1]]
    if answer("branch", row, common, next_steps=following):
        return EXIT_DONE
    for line in _lines(row):
        write(line)
    return EXIT_DONE


def export_branch(
    *,
    to: Path,
    force: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write every branch from its spec to its merge, with its sessions, checks and outcome.

    Parameters
    ----------
    to
        A new folder, outside the workspace.
    force
        Write into a folder that holds something.
    """
    found = export_branches(common.open(), expanded(to).absolute(), is_forced=force)
    if not answer("branch-export", found, common, next_steps=["tracemill branch list"]):
        counts("Branches", found.n_branches)
        hint(f"written to {found.folder}", common)
    return EXIT_DONE


def _lines(row: BranchRow) -> Iterator[str]:
    yield f"{row.id}  {one_line(row.branch, _WIDTH)}  {row.state}"
    yield row.repository
    if row.merge is not None:
        yield f"Merged       {when(row.merged)}  {row.merge}"
    if row.files is not None:
        lines = lines_changed(row.added, row.deleted, row.uncounted or 0)
        yield f"Changed      {', '.join(filter(None, (counted(row.files, 'file'), lines)))}"
    for title, names in (("Commit", row.commits), ("Plan", row.plans), ("Session", row.sessions)):
        yield from (f"{title:<12} {one_line(each, _WIDTH)}" for each in names)
    if row.kept_head is not None:
        yield f"Kept         {row.kept_head:.0%} of its lines at HEAD"
    yield f"Taken back   {row.rollback or 'unknown'}"
