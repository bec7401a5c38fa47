"""Loggers: run trackers of other projects, which receive our metrics step by step.

They hear what stands in a run's record and nothing else: names, numbers and hashes, never an
example. Each keeps it on this machine unless the environment names another place in that tracker's
own words. To add one: a module with one class, a line in `LOGGERS`, and a row in its test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Protocol

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras
from tracemill.base.registry import Registry
from tracemill.records.models.training import TrainingRun

PROJECT: Final = "tracemill"
"""The project or experiment under which all runs are kept."""
Fact = str | int | float


class RunLogger(Protocol):
    """Keeps the story of one run."""

    def __init__(self, place: Path) -> None:
        """Import what it needs; nothing is written before a run begins."""
        ...

    def begin(self, name: str, facts: Mapping[str, Fact]) -> None:
        """Open a run, with what is known of it before its first step."""
        ...

    def note(self, stage: str, step: int, measures: Mapping[str, float]) -> None:
        """Keep what was measured after a step."""
        ...

    def end(self, facts: Mapping[str, Fact]) -> None:
        """Close the run, with what came of it."""
        ...


LOGGERS: Final = Registry[type[RunLogger]](
    kind="logger",
    builtin={
        "mlflow": "tracemill.train.loggers.mlflow:MlflowLogger",
        "trackio": "tracemill.train.loggers.trackio:TrackioLogger",
        "wandb": "tracemill.train.loggers.wandb:WandbLogger",
    },
)
"""Every logger by name."""


def open_loggers(names: Sequence[str], place: Path) -> list[RunLogger]:
    """Return loggers that keep what they hear under a folder.

    Raises:
        UnknownNameError: there is no such logger.
        UsageError: the package of one is not installed.
    """
    return [_open(name, place / name) for name in names]


def _open(name: str, place: Path) -> RunLogger:
    kind = LOGGERS.load(name)
    try:
        return kind(place)
    except ImportError as error:
        raise UsageError(
            f"the recipe tells {name} of the run, and the package {error.name!r} is not installed; "
            f"run: {install_extras(name)}"
        ) from error


@contextmanager
def logged(loggers: Iterable[RunLogger], run: TrainingRun) -> Iterator[dict[str, Fact]]:
    """Open a run with each logger, and close it however the block ends.

    The block fills in what came of the run; one that breaks off leaves it `broken_off`.
    """
    came: dict[str, Fact] = {"status": "broken_off"}
    with ExitStack() as opened:
        for logger in loggers:
            logger.begin(run.id, facts_before(run))
            opened.callback(logger.end, came)
        yield came


def facts_before(run: TrainingRun) -> dict[str, Fact]:
    """Return what is known of a run before it begins."""
    recipe = run.recipe
    known: dict[str, Fact | None] = {
        "recipe": recipe.name,
        "base": recipe.base.rpartition("/")[2],
        "base_hash": run.base_hash,
        "parent": run.parent,
        "format": run.format,
        "datasets": " ".join(run.datasets),
        "n_examples": len(run.example_ids),
        "seed": recipe.seed,
        "precision": recipe.precision,
        "lora_rank": recipe.lora.rank,
        "lora_alpha": recipe.lora.alpha,
    }
    for stage in recipe.stages:
        known[f"{stage.name}/method"] = stage.method
        known[f"{stage.name}/learning_rate"] = stage.learning_rate
        known[f"{stage.name}/epochs"] = stage.epochs
        known[f"{stage.name}/batch_size"] = stage.batch_size
    return {name: fact for name, fact in known.items() if fact is not None}


def facts_after(run: TrainingRun) -> dict[str, Fact]:
    """Return what came of a run."""
    return {name: fact for name, fact in _after(run) if fact is not None}


def _after(run: TrainingRun) -> Iterator[tuple[str, Fact | None]]:
    yield "status", run.status
    yield "adapter_hash", run.adapter_hash
    for stage in run.stages:
        yield f"{stage.name}/data_hash", stage.data_hash
        yield f"{stage.name}/n_tokens", stage.n_tokens
        yield f"{stage.name}/seconds", stage.seconds
        yield f"{stage.name}/tokens_per_second", stage.tokens_per_second
        yield f"{stage.name}/peak_memory_bytes", stage.peak_memory_bytes


__all__ = [
    "LOGGERS",
    "PROJECT",
    "Fact",
    "RunLogger",
    "facts_after",
    "facts_before",
    "logged",
    "open_loggers",
]
