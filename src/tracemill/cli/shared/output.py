"""How answers look: options that every command shares, JSON documents, tables, progress."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted, printable, printable_json
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.store.workspace import Workspace

_LINE: Final = 80
"""Columns that any terminal has."""


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options of every command."""

    workspace: Annotated[Path | None, Parameter(env_var="TRACEMILL_WORKSPACE")] = None
    """Folder that holds everything; by default your user data folder."""
    json: bool = False
    """Print exactly one JSON document."""
    quiet: Annotated[bool, Parameter(alias="-q")] = False
    """No progress and no hints on stderr."""

    def open(self) -> Workspace:
        """Return the workspace that is meant."""
        if self.workspace is not None:
            return Workspace(self.workspace.expanduser().absolute())
        from platformdirs import user_data_path

        return Workspace(user_data_path("tracemill", appauthor=False))


Limit = Annotated[int, Parameter(validator=Number(gte=0, lte=10**9))]
"""How many rows to show; 0 for all."""


@Parameter(name="*")
@dataclass(frozen=True)
class Listing:
    """Options of every list."""

    limit: Limit = 50
    """How many to show; 0 for all. With --jsonl all are printed."""
    jsonl: bool = False
    """Print each row as one line of JSON."""


def answer(
    name: str, result: msgspec.Struct, common: Common, *, next_steps: Sequence[str] = ()
) -> bool:
    """Print `result` as JSON if that was asked for; return whether it was."""
    if not common.json:
        return False
    document = {"schema": f"tracemill.{name}/1", **msgspec.to_builtins(result)}
    encoded = msgspec.json.encode({**document, "next": list(next_steps)})
    sys.stdout.write(printable_json(msgspec.json.format(encoded).decode()) + "\n")
    return True


def write_lines(rows: Iterable[Any]) -> None:
    """Print each row as one line of JSON."""
    for row in rows:
        sys.stdout.write(printable_json(msgspec.json.encode(row).decode()) + "\n")


def write(text: str = "") -> None:
    """Print a line of the answer; control characters in it are shown, not obeyed."""
    sys.stdout.write(printable(text) + "\n")


def when(at: datetime | None) -> str:
    """Return a moment as lists show it, in UTC; one that is not known says so."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "unknown"


def lines_changed(added: int | None, deleted: int | None, n_uncounted: int = 0) -> str:
    """Return lines as git shows them; empty where none are known, with the files not counted."""
    counts = [] if added is None or deleted is None else [f"+{added} -{deleted}"]
    if n_uncounted:
        counts.append(f"{counted(n_uncounted, 'file')} without lines")
    return ", ".join(counts)


def hint(text: str, common: Common) -> None:
    """Print a line that is not part of the answer."""
    if not common.quiet:
        sys.stderr.write(printable(text) + "\n")


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
    elif not answer(shape.name, listed, common, next_steps=[shape.following]):
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
    return "what was read is not linked and judged yet; next: tracemill run"


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


def counts(title: str, values: Mapping[str, int], width: int = 12, most: int | None = None) -> None:
    """Print counts, highest first; nothing when there are none.

    Where there are more than `most`, the others are only added up.
    """
    ranked = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    if most is not None and len(ranked) > most + 1:
        others = ranked[most:]
        ranked[most:] = [(f"{len(others)} others", sum(n for _, n in others))]
    if ranked:
        write_parts(f"{title:<{width}} ", [f"{name} {n:,}" for name, n in ranked])


def write_parts(lead: str, parts: Iterable[str], joint: str = "  ") -> None:
    """Print parts behind a lead, in lines that any terminal has room for."""
    line, has_part = lead, False
    for part in parts:
        if has_part and len(line) + len(joint) + len(part) > _LINE:
            write(line)
            line = " " * len(lead) + joint.lstrip() + part
        else:
            line += joint + part if has_part else part
        has_part = True
    write(line)


class ProgressLine:
    """Progress on stderr: a bar on a terminal, otherwise a line every ten seconds."""

    _EVERY_S = 10.0

    def __init__(self, common: Common) -> None:
        self._is_on = not common.quiet
        self._is_live = sys.stderr.isatty() and os.environ.get("ACCESSIBLE") != "1"
        self._bar: Any = None
        self._task: Any = None
        self._stage = ""
        self._said = time.monotonic()

    def __enter__(self) -> Callable[[Any], None]:
        return self._report

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _report(self, progress: Any) -> None:
        if not self._is_on:
            return
        if self._is_live:
            self._draw(progress)
        elif time.monotonic() - self._said > self._EVERY_S:
            self._said = time.monotonic()
            done, total = progress.done_bytes / 1e6, progress.total_bytes / 1e6
            sys.stderr.write(f"{progress.stage}: {done:,.0f} of {total:,.0f} MB\n")

    def _draw(self, progress: Any) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description:<8}"), BarColumn(), DownloadColumn(),
                TimeRemainingColumn(), console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._bar.start()
        if progress.stage != self._stage:
            self._stage = progress.stage
            self._task = self._bar.add_task(progress.stage, total=progress.total_bytes)
        self._bar.update(self._task, completed=progress.done_bytes, total=progress.total_bytes)
