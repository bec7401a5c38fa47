"""What each stage of a turn costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracemill.flows.results import StageTime


class StageClock:
    """Measures the stages of one turn; a stage that runs twice is summed."""

    def __init__(self) -> None:
        self.stages: dict[str, StageTime] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        began = time.perf_counter()
        yield
        self.note(name, seconds=time.perf_counter() - began)

    def note(self, name: str, *, seconds: float = 0.0, n_bytes: int = 0) -> None:
        """Add to what a stage has cost."""
        before = self.stages.get(name, StageTime(seconds=0.0))
        self.stages[name] = StageTime(
            seconds=round(before.seconds + seconds, 4), n_bytes=before.n_bytes + n_bytes
        )
