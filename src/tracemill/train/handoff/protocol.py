"""What is handed over, stage by stage, and what is taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any, ClassVar, Final, NamedTuple

from tracemill.base.errors import UsageError
from tracemill.base.registry import Registry
from tracemill.records.canonical import canonical_json
from tracemill.records.models.training import Stage, TrainingRecipe
from tracemill.render.tokenizer_files import load_tokenizer
from tracemill.train.base_models import BaseModel
from tracemill.train.checks import check_rows, filler
from tracemill.train.handoff.mlx_adapter import MLX_CONFIG, MLX_WEIGHTS, to_peft
from tracemill.train.protocol import (
    HandedOff,
    ImitatedRow,
    Job,
    Report,
    Row,
    Tokens,
    Trained,
    run_of,
)

ADAPTER: Final = "adapter"
_CONFIG: Final = "adapter_config.json"
_WEIGHTS: Final = "adapter_model.safetensors"
_CONVERTED: Final = "peft"
"""Folder of an adapter that another program made in a form of its own."""


class HandedStage(NamedTuple):
    """One stage, as another program is told of it."""

    recipe: TrainingRecipe
    stage: Stage
    base: BaseModel
    rows: Sequence[ImitatedRow]
    before: str | None
    """Folder of the adapter to go on from."""
    tokens: Tokens
    filler: str
    """The token that fills up rows."""
    held_out: Sequence[ImitatedRow] = ()
    """Rows that nothing is learned from, to measure the loss on."""

    @property
    def targets(self) -> list[str] | None:
        """Modules that get an adapter; None for every linear layer."""
        targets = list(self.recipe.lora.targets)
        return None if targets == ["all-linear"] else targets

    def whole_alpha(self) -> int:
        """Return the adapter's weight for programs that take whole numbers.

        Raises:
            UsageError: it is none.
        """
        alpha = self.recipe.lora.alpha
        if alpha != int(alpha):
            raise UsageError(
                f"{self.recipe.trainer} takes a whole number as the alpha of [lora], found {alpha}"
            )
        return int(alpha)

    def layers(self) -> list[int] | None:
        """Return the numbers of the layers that get an adapter; None for all.

        Raises:
            UsageError: only some shall, and nobody here knows how many there are.
        """
        wanted = self.recipe.lora.layers
        if wanted is None:
            return None
        n_layers = config_of(self.base).get("num_hidden_layers")
        if not isinstance(n_layers, int):
            raise UsageError(
                f"expected the base's config.json to tell its layers, of which [lora] asks for the "
                f"last {wanted}, found none in {self.base.place!r}; name a folder as the base"
            )
        return list(range(max(0, n_layers - wanted), n_layers))


class Files(NamedTuple):
    """What another program needs for a stage."""

    contents: Mapping[str, bytes]
    """Files by name."""
    commands: Sequence[str]
    """What to run in the stage's folder, one command after the other."""


PROGRAMS: Final = Registry[Callable[[HandedStage], Files]](
    kind="training program",
    builtin={
        "axolotl": "tracemill.train.handoff.axolotl:files_of",
        "llamafactory": "tracemill.train.handoff.llamafactory:files_of",
        "mlx": "tracemill.train.handoff.mlx:files_of",
        "torchrun": "tracemill.train.handoff.torchrun:files_of",
    },
)
"""Every program by name."""


class HandOffTrainer:
    """Writes files for another program, and takes up the adapter that it made."""

    name: ClassVar[str] = "handoff"

    def train(self, job: Job, report: Report) -> Trained | HandedOff:
        """Take up the last stage's adapter where it is there, or write everything for it.

        Raises:
            UsageError: the recipe asks for what cannot be handed over.
            UntrainableError: training would teach what nobody wants.
        """
        del report
        folder = job.folder / "handoff"
        made = [folder / f"{n}-{stage.name}" for n, stage in enumerate(job.recipe.stages, 1)]
        if (adapter := _made(made[-1], job.base)) is not None:
            stages = zip(job.recipe.stages, job.stages, made, strict=True)
            runs = [run_of(stage, data, place / ADAPTER) for stage, data, place in stages]
            return Trained(runs, adapter, config_of(job.base), None, None)
        fills_up = _checked(job)
        files_of = PROGRAMS.load(job.recipe.trainer)
        before = str(job.parent) if job.parent else None
        commands: list[str] = []
        for stage, data, place in zip(job.recipe.stages, job.stages, made, strict=True):
            rows, held_out = _rows(stage, data.rows), _rows(stage, data.held_out)
            files = files_of(
                HandedStage(
                    job.recipe, stage, job.base, rows, before, job.tokens, fills_up, held_out
                )
            )
            place.mkdir(parents=True, exist_ok=True)
            for name, content in files.contents.items():
                (place / name).parent.mkdir(exist_ok=True)
                (place / name).write_bytes(content)
            commands += [f"cd {quote(str(place))}", *files.commands]
            before = str(place / ADAPTER)
        (folder / "run.sh").write_text("set -eu\n" + "\n".join(commands) + "\n", encoding="utf-8")
        return HandedOff(folder / "run.sh")


def _made(place: Path, base: BaseModel) -> Path | None:
    """Return the adapter that another program made in PEFT's form; None where it is not done.

    Programs write what describes an adapter first. One of MLX-LM is brought into that form.
    """
    adapter = place / ADAPTER
    if all((adapter / name).exists() for name in (MLX_CONFIG, MLX_WEIGHTS)):
        converted = place / _CONVERTED
        to_peft(adapter, base.place, converted)
        return converted
    is_made = all((adapter / name).exists() for name in (_CONFIG, _WEIGHTS))
    return adapter if is_made else None


def _checked(job: Job) -> str:
    """Make sure that the rows can be trained on; return the token that fills them up."""
    tokenizer = load_tokenizer(job.tokens.file)
    fills_up = filler(lambda text: len(tokenizer.encode(text)) == 1, job.tokens.stop)
    (stop_id,), (pad_id,) = tokenizer.encode(job.tokens.stop), tokenizer.encode(fills_up)
    for stage, data in zip(job.recipe.stages, job.stages, strict=True):
        check_rows(stage.name, data, stop_id, pad_id)
    return fills_up


def _rows(stage: Stage, made: Sequence[Row]) -> list[ImitatedRow]:
    rows = [row for row in made if isinstance(row, ImitatedRow)]
    if len(rows) != len(made):
        raise UsageError(
            f"stage {stage.name!r} learns by {stage.method}, and only supervised stages are "
            'handed over; take trainer = "trl" for it'
        )
    return rows


def config_of(base: BaseModel) -> dict[str, Any]:
    """Return what a base says of itself; nothing where it is not a folder on this machine."""
    try:
        found = json.loads((Path(base.place) / "config.json").read_bytes())
    except OSError:
        return {}
    return found if isinstance(found, dict) else {}


def transformers_settings(handed: HandedStage) -> dict[str, Any]:
    """Return what the trainers on top of transformers share, by its names of arguments."""
    recipe, stage = handed.recipe, handed.stage
    is_steady = stage.schedule == "constant"
    return {
        "output_dir": ADAPTER,
        "packing": False,
        "per_device_train_batch_size": stage.batch_size,
        "gradient_accumulation_steps": stage.accumulate,
        "num_train_epochs": stage.epochs,
        "learning_rate": stage.learning_rate,
        "lr_scheduler_type": "constant_with_warmup" if is_steady else stage.schedule,
        "warmup_steps": stage.warmup_steps,
        "bf16": not full_precision(recipe),
        "seed": recipe.seed,
    }


def token_lines(rows: Sequence[ImitatedRow]) -> bytes:
    """Return rows of tokens as JSON Lines, under the names that trainers share."""
    return b"".join(
        canonical_json(
            {
                "input_ids": row.input_ids,
                "attention_mask": [1] * len(row.input_ids),
                "labels": row.labels,
            }
        )
        + b"\n"
        for row in rows
    )


def settings_file(settings: Mapping[str, Any]) -> bytes:
    """Return settings as JSON, which every reader of YAML reads."""
    given = {name: value for name, value in settings.items() if value is not None}
    return json.dumps(given, indent=2).encode() + b"\n"


def full_precision(recipe: TrainingRecipe) -> bool:
    """Tell whether numbers are computed with in full."""
    return recipe.precision == "fp32"
