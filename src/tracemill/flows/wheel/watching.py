"""Sessions are read shortly after they change, in the background: `sync`, again and again.

Looking costs one stat for each file. What has changed is read once it has been quiet for a
while: an agent writes a message in several pieces, and tells its hooks of an answer before
the answer stands in its log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracemill.base.errors import HeldError, NotFoundError
from tracemill.flows.ingest import Report
from tracemill.flows.ingest.discovery import discover
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.turn import Options, find_places, read_only
from tracemill.store.workspace import Workspace

_SHARE_OF_TIME: Final = 50
"""Looking takes at most one part in this many of the time, however many files there are."""


@dataclass(frozen=True)
class Rhythm:
    """When to look, and what counts as quiet."""

    every_s: float = 5.0
    """Pause between two looks."""
    quiet_s: float = 3.0
    """How long an input must have stood still before it is read."""
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


class Watching:
    """What was seen of all inputs, and since when each stands still."""

    def __init__(self, workspace: Workspace, sources: Sequence[Path], rhythm: Rhythm) -> None:
        self.workspace = workspace
        self.rhythm = rhythm
        self._sources = sources
        self._standing: dict[str, tuple[str, float]] = {}
        self._read: dict[str, str] = {}

    def look(self, environment: Mapping[str, str]) -> list[Path]:
        """Return the inputs that have changed since they were read, and are quiet now."""
        now = self.rhythm.clock()
        places = find_places(self.workspace, self._sources, environment)
        standing = {}
        for found in () if places.is_example else discover(places.paths):
            stamp = getattr(found, "stamp", "")
            before = self._standing.get(found.path)
            since = before[1] if before is not None and before[0] == stamp else now
            standing[found.path] = (stamp, since)
        self._standing = standing
        return [
            Path(path)
            for path, (stamp, since) in standing.items()
            if self._read.get(path) != stamp and now - since >= self.rhythm.quiet_s
        ]

    def note_read(self, paths: Sequence[Path]) -> None:
        """Remember that these inputs were read as they were last seen."""
        self._read.update((str(path), self._standing[str(path)][0]) for path in paths)


def watch(
    workspace: Workspace,
    sources: Sequence[Path],
    environment: Mapping[str, str],
    report: Report,
    rhythm: Rhythm,
) -> Iterator[RunResult]:
    """Return what each reading brings, for ever, once every place could be looked at.

    A workspace that another process writes to is left alone until that process is done.

    Raises:
        NotFoundError: a place does not exist.
    """
    watching = Watching(workspace, sources, rhythm)
    watching.look(environment)
    return _readings(watching, environment, report)


def _readings(
    watching: Watching, environment: Mapping[str, str], report: Report
) -> Iterator[RunResult]:
    rhythm = watching.rhythm
    while True:
        began = rhythm.clock()
        quiet = watching.look(environment)
        cost = rhythm.clock() - began
        if quiet and (result := _read(watching.workspace, quiet, environment, report)) is not None:
            watching.note_read(quiet)
            if result.changed:
                yield result
        rhythm.wait(max(rhythm.every_s, cost * _SHARE_OF_TIME))


def _read(
    workspace: Workspace, paths: Sequence[Path], environment: Mapping[str, str], report: Report
) -> RunResult | None:
    """Read inputs; None where that must wait: the workspace is held, or a file just went."""
    try:
        return read_only(workspace, paths, environment, Options(), report)
    except (HeldError, NotFoundError):
        return None
