"""How lists look: tables, or a line of JSON for each row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.store.workspace import Workspace

_DERIVE: Final = "tracemill run"


class Shape(NamedTuple):
    """How the rows of a list look, and where they lead."""

    name: str
    """Name of the JSON document."""
    columns: Sequence[str]
    """Heads of the table."""
    cells: Callable[[Any], Sequence[str]]
    """A row's cells."""
    following: str
    """The command that a person may want next."""
    spare: Sequence[str]
    """Columns that a narrow terminal does without, the most dispensable first."""
    absent: str
    """What to say where there are none."""


def show_list(
    kind: str,
    row: type[msgspec.Struct],
    shape: Shape,
    listing: Listing,
    common: Common,
    /,
    **only: str | None,
) -> int:
    """Print the rows of a kind in the form that was asked for; return 3 where there are none.

    Of `only`, what is not None must stand in a row's field of that name.
    """
    from tracemill.flows.held.lookup import list_rows

    limit = 0 if listing.jsonl else listing.limit
    workspace = common.open()
    listed = list_rows(workspace, kind, row, limit=limit, only=only)
    if listing.jsonl:
        write_lines(listed.rows)
    elif not answer(shape.name, listed, common, next_steps=_next(workspace, shape, listed.rows)):
        wanted = {name: value for name, value in only.items() if value}
        if wanted and not listed.rows and not list_rows(workspace, kind, row, limit=1).rows:
            wanted = {}
        absent = shape.absent if listed.rows else _absent(workspace, shape)
        _show_rows(listed, shape._replace(absent=absent), common, wanted)
    return EXIT_DONE if listed.rows else EXIT_NOTHING


def _absent(workspace: Workspace, shape: Shape) -> str:
    """Return what to say of an empty list, which may be one of work that nobody has linked yet."""
    from tracemill.flows.held.lookup import read_status

    if read_status(workspace).is_derived:
        return shape.absent
    return f"what was read is not linked and judged yet; next: {_DERIVE}"


def _next(workspace: Workspace, shape: Shape, rows: Sequence[Any]) -> list[str]:
    """Return what to run then: nothing leads on from an empty list, but to work not judged yet."""
    from tracemill.flows.held.lookup import read_status

    if rows:
        return [shape.following]
    return [] if read_status(workspace).is_derived else [_DERIVE]


def _show_rows(listed: Any, shape: Shape, common: Common, only: Mapping[str, str]) -> None:
    if not listed.rows:
        wanted = " and ".join(f"the {name} {value!r}" for name, value in only.items())
        hint(
            f"none has {wanted}; list all to see which there are" if only else shape.absent, common
        )
        return
    left_out = print_table(shape.columns, map(shape.cells, listed.rows), shape.spare)
    hint(
        f"{len(listed.rows)} of {listed.total}{no_room(left_out)}; next: {shape.following}", common
    )
