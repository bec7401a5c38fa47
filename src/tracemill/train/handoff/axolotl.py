"""Axolotl: rows that have tokens and labels already are taken as they are."""

from __future__ import annotations

from tracemill.train.handoff.protocol import (
    ADAPTER,
    Files,
    HandedStage,
    full_precision,
    settings_file,
    token_lines,
)


def files_of(handed: HandedStage) -> Files:
    """Return configuration, rows and command."""
    recipe, stage = handed.recipe, handed.stage
    settings = {
        "base_model": handed.base.place,
        "datasets": [{"path": "rows.jsonl", "ds_type": "json", "type": None}],
        "dataset_prepared_path": "prepared",
        "val_set_size": 0,
        "output_dir": ADAPTER,
        "adapter": "lora",
        "lora_model_dir": handed.before,
        "lora_r": recipe.lora.rank,
        "lora_alpha": handed.whole_alpha(),
        "lora_dropout": recipe.lora.dropout,
        "lora_target_linear": True if handed.targets is None else None,
        "lora_target_modules": handed.targets,
        "peft_layers_to_transform": handed.layers(),
        "sequence_len": stage.max_tokens,
        "sample_packing": False,
        "micro_batch_size": stage.batch_size,
        "gradient_accumulation_steps": stage.accumulate,
        "num_epochs": stage.epochs,
        "learning_rate": stage.learning_rate,
        "lr_scheduler": "constant_with_warmup" if stage.schedule == "constant" else stage.schedule,
        "warmup_steps": stage.warmup_steps,
        "optimizer": "adamw_torch",
        "bf16": not full_precision(recipe),
        "gradient_checkpointing": recipe.gradient_checkpointing,
        "seed": recipe.seed,
        "special_tokens": {"eos_token": handed.tokens.stop, "pad_token": handed.filler},
    }
    contents = {"axolotl.yaml": settings_file(settings), "rows.jsonl": token_lines(handed.rows)}
    return Files(contents, ("axolotl train axolotl.yaml",))
