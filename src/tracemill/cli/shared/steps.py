"""Progress of work in steps, with the time left: a bar, or now and then a line."""

import os
import sys
import time
from typing import Any, Final, Self

from tracemill.cli.shared.options import Common

_EVERY_S: Final = 10.0


class StepLine:
    """Progress on stderr: a bar on a terminal, otherwise a line every ten seconds."""

    def __init__(self, common: Common) -> None:
        self._is_on = not common.quiet
        self._is_live = sys.stderr.isatty() and os.environ.get("ACCESSIBLE") != "1"
        self._bar: Any = None
        self._task: Any = None
        self._title = ""
        self._began = self._said = time.monotonic()
        self._first = 0
        self._last: tuple[str, int, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, title: str, done: int, total: int, said: str = "") -> None:
        """Say how far something has come."""
        if not self._is_on:
            return
        moment = time.monotonic()
        if title != self._title:
            self._title, self._began, self._first = title, moment, done
            self._task = None
        if self._is_live:
            self._draw(title, done, total, said)
        elif self._is_due(title, done, total, moment):
            self._said = moment
            left = self._left(done, total, moment)
            sys.stderr.write(f"{title}: {done:,} of {total:,}{said}{left}\n")

    def _is_due(self, title: str, done: int, total: int, moment: float) -> bool:
        """Tell whether a line is written now; the end is told at once, and once."""
        if moment - self._said <= _EVERY_S and done != total:
            return False
        before, self._last = self._last, (title, done, total)
        return before != self._last

    def _left(self, done: int, total: int, moment: float) -> str:
        """Say how long the rest takes, by what was done since the beginning."""
        made = done - self._first
        if made <= 0 or done >= total:
            return ""
        seconds = (moment - self._began) / made * (total - done)
        return f", {seconds / 60:.0f} min left" if seconds >= 60 else f", {seconds:.0f} s left"  # noqa: PLR2004

    def _draw(self, title: str, done: int, total: int, said: str) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[said]}"), TimeRemainingColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._bar.start()
        if self._task is None:
            self._task = self._bar.add_task(title, total=total, said=said)
        self._bar.update(self._task, completed=done, total=total, said=said)
