"""Runs of training: each a folder that holds its record, its adapter and the format it speaks.

A run's folder is enough to serve and to judge its model: the adapter, the template and tokenizer
as they were when it was trained, and the fingerprint without which nothing may ask it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.errors import AmbiguousNameError, NotFoundError, SchemaError, UsageError
from tracemill.llm.protocol import SubjectConfig
from tracemill.records.models.training import TrainingRun
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace, write_whole
from tracemill.train.base_models import fetch, find_base

RUN: Final = "run.json"
TEMPLATE: Final = "template.jinja"
TOKENIZER: Final = "tokenizer.json"
PLOT: Final = "loss.svg"


class KeptRun(NamedTuple):
    """A run, and where it is kept."""

    folder: Path
    run: TrainingRun

    @property
    def adapter(self) -> Path | None:
        """Folder of its adapter, where training came to its end."""
        return self.folder / self.run.adapter if self.run.adapter else None


class RunList(Record, frozen=True, kw_only=True):
    """All runs of a workspace."""

    runs: tuple[TrainingRun, ...]
    """The runs, the latest first."""


class ShownRun(Record, frozen=True, kw_only=True):
    """One run, and where its files are."""

    folder: str
    """Where it is kept."""
    run: TrainingRun
    """What it is."""


def keep_run(folder: Path, run: TrainingRun) -> None:
    """Write a run's record."""
    write_whole(folder / RUN, msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def list_runs(workspace: Workspace) -> RunList:
    """Return all runs, the latest first."""
    runs = [kept.run for kept in kept_runs(workspace)]
    ordered = sorted(runs, key=lambda run: (run.started or "", run.id), reverse=True)
    return RunList(runs=tuple(ordered))


def kept_runs(workspace: Workspace) -> Iterator[KeptRun]:
    """Yield every run with its folder, in the order of their ids."""
    for path in sorted(workspace.models.glob(f"*/{RUN}")):
        try:
            run = msgspec.json.decode(path.read_bytes(), type=TrainingRun)
        except msgspec.DecodeError as error:
            raise SchemaError(f"{str(path)!r} is no run of this version: {error}") from error
        yield KeptRun(path.parent, run)


def find_run(workspace: Workspace, name: str) -> KeptRun:
    """Return a run by the beginning of its id, or the latest one of a recipe.

    Raises:
        NotFoundError: there is none.
    """
    kept = list(kept_runs(workspace))
    by_id = [each for each in kept if name and each.run.id.startswith(name)]
    if len(by_id) > 1:
        raise AmbiguousNameError(name, [each.run.id for each in by_id])
    named = [each for each in kept if each.run.recipe.name == name]
    found = by_id or sorted(named, key=lambda each: (each.run.started or "", each.run.id))[-1:]
    if not found:
        known = ", ".join(sorted({each.run.recipe.name for each in kept})) or "none yet"
        raise NotFoundError(
            f"no model {name!r}; trained by recipe: {known}; run: tracemill model train RECIPE"
        )
    return found[0]


def lineage(workspace: Workspace, run: TrainingRun) -> Iterator[TrainingRun]:
    """Yield the runs that a run goes on from, the one right before it first."""
    while run.parent is not None:
        run = find_run(workspace, run.parent).run
        yield run


def n_learned_before(
    workspace: Workspace, example_ids: Collection[str], parent: str | None
) -> int | None:
    """Return how many examples the run gone on from, or one before it, learned from already.

    None where nothing is gone on from.

    Raises:
        NotFoundError: there is no such run.
    """
    if parent is None:
        return None
    run = find_run(workspace, parent).run
    known = {each for one in (run, *lineage(workspace, run)) for each in one.example_ids}
    return len(known.intersection(example_ids))


def subject_of(kept: KeptRun, *, scale: float = 1.0) -> SubjectConfig:
    """Return how a trained model is asked: in the format that it was trained in, and no other.

    Raises:
        UsageError: it cannot be asked on this machine.
    """
    run = kept.run
    if run.adapter is None:
        raise UsageError(f"{run.id} is {run.status}: it has no adapter to be asked with")
    base = fetch(find_base(run.recipe.base))
    config = SubjectConfig(
        backend="transformers",
        model=base.place,
        adapter=str(kept.folder / run.adapter),
        weights=str(kept.folder / run.adapter),
        adapter_scale=scale,
        template=str(kept.folder / TEMPLATE),
        format=run.format,
        name=run.id,
    )
    if run.recipe.trainer == "scripted":
        return msgspec.structs.replace(config, backend="lookalike")
    if base.file is None:
        return config
    if run.gguf is None:
        raise UsageError(
            f"{run.id} has no GGUF adapter: its base's family cannot be written; expected llama, "
            "mistral, qwen2 or qwen3"
        )
    return msgspec.structs.replace(
        config, backend="llama-cpp", model=str(base.file), adapter=str(kept.folder / run.gguf)
    )
