"""How answers look: JSON documents, tables, progress."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.errors import StoreError
from tracemill.base.named_files import expanded
from tracemill.base.text import counted, printable, printable_json, sized
from tracemill.store.workspace import Workspace

WORKSPACE_VARIABLE: Final = "TRACEMILL_WORKSPACE"
"""Variable of the environment that names the workspace where no option does."""
_LINE: Final = 80
"""Columns that any terminal has."""
_HALVES: Final = re.compile(r"[\ud800-\udfff]")
"""Halves of surrogate pairs, as which Python holds the bytes of a name that is no UTF-8."""


@dataclass(frozen=True)
class Manner:
    """Where a command works, and how it answers."""

    workspace: Path | None = None
    """Folder that holds everything; None for the user's data folder."""
    json: bool = False
    """Whether the answer is exactly one JSON document."""
    quiet: bool = False
    """Whether progress and hints stay unsaid."""

    def open(self) -> Workspace:
        """Return the workspace that is meant.

        Raises:
            StoreError: something else stands where its folder, or one above it, is to be.
        """
        if self.workspace is not None:
            root = expanded(self.workspace).absolute()
        else:
            from platformdirs import user_data_path

            root = user_data_path("tracemill", appauthor=False)
        there = next((place for place in (root, *root.parents) if place.exists()), root)
        if there.exists() and not there.is_dir():
            raise StoreError(
                f"{str(root)!r} cannot be a workspace: {str(there)!r} is not a folder; "
                "choose another one with --workspace"
            )
        return Workspace(root)


def answer(
    name: str, result: msgspec.Struct, common: Manner, *, next_steps: Sequence[str] = ()
) -> bool:
    """Print `result` as JSON if that was asked for; return whether it was."""
    if not common.json:
        return False
    document = {"schema": f"tracemill.{name}/1", **msgspec.to_builtins(result)}
    encoded = _encoded({**document, "next": list(next_steps)})
    sys.stdout.write(printable_json(msgspec.json.format(encoded)) + "\n")
    return True


def write_lines(rows: Iterable[Any]) -> None:
    """Print each row as one line of JSON."""
    for row in rows:
        sys.stdout.write(printable_json(_encoded(row)) + "\n")


def _encoded(value: Any) -> str:
    r"""Return a value as JSON; a name that is no UTF-8 as lines for people show it: `w\udcf6rk`.

    Half of a surrogate pair as such is nothing that other programs read.
    """
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value, str_keys=True), ensure_ascii=False)
        return _HALVES.sub(lambda found: "\\" + ascii(found.group())[1:-1], text)


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


def hint(text: str, common: Manner) -> None:
    """Print a line that is not part of the answer."""
    if not common.quiet:
        sys.stderr.write(printable(text) + "\n")


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

    def __init__(self, common: Manner) -> None:
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
            sys.stderr.write(f"{progress.stage}: {_share(progress)}\n")

    def _draw(self, progress: Any) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description:<8}"), BarColumn(),
                TextColumn("{task.fields[share]}"), TimeRemainingColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._bar.start()
        if progress.stage != self._stage:
            self._stage = progress.stage
            self._task = self._bar.add_task(progress.stage, total=None, share="")
        self._bar.update(
            self._task, completed=progress.done_bytes, total=progress.total_bytes,
            share=_share(progress),
        )  # fmt: skip


def _share(progress: Any) -> str:
    """Say how much is done of how much, where it is known how much there is."""
    if progress.total_bytes is None:
        return "under way"
    return f"{sized(progress.done_bytes)} of {sized(progress.total_bytes)}"
