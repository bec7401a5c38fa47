"""What a trajectory wrote: which files when, and a sketch of the lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tracemill.base.line_sketch import MAX_OF_SESSION, Seal, hashes_of, sketch
from tracemill.label.calls.edits import is_prose
from tracemill.records.sessions.activity import EditedFile

_MAX_PATHS: Final = 1_000
_MAX_MOMENTS: Final = 100
_MAX_FAILED: Final = 100
_MINUTE: Final = timedelta(minutes=1)
_MANY: Final = 64 * MAX_OF_SESSION


class LastEdits:
    """Knows at which steps work was edited last."""

    def __init__(self) -> None:
        self.of_any: int | None = None
        self.of_code: int | None = None
        """Of files other than Markdown and its like."""
        self.at: datetime | None = None
        self._failed: list[int] = []

    @property
    def failed_steps(self) -> tuple[int, ...]:
        """Steps at which an editing tool could not do what it was called for, in order."""
        return tuple(self._failed)

    def failed(self, step: int) -> None:
        """Take a step at which an edit could not be made."""
        if len(self._failed) < _MAX_FAILED:
            self._failed.append(step)

    def add(self, step: int, at: datetime | None, paths: Iterable[str]) -> None:
        """Take a step that edited files, of which not all need be known."""
        if self.of_any is not None and step < self.of_any:
            return
        self.of_any, self.at = step, at
        known = tuple(paths)
        if not known or not all(map(is_prose, known)):
            self.of_code = step


class Written:
    """Takes edits in their order, and holds no more of them than it hands out."""

    def __init__(self, seal: Seal | None) -> None:
        self._seal = seal
        self._files: dict[str, list[datetime]] = {}
        self._lines: set[int] = set()

    def files(self, paths: Iterable[str], at: datetime | None) -> None:
        """Take the files that one step wrote."""
        for path in paths:
            if path not in self._files and len(self._files) >= _MAX_PATHS:
                continue
            moments = self._files.setdefault(path, [])
            is_new = at is not None and (not moments or abs(at - moments[-1]) >= _MINUTE)
            if at is not None and is_new and len(moments) < _MAX_MOMENTS:
                moments.append(at)

    def lines(self, lines: Iterable[bytes]) -> frozenset[int]:
        """Return what lines are known by; without a seal nothing is known of them."""
        return frozenset() if self._seal is None else frozenset(self._seal(set(hashes_of(lines))))

    def add(self, sealed: Iterable[int]) -> None:
        """Take the lines that one call wrote, as `lines` knows them."""
        self._lines.update(sealed)
        if len(self._lines) > _MANY:
            self._lines = set(sorted(self._lines)[:MAX_OF_SESSION])

    @property
    def paths(self) -> tuple[str, ...]:
        """All files, sorted."""
        return tuple(sorted(self._files))

    @property
    def edits(self) -> tuple[EditedFile, ...]:
        """All files with their moments, sorted."""
        known = sorted(self._files.items())
        return tuple(EditedFile(path=path, at=tuple(sorted(at))) for path, at in known)

    @property
    def sketch(self) -> bytes:
        """The sketch of all lines."""
        return sketch(self._lines, MAX_OF_SESSION)
