"""`tracemill todo`: what was planned, entry by entry, how it went on, and what carried it out."""

from typing import Final

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.todos import list_todos
from tracemill.flows.analysis.todos import show_todo as look
from tracemill.records.work.todos import TodoPlace, TodoProgress

_COLUMNS: Final = (
    "ID",
    "LAST",
    "STATUS",
    "MOVES",
    "MINUTES",
    "COMMIT",
    "SURE",
    "IN",
    "UNDER",
    "TEXT",
)
_SPARE: Final = ("UNDER", "MOVES", "MINUTES", "LAST", "IN")
_NEXT: Final = "tracemill todo show ID"
_WIDTH: Final = 100


def list_todo(
    *,
    place: TodoPlace | None = None,
    open_: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List entries of todo lists and checklists, those that changed last first.

    Parameters
    ----------
    place
        Only those of sessions, or of documents.
    open_
        Only those that are still open.
    """
    limit = 0 if listing.jsonl else listing.limit
    found = list_todos(common.open(), limit, place, is_open_only=open_)
    if listing.jsonl:
        write_lines(found.rows)
    elif not answer("todos", found, common, next_steps=[_NEXT]):
        if found.rows:
            left_out = print_table(_COLUMNS, map(_cells, found.rows), _SPARE)
            stands = ", ".join(f"{name} {n:,}" for name, n in found.statuses.items())
            shown = f"{len(found.rows):,} of {found.total:,}{no_room(left_out)}"
            sure = f"{found.n_carried_out:,} surely done by a commit that is known"
            hint(f"{shown}; {stands}; {sure}; next: {_NEXT}", common)
        else:
            hint("no session or document that is held keeps such a list", common)
    return EXIT_DONE if found.rows else EXIT_NOTHING


def _cells(todo: TodoProgress) -> tuple[str, ...]:
    surest = todo.commits[0] if todo.commits else None
    return (
        todo.id, when(todo.moves[-1].at), todo.status, str(len(todo.moves)),
        "" if todo.minutes is None else f"{todo.minutes:.1f}",
        surest.sha[:12] if surest else "", f"{surest.confidence:.2f}" if surest else "",
        one_line(todo.path or todo.trajectory_id or "", 40), one_line(todo.under or "", 30),
        one_line(todo.text, 70),
    )  # fmt: skip


def show_todo(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show an entry: each of its changes, and the commits that carried it out.

    Parameters
    ----------
    name
        Its id, or how it begins.
    """
    todo = look(common.open(), name)
    if answer("todo", todo, common, next_steps=["tracemill todo list"]):
        return EXIT_DONE
    write(f"{todo.id}  {todo.status}  {one_line(todo.text, _WIDTH)}")
    write(f"In           {todo.path or todo.trajectory_id}")
    if todo.under is not None:
        write(f"Under        {one_line(todo.under, _WIDTH)}")
    for move in todo.moves:
        said = f"  now: {one_line(move.text, _WIDTH)}" if move.text else ""
        at = (move.commit or "")[:12] or f"step {move.source.step}"
        write(f"Move         {when(move.at)}  {move.status:<11}  {at}{said}")
    if todo.minutes is not None:
        write(f"Minutes      {todo.minutes:.1f} in progress")
    for each in todo.commits:
        subject = one_line(each.subject, _WIDTH)
        write(f"Commit       {each.sha[:12]}  ({each.confidence:.2f}, {each.method})  {subject}")
    return EXIT_DONE
