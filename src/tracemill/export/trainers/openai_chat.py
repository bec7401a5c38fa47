"""OpenAI's fine-tuning files: chat for supervised fine-tuning, and preference pairs.

Arguments are texts of JSON, as in the answers of its interface. `weight` says of each assistant
message whether it is learned. There is no place for thoughts, nor for the kinds of example that its
fine-tuning does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tracemill.export.trainers.columns import encode
from tracemill.export.trainers.dataset_format import LeftOut, Part, Row, spoken
from tracemill.records.datasets.examples import ChatExample, Example, Message, PreferenceExample


class OpenAiChat:
    """One row for each chat example and each preference pair."""

    name: ClassVar[str] = "openai"

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the row of an example."""
        path = f"{part.stem}.jsonl"
        match example:
            case ChatExample():
                messages = [_message(each) for each in spoken(example.messages)]
                yield Row(path, {"messages": messages, **_tools(example)})
            case PreferenceExample() if len(example.chosen) == len(example.rejected) == 1:
                prompt = {"messages": [_bare(each) for each in example.prompt], **_tools(example)}
                sides = {
                    "preferred_output": [_bare(each) for each in example.chosen],
                    "non_preferred_output": [_bare(each) for each in example.rejected],
                }
                yield Row(path, {"input": prompt, **sides})
            case PreferenceExample():
                yield LeftOut("several_messages")
            case _:
                yield LeftOut(f"no_place_for_{part.kind}")

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return nothing: the files say all."""
        del rows
        return {}


def openai_calls(message: Message) -> list[dict[str, Any]]:
    """Return calls with their arguments as texts of JSON."""
    return [
        {
            "id": call["id"],
            "type": "function",
            "function": {
                "name": call["function"]["name"],
                "arguments": encode(call["function"]["arguments"]).decode(),
            },
        }
        for call in message.tool_calls
    ]


def _message(message: Message) -> dict[str, Any]:
    is_answer = message.role == "assistant"
    return {**_bare(message), **({"weight": int(message.trained)} if is_answer else {})}


def _bare(message: Message) -> dict[str, Any]:
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = openai_calls(message)
        row["content"] = message.content or None
    if message.tool_call_id is not None:
        row["tool_call_id"] = message.tool_call_id
    return row


def _tools(example: ChatExample | PreferenceExample) -> dict[str, Any]:
    if not example.tools:
        return {}
    return {"tools": list(example.tools), "parallel_tool_calls": _calls_at_once(_all(example))}


def _all(example: ChatExample | PreferenceExample) -> Sequence[Message]:
    if isinstance(example, ChatExample):
        return example.messages
    return (*example.prompt, *example.chosen, *example.rejected)


def _calls_at_once(messages: Sequence[Message]) -> bool:
    return any(len(message.tool_calls) > 1 for message in messages)
