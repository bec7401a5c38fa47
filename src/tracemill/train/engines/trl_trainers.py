"""TRL's trainers, given rows that are tokens already, and spared what changes nothing.

TRL prepares supervised rows by itself where they have tokens and labels. Its preference trainers
know no such way, so their preparation is replaced: rows go in as they are. Two savings leave loss
and gradients as they are: what all rows of a batch begin with is read once, and tokens that carry
no loss are not scored against the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tracemill.records.models.training import Stage
from tracemill.train.engines.shared_beginnings import can_share, share_beginning
from tracemill.train.protocol import ImitatedRow, Job, JudgedRow, PairRow, StageData

_SCHEDULES: Final[Mapping[str, str]] = {
    "cosine": "cosine",
    "linear": "linear",
    "constant": "constant_with_warmup",
}


_SCORES_TRAINED_ALONE: Final = "_use_triton"
"""What TRL asks whether to score only tokens that carry loss; its own answer is: on GPUs."""


class ForeignRowsError(AssertionError):
    """A trainer holds other tokens than it was given: a bug, or a new version of TRL."""


def make_trainer(
    job: Job, stage: Stage, data: StageData, folder: Path, parts: tuple[Any, Any]
) -> Any:
    """Return TRL's trainer for a stage, from the model and the tokenizer."""
    from datasets import Dataset
    from transformers.trainer_callback import PrinterCallback

    _score_trained_alone()
    kind, config = _kinds(stage.method)
    model, tokenizer = parts
    rows = Dataset.from_list(_columns(data, stage.batch_size))
    arguments = config(**_arguments(job, stage, folder))
    trainer = kind(model=model, args=arguments, train_dataset=rows, processing_class=tokenizer)
    trainer.remove_callback(PrinterCallback)
    _require_same_rows(trainer.train_dataset, rows)
    return trainer


def _kinds(method: str) -> tuple[Any, Any]:
    import trl

    match method:
        case "sft":
            return _sharing(trl.SFTTrainer), trl.SFTConfig
        case "dpo":
            return _prepared(trl.DPOTrainer), trl.DPOConfig
        case _:
            return _prepared(trl.KTOTrainer), trl.KTOConfig


def _score_trained_alone() -> None:
    """Have only tokens that carry loss scored on processors too; most carry none."""
    from trl.trainer import utils

    setattr(utils, _SCORES_TRAINED_ALONE, lambda _device: True)


def _sharing(trainer: Any) -> Any:
    """Return a trainer that reads once what all rows of a batch begin with."""

    class Sharing(trainer):  # type: ignore[misc]
        """Computes what its parent computes."""

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.shares_beginnings = can_share(
                self.model,
                gradient_checkpointing=self.args.gradient_checkpointing,
                n_devices=self.args.n_gpu * self.args.world_size,
            )

        def compute_loss(self, model: Any, inputs: Any, *given: Any, **named: Any) -> Any:
            if self.shares_beginnings:
                inputs = share_beginning(model, inputs)
            return super().compute_loss(model, inputs, *given, **named)

    return Sharing


def _prepared(trainer: Any) -> Any:
    """Return a trainer that takes rows as they are."""

    def as_it_is(self: Any, dataset: Any, *_: Any, **__: Any) -> Any:
        del self
        return dataset

    return type(f"Prepared{trainer.__name__}", (trainer,), {"_prepare_dataset": as_it_is})


def _columns(data: StageData, batch_size: int) -> list[dict[str, Any]]:
    """Return rows under the names that TRL looks for."""
    judged = [row for row in data.rows if isinstance(row, JudgedRow)]
    strangers = _rotated([row.completion_ids for row in judged], batch_size)
    made: list[dict[str, Any]] = []
    for row in data.rows:
        match row:
            case ImitatedRow() | PairRow():
                made.append(row._asdict())
            case JudgedRow():
                made.append(
                    {
                        "prompt_ids": row.prompt_ids,
                        "completion_ids": row.completion_ids,
                        "label": row.is_good,
                        "KL_completion_ids": strangers[len(made)],
                    }
                )
    return made


def _rotated(completions: Sequence[list[int]], batch_size: int) -> list[list[int]]:
    """Return for each answer that of its neighbour in the batch, as TRL pairs strangers."""
    batches = [
        list(completions[start : start + batch_size])
        for start in range(0, len(completions), batch_size)
    ]
    return [ids for batch in batches for ids in [batch[-1], *batch[:-1]]]


def _arguments(job: Job, stage: Stage, folder: Path) -> dict[str, Any]:
    import torch

    recipe = job.recipe
    own = {"beta": stage.beta} if stage.method != "sft" else {"packing": False}
    return {
        **own,
        "output_dir": str(folder),
        "max_length": stage.max_tokens,
        "per_device_train_batch_size": stage.batch_size,
        "gradient_accumulation_steps": stage.accumulate,
        "num_train_epochs": stage.epochs,
        "learning_rate": stage.learning_rate,
        "lr_scheduler_type": _SCHEDULES[stage.schedule],
        "warmup_steps": stage.warmup_steps,
        "logging_steps": 1,
        "use_cpu": not torch.cuda.is_available(),
        "bf16": recipe.precision == "bf16",
        "gradient_checkpointing": recipe.gradient_checkpointing,
        "save_strategy": "steps" if recipe.save_every else "no",
        "save_steps": recipe.save_every or 500,
        "save_total_limit": 2,
        "report_to": "none",
        "run_name": f"{recipe.name}/{stage.name}",
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "dataloader_pin_memory": False,
        "disable_tqdm": True,
    }


def _require_same_rows(held: Any, given: Any) -> None:
    names = [name for name in given.column_names if name in held.column_names]
    if (
        len(held) != len(given)
        or any(list(held[name]) != list(given[name]) for name in names)
        or names != given.column_names
    ):
        raise ForeignRowsError("the trainer holds other rows than it was given")
