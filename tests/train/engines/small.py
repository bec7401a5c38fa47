"""A model with few weights and a small vocabulary, and jobs that it can do within seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.render.formats import shipped, tokenizer
from tracemill.records.models.training import DataSlice, LoraShape, Method, Stage, TrainingRecipe
from tracemill.train.base_models import BaseModel
from tracemill.train.lessons import encode_stage, read_lesson
from tracemill.train.protocol import Job, StageData, Tokens


def save_model(folder: Path) -> BaseModel:
    """Write a model of random weights."""
    from tracemill.train.engines.trl import import_engine

    torch = import_engine(is_local=True)
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=512,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return BaseModel(str(folder), None)


def stage(name: str = "only", method: Method = "sft", **changes: Any) -> Stage:
    made = Stage(
        name=name,
        method=method,
        data=(DataSlice(),),
        learning_rate=1e-2,
        batch_size=4,
        epochs=2,
        max_tokens=200,
    )
    return msgspec.structs.replace(made, **changes)


def recipe(*stages: Stage, **changes: Any) -> TrainingRecipe:
    made = TrainingRecipe(
        name="small",
        base="small",
        template="compact",
        stages=stages,
        lora=LoraShape(rank=4, alpha=8),
        precision="fp32",
    )
    return msgspec.structs.replace(made, **changes)


def data(wanted: Stage, n_lessons: int = 16) -> StageData:
    rows: list[dict[str, Any]] = []
    for number in range(n_lessons):
        user = {"role": "user", "content": f"Question {number}?"}
        good = {"role": "assistant", "content": f"It passes in line {number}."}
        bad = {"role": "assistant", "content": "No."}
        identity = {"id": f"example_{number:02}"}
        rows.append({**identity, "messages": [user, good]})
        rows.append({**identity, "prompt": [user], "chosen": [good], "rejected": [bad]})
    return encode_stage([read_lesson(row, "made") for row in rows], wanted, shipped("compact"))


def job(base: BaseModel, wanted: TrainingRecipe, folder: Path, parent: Path | None = None) -> Job:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer().save(folder / "tokenizer.json")
    stages = [data(each) for each in wanted.stages]
    tokens = Tokens(folder / "tokenizer.json", "<|im_end|>")
    return Job(wanted, base, parent, stages, tokens, folder)
