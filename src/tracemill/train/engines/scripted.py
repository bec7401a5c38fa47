"""A trainer that memorises its examples: for tests and trial runs.

It reads its rows of tokens back into what was asked and what was answered, and writes them down as
a script, which the door `lookalike` speaks. Nothing is computed, so it needs none of the packages
of the extra, it is done in one step, and it has no loss. It reads ChatML and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from tracemill.llm.scripted import Reply
from tracemill.records.models.training import Stage, StageRun
from tracemill.render.parse import parse_hermes
from tracemill.render.tokenizer_files import load_tokenizer
from tracemill.render.tokens import Tokenizer
from tracemill.train.protocol import (
    ImitatedRow,
    Job,
    JudgedRow,
    PairRow,
    Report,
    Row,
    StageData,
    Trained,
    TrainProgress,
    run_of,
)

SCRIPT: Final = "script.jsonl"
_MESSAGE: Final = re.compile(r"<\|im_start\|>\w+\n(.*?)<\|im_end\|>", re.DOTALL)


class ScriptedTrainer:
    """Learns rows by heart."""

    name: ClassVar[str] = "scripted"

    def train(self, job: Job, report: Report) -> Trained:
        """Write down every row, behind those that the parent knew."""
        adapter = job.folder / "adapter"
        adapter.mkdir(exist_ok=True)
        script = b"" if job.parent is None else (job.parent / SCRIPT).read_bytes()
        tokenizer = load_tokenizer(job.tokens.file)
        runs: list[StageRun] = []
        for stage, data in zip(job.recipe.stages, job.stages, strict=True):
            for row in data.rows:
                for reply in _replies(row, tokenizer, job.tokens.stop):
                    script += msgspec.json.encode(reply) + b"\n"
            (adapter / SCRIPT).write_bytes(script)
            runs.append(_run(stage, data, adapter, report))
        return Trained(runs, adapter, {"model_type": "scripted"}, None, None)


def _replies(row: Row, tokenizer: Tokenizer, stop: str) -> Iterator[Reply]:
    """Yield what a row teaches to say, and after what."""
    for before, said in _answers(row):
        asked = _MESSAGE.findall(tokenizer.decode(before))
        message = parse_hermes(tokenizer.decode(said).removesuffix(stop)).message
        calls = tuple(call["function"] for call in message.tool_calls)
        yield Reply(when=asked[-1] if asked else None, text=message.content, calls=calls)


def _answers(row: Row) -> Iterator[tuple[list[int], list[int]]]:
    match row:
        case ImitatedRow():
            yield from row.answers()
        case PairRow(prompt, chosen, _):
            yield prompt, chosen
        case JudgedRow(prompt, completion, is_good):
            if is_good:
                yield prompt, completion


def _run(stage: Stage, data: StageData, adapter: Path, report: Report) -> StageRun:
    report(TrainProgress(stage.name, 1, 1, None))
    return run_of(stage, data, adapter, n_steps=1)
