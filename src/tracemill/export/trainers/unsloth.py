"""Unsloth: messages whose every answer is learned, and a script that trains on them.

Unsloth renders with the model's template and learns what stands behind its marks of an answer
(`train_on_responses_only`). Files with `-last` in their names hold one row for each decision, of
which only the last answer is to be learned (`last_response_only=True`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from tracemill.export.trainers.columns import message_list
from tracemill.export.trainers.dataset_format import (
    LeftOut,
    Part,
    Row,
    decisions,
    is_all_trained,
    spoken,
)
from tracemill.records.datasets.examples import ChatExample, Example

_SCRIPT: Final = '''\
"""LoRA on {file} with Unsloth: python {script} MODEL"""

import sys

from unsloth import FastLanguageModel  # first: it changes what comes after

from datasets import load_dataset
from trl import SFTConfig, SFTTrainer
from unsloth.chat_templates import train_on_responses_only

model, tokenizer = FastLanguageModel.from_pretrained(sys.argv[1], max_seq_length=4096)
model = FastLanguageModel.get_peft_model(model, r=16, lora_alpha=32)
rows = load_dataset("json", data_files="{file}", split="train")


def rendered(row):
    said = row["messages"], row.get("tools")
    return {{"text": tokenizer.apply_chat_template(said[0], tools=said[1], tokenize=False)}}


trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=rows.map(rendered),
    args=SFTConfig(dataset_text_field="text", max_length=4096, output_dir="out"),
)
# What stands before a question and before an answer, in the words of the model's own template.
trainer = train_on_responses_only(
    trainer,
    instruction_part="<|im_start|>user\\n",
    response_part="<|im_start|>assistant\\n",{last}
)
trainer.train()
'''


class Unsloth:
    """One row for each chat example that is learned whole, else one for each decision."""

    name: ClassVar[str] = "unsloth"

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the rows of an example."""
        if not isinstance(example, ChatExample):
            yield LeftOut(f"no_place_for_{part.kind}")
            return
        whole = spoken(example.messages)
        is_whole = is_all_trained(whole)
        path = f"{part.stem}.jsonl" if is_whole else f"{part.stem}-last.jsonl"
        tools = {"tools": list(example.tools)} if example.tools else {}
        for messages in [whole] if is_whole else decisions(example):
            yield Row(path, {"messages": message_list(messages), **tools})

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return a script for each file to train on."""
        return {
            script: _SCRIPT.format(file=path, script=script, last=_last(path)).encode()
            for path in sorted(rows)
            if "train" in path
            for script in [f"{path.removesuffix('.jsonl')}.py"]
        }


def _last(path: str) -> str:
    return "\n    last_response_only=True," if path.endswith("-last.jsonl") else ""
