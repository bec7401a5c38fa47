"""MLX-LM's folders: `train.jsonl`, `valid.jsonl` and `test.jsonl`, one row for each decision.

With `mask_prompt: true`, MLX-LM learns the last message of a row and nothing else, so every trained
message is the end of a row of its own. Each kind of chat example has a folder, which is what
`--data` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from tracemill.export.trainers.columns import message_list
from tracemill.export.trainers.dataset_format import LeftOut, Part, Row, decisions
from tracemill.records.datasets.examples import ChatExample, Example, Split

_FILES: Final[Mapping[Split, str]] = {"train": "train", "validation": "valid", "test": "test"}
_CONFIG: Final = """\
# mlx_lm.lora --config mlx.yaml --model MODEL
train: true
data: chat
fine_tune_type: lora
mask_prompt: true # each row ends with the one message to learn
"""


class Mlx:
    """One row for each trained message of a chat example."""

    name: ClassVar[str] = "mlx"

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield a row for each decision."""
        if not isinstance(example, ChatExample):
            yield LeftOut(f"no_place_for_{part.kind}")
            return
        tools = {"tools": list(example.tools)} if example.tools else {}
        for messages in decisions(example):
            path = f"{part.kind}/{_FILES[part.split]}.jsonl"
            yield Row(path, {"messages": message_list(messages), **tools})

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return a configuration to begin with."""
        return {"mlx.yaml": _CONFIG.encode()} if rows else {}
