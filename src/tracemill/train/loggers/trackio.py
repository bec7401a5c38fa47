"""Trackio: a database beside the models, or in the folder that `TRACKIO_DIR` names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from tracemill.train.loggers import PROJECT, Fact


class TrackioLogger:
    """Keeps a run as one of Trackio."""

    def __init__(self, place: Path) -> None:
        os.environ.setdefault("TRACKIO_DIR", str(place))
        import trackio

        self._trackio: Any = trackio
        self._run: Any = None

    def begin(self, name: str, facts: Mapping[str, Fact]) -> None:
        """Open a run; only what we say is kept, and no figures of the machine."""
        with _quiet():
            self._run = self._trackio.init(
                project=PROJECT,
                name=name,
                config=dict(facts),
                embed=False,
                auto_log_cpu=False,
                auto_log_gpu=False,
            )

    def note(self, stage: str, step: int, measures: Mapping[str, float]) -> None:
        """Keep a step's measures under the stage's name."""
        told = {f"{stage}/{name}": value for name, value in measures.items()}
        self._run.log(told, step=step)

    def end(self, facts: Mapping[str, Fact]) -> None:
        """Close it."""
        with _quiet():
            self._run.log(dict(facts))
            self._trackio.finish()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what it prints out of an answer."""
    with redirect_stdout(StringIO()):
        yield
