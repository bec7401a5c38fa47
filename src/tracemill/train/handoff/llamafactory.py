"""LLaMA-Factory: takes tokens from a folder that `datasets` wrote, which a line of Python makes."""

from __future__ import annotations

from tracemill.base.errors import UsageError
from tracemill.train.handoff.protocol import (
    Files,
    HandedStage,
    settings_file,
    token_lines,
    transformers_settings,
)

_TO_FOLDER = """\
from datasets import load_dataset

load_dataset("json", data_files={"train": "rows.jsonl"}).save_to_disk("tokenized")
"""


def files_of(handed: HandedStage) -> Files:
    """Return configuration, rows and commands.

    Raises:
        UsageError: only some layers shall learn, which it has no setting for.
    """
    recipe, stage = handed.recipe, handed.stage
    if recipe.lora.layers is not None:
        raise UsageError(
            "LLaMA-Factory adapts all layers, and [lora] asks for the last "
            f'{recipe.lora.layers}; leave layers out, or take trainer = "axolotl"'
        )
    settings = {
        "stage": "sft",
        "do_train": True,
        "model_name_or_path": handed.base.place,
        "adapter_name_or_path": handed.before,
        "finetuning_type": "lora",
        "lora_rank": recipe.lora.rank,
        "lora_alpha": handed.whole_alpha(),
        "lora_dropout": recipe.lora.dropout,
        "lora_target": "all" if handed.targets is None else ",".join(handed.targets),
        "template": "empty",
        "tokenized_path": "tokenized",
        "cutoff_len": stage.max_tokens,
        **transformers_settings(handed),
        "disable_gradient_checkpointing": not recipe.gradient_checkpointing,
        "report_to": "none",
    }
    contents = {
        "llamafactory.yaml": settings_file(settings),
        "rows.jsonl": token_lines(handed.rows),
        "to_folder.py": _TO_FOLDER.encode(),
    }
    commands = ("python to_folder.py", "llamafactory-cli train llamafactory.yaml")
    return Files(contents, commands)
