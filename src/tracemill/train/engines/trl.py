"""TRL on PyTorch: LoRA by supervised, DPO and KTO training, on a processor or a GPU.

Rows come with their tokens and labels, so TRL's own preparation, which would render and cut them
again, is passed by, and what it holds is compared with what it was given. A killed run goes on
from its last whole checkpoint with optimizer, schedule, order of data and random state, so that no
example is seen twice and the loss curve is the one that it would have been.
"""

from __future__ import annotations

import gc
import json
import math
import os
import shutil
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras
from tracemill.base.machine import peak_memory_bytes
from tracemill.records.models.training import LossPoint, Stage, StageRun
from tracemill.train.checks import check_rows
from tracemill.train.engines.loading import load_model, make_tokenizer
from tracemill.train.engines.read_back import effective_settings
from tracemill.train.engines.trl_trainers import make_trainer
from tracemill.train.protocol import (
    Job,
    Report,
    StageData,
    Trained,
    TrainProgress,
    run_of,
)

_DONE: Final = "stage.json"
_QUIET: Final = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
}
"""What keeps libraries from calling home, and from drawing bars beside ours."""
_OWN: Final = frozenset({"loss", "learning_rate", "epoch", "step"})


class TrlTrainer:
    """Trains low-rank adapters with TRL."""

    name: ClassVar[str] = "trl"

    def train(self, job: Job, report: Report) -> Trained:
        """Train the stages that are not done yet."""
        torch = import_engine(is_local=Path(job.base.place).exists())
        runs: list[StageRun] = []
        adapter = job.parent
        base, tokenizer = load_model(job.base, job.recipe), make_tokenizer(job.tokens)
        for number, (stage, data) in enumerate(zip(job.recipe.stages, job.stages, strict=True), 1):
            check_rows(stage.name, data, tokenizer.eos_token_id, tokenizer.pad_token_id)
            folder = job.folder / f"{number}-{stage.name}"
            run = _done(folder)
            if run is None:
                run = _Stage(job, stage, data, folder).train(base, tokenizer, adapter, report)
            runs.append(run)
            adapter = folder / "adapter"
        if adapter is None:
            raise AssertionError("a recipe has at least one stage")
        return Trained(
            runs,
            adapter,
            base.config.to_dict(),
            torch.cuda.get_device_name() if torch.cuda.is_available() else None,
            torch.get_num_threads(),
        )


def import_engine(*, is_local: bool) -> Any:
    """Import PyTorch and what trains with it: quietly, and without a word to anybody outside.

    Raises:
        UsageError: it is not installed.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    if is_local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import datasets
        import torch
        import trl
    except ImportError as error:
        raise UsageError(
            f"to train, the package {error.name!r} is needed; run: {install_extras('train')}; "
            "docs/training.md says how to get it for a processor without a GPU"
        ) from error
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\.")
    warnings.filterwarnings("ignore", message="Could not find a config file", module=r"peft\.")
    del trl
    return torch


def _done(folder: Path) -> StageRun | None:
    """Return what a stage was that is done already."""
    try:
        return msgspec.json.decode((folder / _DONE).read_bytes(), type=StageRun)
    except FileNotFoundError:
        return None


class _Stage:
    """One stage on its way."""

    def __init__(self, job: Job, stage: Stage, data: StageData, folder: Path) -> None:
        self.job = job
        self.stage = stage
        self.data = data
        self.folder = folder

    def train(self, base: Any, tokenizer: Any, adapter: Path | None, report: Report) -> StageRun:
        """Train it, from its last checkpoint where there is one."""
        checkpoint = _last_checkpoint(self.folder)
        model = with_adapter(base, self.job, adapter)
        trainer = make_trainer(self.job, self.stage, self.data, self.folder, (model, tokenizer))
        trainer.add_callback(_telling(self.stage.name, report))
        effective = effective_settings(trainer)
        wall, cpu = time.perf_counter(), time.process_time()
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        trainer.model.save_pretrained(self.folder / "adapter", selected_adapters=["default"])
        run = run_of(
            self.stage,
            self.data,
            self.folder / "adapter",
            effective=effective,
            n_steps=trainer.state.global_step,
            resumed_at=int(checkpoint.name.rpartition("-")[2]) if checkpoint else None,
            losses=loss_curve(trainer.state.log_history),
            seconds=round(wall, 3),
            cpu_seconds=round(cpu, 3),
            peak_memory_bytes=peak_memory_bytes(),
        )
        trainer.model.unload()
        (self.folder / _DONE).write_bytes(msgspec.json.format(msgspec.json.encode(run)))
        for each in self.folder.glob("checkpoint-*"):
            shutil.rmtree(each)
        del trainer, model
        gc.collect()
        return run


def with_adapter(base: Any, job: Job, adapter: Path | None) -> Any:
    """Put low-rank matrices on the base: new ones, or those of the stage or run before."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model

    if adapter is not None:
        return PeftModel.from_pretrained(base, str(adapter), is_trainable=True)
    torch.manual_seed(job.recipe.seed)
    shape = job.recipe.lora
    # PEFT takes a text for a pattern that whole names must fit, but for the word for all modules.
    targets: Any = list(shape.targets) if shape.targets != ("all-linear",) else "all-linear"
    n_layers = base.config.num_hidden_layers
    layers = list(range(n_layers - shape.layers, n_layers)) if shape.layers else None
    config = LoraConfig(
        r=shape.rank,
        lora_alpha=shape.alpha,
        lora_dropout=shape.dropout,
        target_modules=targets,
        layers_to_transform=layers,
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, config)


def _last_checkpoint(folder: Path) -> Path | None:
    """Return the last whole checkpoint: its state is written last."""
    whole = [
        path.parent for path in folder.glob("checkpoint-*/trainer_state.json") if _is_json(path)
    ]
    return max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def _telling(stage: str, report: Report) -> Any:
    from transformers import TrainerCallback

    class Telling(TrainerCallback):  # type: ignore[misc]
        """Tells of every step, once its loss is known."""

        def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            del args, control
            for point in loss_curve(state.log_history[-1:]):
                known = {"loss": point.loss, "learning_rate": point.learning_rate}
                told = {name: value for name, value in known.items() if value is not None}
                told.update(point.measures)
                report(TrainProgress(stage, point.step, state.max_steps, point.loss, told))

    return Telling()


def loss_curve(history: Sequence[dict[str, Any]]) -> tuple[LossPoint, ...]:
    """Return the loss curve in what a trainer logged.

    Where training falls apart, what it logs is no number, which JSON does not know.
    """
    return tuple(
        LossPoint(
            step=entry["step"],
            loss=_number(entry["loss"]),
            learning_rate=entry.get("learning_rate"),
            epoch=entry.get("epoch"),
            measures={
                name: number
                for name, value in entry.items()
                if name not in _OWN and (number := _number(value)) is not None
            },
        )
        for entry in history
        if "loss" in entry
    )


def _number(value: Any) -> float | None:
    """Return a value that was measured; None where it is none."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
