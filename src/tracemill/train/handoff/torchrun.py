"""torchrun: a short program of PyTorch and TRL that trains rows of tokens on any number of GPUs."""

from __future__ import annotations

from importlib.resources import files

from tracemill.train.handoff.protocol import (
    Files,
    HandedStage,
    settings_file,
    token_lines,
    transformers_settings,
)


def files_of(handed: HandedStage) -> Files:
    """Return settings, rows, program and command."""
    recipe, stage = handed.recipe, handed.stage
    settings = {
        "base": handed.base.place,
        "gguf_file": handed.base.gguf,
        "before": handed.before,
        "eos_token": handed.tokens.stop,
        "pad_token": handed.filler,
        "layers": recipe.lora.layers,
        "lora": {
            "r": recipe.lora.rank,
            "lora_alpha": recipe.lora.alpha,
            "lora_dropout": recipe.lora.dropout,
            "target_modules": "all-linear" if handed.targets is None else handed.targets,
            "task_type": "CAUSAL_LM",
        },
        "arguments": {
            **transformers_settings(handed),
            "max_length": stage.max_tokens,
            "gradient_checkpointing": recipe.gradient_checkpointing,
            "logging_steps": 1,
            "report_to": list(recipe.loggers) or "none",
        },
    }
    program = (files("tracemill.train.handoff") / "torchrun_program.txt").read_bytes()
    contents = {
        "settings.json": settings_file(settings),
        "rows.jsonl": token_lines(handed.rows),
        "tokenizer.json": handed.tokens.file.read_bytes(),
        "train.py": program,
    }
    return Files(contents, ("torchrun --nproc-per-node gpu train.py",))
