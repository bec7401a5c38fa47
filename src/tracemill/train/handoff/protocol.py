"""What is handed over, stage by stage, and what is taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.registry import Registry
from tracemill.records.training import Stage, StageRun, TrainingRecipe
from tracemill.train.base_models import BaseModel, hash_folder
from tracemill.train.protocol import (
    HandedOff,
    ImitatedRow,
    Job,
    Report,
    StageData,
    Tokens,
    Trained,
)

ADAPTER: Final = "adapter"
_CONFIG: Final = "adapter_config.json"
_WEIGHTS: Final = "adapter_model.safetensors"
_MLX_WEIGHTS: Final = "adapters.safetensors"
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class HandedStage(NamedTuple):
    """One stage, as another program is told of it."""

    recipe: TrainingRecipe
    stage: Stage
    base: BaseModel
    rows: Sequence[ImitatedRow]
    before: str | None
    """Folder of the adapter to go on from."""
    tokens: Tokens


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
            UsageError: the recipe asks for what cannot be handed over, or the adapter is MLX-LM's.
        """
        del report
        folder = job.folder / "handoff"
        made = [folder / f"{n}-{stage.name}" for n, stage in enumerate(job.recipe.stages, 1)]
        last = made[-1] / ADAPTER
        if _is_made(last):
            stages = zip(job.recipe.stages, job.stages, made, strict=True)
            return Trained([_run(*each) for each in stages], last, _config(job.base), None, None)
        files_of = PROGRAMS.load(job.recipe.trainer)
        before = str(job.parent) if job.parent else None
        commands: list[str] = []
        for stage, data, place in zip(job.recipe.stages, job.stages, made, strict=True):
            files = files_of(
                HandedStage(job.recipe, stage, job.base, _rows(stage, data), before, job.tokens)
            )
            place.mkdir(parents=True, exist_ok=True)
            for name, content in files.contents.items():
                (place / name).parent.mkdir(exist_ok=True)
                (place / name).write_bytes(content)
            commands += [f"cd {quote(str(place))}", *files.commands]
            before = str(place / ADAPTER)
        (folder / "run.sh").write_text("set -eu\n" + "\n".join(commands) + "\n", encoding="utf-8")
        return HandedOff(folder / "run.sh")


def _is_made(adapter: Path) -> bool:
    """Tell whether another program is done: programs write what describes an adapter first.

    Raises:
        UsageError: it is made in a form that is not taken up.
    """
    if (adapter / _MLX_WEIGHTS).exists():
        raise UsageError(
            f"expected {_WEIGHTS} in {str(adapter)!r}, found {_MLX_WEIGHTS}: adapters of MLX-LM "
            "are not taken up; serve it by mlx_lm.server and ask openai:MODEL --endpoint URL"
        )
    return all((adapter / name).exists() for name in (_CONFIG, _WEIGHTS))


def _rows(stage: Stage, data: StageData) -> list[ImitatedRow]:
    rows = [row for row in data.rows if isinstance(row, ImitatedRow)]
    if len(rows) != len(data.rows):
        raise UsageError(
            f"stage {stage.name!r} learns by {stage.method}, and only supervised stages are "
            'handed over; take trainer = "trl" for it'
        )
    return rows


def _run(stage: Stage, data: StageData, place: Path) -> StageRun:
    """Return what is known of a stage that another program trained: its data, and no curve."""
    return StageRun(
        name=stage.name,
        method=stage.method,
        data_hash=data.hash,
        n_examples=len(data.example_ids),
        n_tokens=sum(row.n_tokens for row in data.rows),
        n_trained_tokens=sum(row.n_trained for row in data.rows),
        drops=data.drops,
        adapter_hash=hash_folder(place / ADAPTER),
    )


def _config(base: BaseModel) -> dict[str, Any]:
    try:
        found = json.loads((Path(base.place) / "config.json").read_bytes())
    except OSError:
        return {}
    return found if isinstance(found, dict) else {}


def token_lines(rows: Sequence[ImitatedRow]) -> bytes:
    """Return rows of tokens as JSON Lines, under the names that trainers share."""
    return b"".join(
        _encode(
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
