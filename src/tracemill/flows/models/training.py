"""Training: a recipe and dataset versions in, a run with its adapter out.

What is known to have been made is not made again: a run's id follows from recipe, data, base,
parent and seed. A run that was killed goes on in its folder. Training holds the run's folder and
not the workspace, so that sessions can be read meanwhile.
"""

from __future__ import annotations

import fcntl
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple, cast

import msgspec

from tracemill.base.clock import now
from tracemill.base.errors import HeldError, UsageError
from tracemill.base.ids import make_id
from tracemill.base.machine import n_cores
from tracemill.flows.models.pools import Pools
from tracemill.flows.models.runs import PLOT, RUN, TEMPLATE, TOKENIZER, KeptRun, find_run, keep_run
from tracemill.records.canonical import canonical_json
from tracemill.records.models.training import Hardware, TrainingRecipe, TrainingRun
from tracemill.render.chat_format import ChatFormat, FormatMismatchError, load_format
from tracemill.render.tokenizer_files import FileTokenizer
from tracemill.store.workspace import Workspace
from tracemill.train import MEASURES_HELD_OUT, TRAIN_VERSION, TRAINERS
from tracemill.train.base_models import BaseModel, fetch, find_base, hash_folder, hash_weights
from tracemill.train.lessons import encode_stage
from tracemill.train.loggers import RunLogger, facts_after, logged, open_loggers
from tracemill.train.lora_gguf import can_write, write_adapter
from tracemill.train.loss_plot import loss_svg
from tracemill.train.protocol import (
    HandedOff,
    Job,
    Report,
    StageData,
    Tokens,
    Trained,
    TrainProgress,
)
from tracemill.train.recipe_file import asked_for, read_recipe

_PACKAGES: Final = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers")
_GGUF: Final = "adapter.gguf"
_LOGS: Final = "logs"
"""Folder beside the runs in which loggers keep what they hear."""


class Planned(NamedTuple):
    """A run before its first step: everything is known but what training will do."""

    run: TrainingRun
    base: BaseModel
    format: ChatFormat
    stages: Sequence[StageData]
    parent: Path | None
    """Folder of the adapter to go on from."""


def plan_run(
    workspace: Workspace,
    named: str,
    parent: str | None = None,
    datasets: Mapping[str, str] | None = None,
    seed: int | None = None,
    stage: str | None = None,
) -> Planned:
    """Find everything that a recipe names, and make its rows.

    Args:
        workspace: Where datasets and runs are.
        named: The recipe, by name or file.
        parent: The run to go on from.
        datasets: The versions that are meant by names in the recipe; a name's newest otherwise.
        seed: What order and draws follow from; the recipe's own otherwise.
        stage: Name or number of the only stage that is trained; all otherwise.

    Raises:
        UsageError: the recipe, its base or its data are not as they must be.
        FormatMismatchError: the parent was trained in another format.
    """
    recipe = asked_for(read_recipe(named), seed, stage, is_tuned=parent is not None)
    base = fetch(find_base(recipe.base))
    before = find_run(workspace, parent) if parent else None
    format_ = load_format(recipe.template, base.file or Path(base.place))
    if before is not None:
        _require_parent(before, format_.spec.fingerprint, recipe)
    pools = Pools(workspace, datasets or {})
    stages = [
        encode_stage(
            pools.lessons(stage, recipe.seed),
            stage,
            format_,
            pools.held_out(stage, recipe.seed) if recipe.trainer in MEASURES_HELD_OUT else (),
        )
        for stage in recipe.stages
    ]
    base_hash = hash_weights(base)
    identity: tuple[str | bytes, ...] = (
        str(TRAIN_VERSION),
        canonical_json(recipe),
        base_hash or base.place,
        before.run.id if before else "",
        format_.spec.fingerprint,
        *(stage.hash for stage in stages),
    )
    run = TrainingRun(
        id=make_id("run", *identity),
        recipe=recipe,
        status="planned",
        base_hash=base_hash,
        parent=before.run.id if before else None,
        learned_erased=before.run.learned_erased if before else None,
        format=format_.spec.fingerprint,
        datasets=tuple(sorted(pools.names)),
        example_ids=tuple(sorted({i for stage in stages for i in stage.example_ids})),
    )
    return Planned(run, base, format_, stages, before.adapter if before else None)


def _require_parent(before: KeptRun, fingerprint: str, recipe: TrainingRecipe) -> None:
    if before.adapter is None:
        raise UsageError(f"{before.run.id} is {before.run.status}: nothing to go on from")
    if before.run.format != fingerprint:
        raise FormatMismatchError(
            f"{before.run.id} was trained in the format {before.run.format}, and template "
            f"{recipe.template!r} with this base is {fingerprint}; train on in the same format"
        )
    if before.run.recipe.lora != recipe.lora:
        raise UsageError(
            f"{before.run.id} has an adapter of another shape than the recipe asks for; "
            "take over its [lora]"
        )


def train_model(workspace: Workspace, planned: Planned, report: Report) -> KeptRun:
    """Train what was planned, or return it where that is done already.

    Raises:
        HeldError: the same run is on its way in another process.
        UsageError: a logger that the recipe names is not installed.
    """
    run = planned.run
    loggers = open_loggers(run.recipe.loggers, workspace.models / _LOGS)
    folder = workspace.models / run.id
    if (folder / RUN).exists():
        kept = find_run(workspace, run.id)
        if kept.run.status == "finished":
            return kept
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(folder):
        started = now().isoformat()
        keep_run(folder, msgspec.structs.replace(run, status="running", started=started))
        _write_format(folder, planned.format)
        tokens = Tokens(folder / TOKENIZER, planned.format.template.stop)
        job = Job(run.recipe, planned.base, planned.parent, planned.stages, tokens, folder)
        with logged(loggers, run) as came:
            trained = TRAINERS.load(run.recipe.trainer)().train(job, _telling(loggers, report))
            known = msgspec.structs.replace(run, started=started)
            if isinstance(trained, HandedOff):
                finished = msgspec.structs.replace(known, status="handed_off")
            else:
                finished = _finished(known, folder, trained)
            keep_run(folder, finished)
            came.update(facts_after(finished))
        return KeptRun(folder, finished)


def _telling(loggers: Sequence[RunLogger], report: Report) -> Report:
    """Return what tells loggers of each step too."""

    def tell(progress: TrainProgress) -> None:
        report(progress)
        for logger in loggers:
            logger.note(progress.stage, progress.step, progress.measures)

    return tell


def _write_format(folder: Path, format_: ChatFormat) -> None:
    """Keep the template and tokenizer that the model speaks in."""
    (folder / TEMPLATE).write_text(format_.template.source, encoding="utf-8")
    cast("FileTokenizer", format_.tokenizer).save(folder / TOKENIZER)
    spec = canonical_json(format_.spec)
    (folder / "format.json").write_bytes(msgspec.json.format(spec))


def _finished(run: TrainingRun, folder: Path, trained: Trained) -> TrainingRun:
    """Return the record of what was trained, with its plot and its adapter for llama.cpp."""
    (folder / PLOT).write_text(loss_svg(run.recipe.name, trained.stages), encoding="utf-8")
    gguf = None
    if can_write(trained.model_config.get("model_type", "")):
        write_adapter(trained.adapter, trained.model_config, folder / _GGUF)
        gguf = _GGUF
    return msgspec.structs.replace(
        run,
        status="finished",
        stages=tuple(trained.stages),
        hardware=_hardware(trained),
        finished=now().isoformat(),
        adapter=str(trained.adapter.relative_to(folder)),
        gguf=gguf,
        adapter_hash=hash_folder(trained.adapter),
    )


def _hardware(trained: Trained) -> Hardware:
    return Hardware(
        processor=platform.machine() or None,
        n_cores=n_cores(),
        n_threads=trained.n_threads,
        accelerator=trained.accelerator,
        packages=dict(_versions()),
    )


def _versions() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HeldError(
                f"another process trains in {str(folder)!r}; wait until it is done"
            ) from error
        yield
