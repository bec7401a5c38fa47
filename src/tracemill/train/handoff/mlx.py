"""MLX-LM, for Apple silicon: prompt and answer of each decision as texts, in our format already.

MLX-LM takes no tokens and renders for itself, so the model's folder gets a template that passes
texts on as they are. It learns the end of each row and nothing else, so every answer has a row of
its own. While it trains it measures the loss on `valid.jsonl`: decisions of held-out work, and no
file at all where nothing is held out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from shlex import quote
from typing import Any, Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.render.tokenizer_files import load_tokenizer
from tracemill.render.tokens import Tokenizer
from tracemill.train.handoff.protocol import ADAPTER, Files, HandedStage, settings_file
from tracemill.train.protocol import ImitatedRow

_PASSES_ON: Final = "{% for message in messages %}{{ message.content }}{% endfor %}"
_PATHS: Final = {
    **dict.fromkeys(("q_proj", "k_proj", "v_proj", "o_proj"), "self_attn"),
    **dict.fromkeys(("gate_proj", "up_proj", "down_proj"), "mlp"),
}
"""Where the usual modules stand within a layer."""
_encode: Final = msgspec.json.encode


def files_of(handed: HandedStage) -> Files:
    """Return configuration, rows, the tokenizer's part of the model's folder, and commands."""
    stage = handed.stage
    tokenizer = load_tokenizer(handed.tokens.file)
    rows = [each for row in handed.rows for each in _decisions(row, tokenizer)]
    held_out = [each for row in handed.held_out for each in _decisions(row, tokenizer)]
    beside = {
        "eos_token": handed.tokens.stop,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": _PASSES_ON,
    }
    contents = {
        "mlx.yaml": settings_file(_settings(handed, len(rows))),
        "data/train.jsonl": _lines(rows),
        **_validation(held_out, stage.batch_size),
        "model/tokenizer.json": handed.tokens.file.read_bytes(),
        "model/tokenizer_config.json": settings_file(beside),
    }
    place = quote(handed.base.place)
    link = f"for f in {place}/*.safetensors {place}/config.json; do"
    commands = (f'{link} ln -sf "$f" model/; done', "mlx_lm.lora --config mlx.yaml")
    return Files(contents, commands)


def _settings(handed: HandedStage, n_rows: int) -> dict[str, Any]:
    """Return what MLX-LM is told of a stage, by its names; it counts steps and not epochs."""
    recipe, stage = handed.recipe, handed.stage
    return {
        "model": "model",
        "train": True,
        "data": "data",
        "fine_tune_type": "lora",
        "mask_prompt": True,
        "adapter_path": ADAPTER,
        "resume_adapter_file": handed.before and f"{handed.before}/adapters.safetensors",
        "num_layers": recipe.lora.layers or -1,
        "batch_size": stage.batch_size,
        "grad_accumulation_steps": stage.accumulate,
        "iters": math.ceil(n_rows * stage.epochs / stage.batch_size),
        "val_batches": -1,
        "learning_rate": stage.learning_rate,
        "max_seq_length": stage.max_tokens,
        "grad_checkpoint": recipe.gradient_checkpointing,
        "seed": recipe.seed,
        "lora_parameters": {
            "rank": recipe.lora.rank,
            "scale": recipe.lora.alpha / recipe.lora.rank,
            "dropout": recipe.lora.dropout,
            **({} if handed.targets is None else {"keys": [_key(each) for each in handed.targets]}),
        },
    }


def _validation(held_out: list[dict[str, str]], batch_size: int) -> dict[str, bytes]:
    """Return the file to validate on; none where nothing is held out.

    MLX-LM breaks off where it holds less than a batch, so few rows stand there several times, each
    as often as the others, which leaves their mean as it is.
    """
    if not held_out:
        return {}
    times = math.ceil(batch_size / len(held_out))
    return {"data/valid.jsonl": _lines(held_out * times)}


def _lines(rows: list[dict[str, str]]) -> bytes:
    return b"".join(_encode(row) + b"\n" for row in rows)


def _key(target: str) -> str:
    """Return a module by its path within a layer, as MLX-LM names it.

    Raises:
        UsageError: nobody here knows where it stands.
    """
    if "." in target:
        return target
    if target not in _PATHS:
        raise UsageError(
            f"MLX-LM wants the path of a module within its layer, found {target!r}; expected one "
            f"of {', '.join(_PATHS)}, a path such as self_attn.q_proj, or all-linear"
        )
    return f"{_PATHS[target]}.{target}"


def _decisions(row: ImitatedRow, tokenizer: Tokenizer) -> Iterator[dict[str, str]]:
    """Yield prompt and answer of each answer that carries loss."""
    for prompt, said in row.answers():
        yield {"prompt": tokenizer.decode(prompt), "completion": tokenizer.decode(said)}
