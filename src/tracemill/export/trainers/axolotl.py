"""Axolotl: messages with a mark on each that is learned, and the part of a configuration for them.

`train` stands on every message, and `message_field_training` names it, so no other rule of
Axolotl's decides. Its preference data has no place for tool calls, and none for thoughts; pairs
that differ in those alone would be two equal sides. Each side is one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.export.trainers.columns import message_list
from tracemill.export.trainers.dataset_format import LeftOut, Part, Row
from tracemill.records.datasets.examples import ChatExample, Example, PreferenceExample
from tracemill.render.chat_message import chat_message

_CHAT: Final = """\
datasets:
  - path: {path}
    ds_type: json
    type: chat_template
    message_field_training: train
    roles_to_train: []
    train_on_eos: turn
"""
_DPO: Final = """\
rl: dpo
datasets:
  - path: {path}
    ds_type: json
    type: chat_template.default
"""


class Axolotl:
    """One row for each chat example, and for each preference pair of words."""

    name: ClassVar[str] = "axolotl"

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the row of an example."""
        path = f"{part.stem}.jsonl"
        match example:
            case ChatExample():
                messages = [{**chat_message(m), "train": m.trained} for m in example.messages]
                tools = {"tools": list(example.tools)} if example.tools else {}
                yield Row(path, {"messages": messages, **tools})
            case PreferenceExample() if _has_calls(example):
                yield LeftOut("calls_in_preference")
            case PreferenceExample() if len(example.chosen) != 1 or len(example.rejected) != 1:
                yield LeftOut("several_messages")
            case PreferenceExample():
                sides = {n: message_list(getattr(example, n))[0] for n in ("chosen", "rejected")}
                yield Row(path, {"messages": message_list(example.prompt), **sides})
            case _:
                yield LeftOut(f"no_place_for_{part.kind}")

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return the part of a configuration that names each file."""
        return {f"{_stem(path)}.yaml": _config(path).encode() for path in sorted(rows)}


def _has_calls(example: PreferenceExample) -> bool:
    messages: tuple[Any, ...] = (*example.prompt, *example.chosen, *example.rejected)
    return any(message.tool_calls for message in messages)


def _stem(path: str) -> str:
    return path.removesuffix(".jsonl")


def _config(path: str) -> str:
    if _stem(path).startswith("preference"):
        return _DPO.format(path=path)
    return _CHAT.format(path=path)
