"""ShareGPT, as LLaMA-Factory and others read it: turns that alternate, with calls as JSON.

A person or a tool speaks, then the model, and so on. Several calls of one message are a list in
one turn, and their results stand in the one turn behind it, joined as LLaMA-Factory joins them.
Text beside a call stands before it, and the call then between `<tool_call>` marks, where
LLaMA-Factory looks for it. There is no mark of what is learned: files with `-last` in their names
hold one row for each decision, of which only the last turn is to be learned
(`mask_history: true`); in all others every turn of the model is. Thoughts are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, ClassVar, Final

from tracemill.export.trainers.columns import encode
from tracemill.export.trainers.dataset_format import (
    LeftOut,
    Part,
    Row,
    decisions,
    is_all_trained,
    spoken,
)
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Message,
    PreferenceExample,
    UnpairedExample,
)

_JOIN: Final = "\n</tool_response>\n<tool_response>\n"
_MARK: Final = "<tool_call>"
_MARK_END: Final = "</tool_call>"
_PEOPLE: Final = ("human", "observation")


class NoPlaceError(Exception):
    """Messages that alternating turns cannot say; `args[0]` is the reason."""


class ShareGpt:
    """One row for each chat example that is learned whole, else one for each decision."""

    name: ClassVar[str] = "sharegpt"

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the rows of an example."""
        if not isinstance(example, ChatExample):
            yield LeftOut(f"no_place_for_{part.kind}")
            return
        for row in chat_rows(part, example):
            if isinstance(row, LeftOut):
                yield row
                continue
            system, turns = row.value["system"], row.value["conversations"]
            first = [{"from": "system", "value": system}] if system else []
            yield Row(row.path, {"conversations": [*first, *turns], **_tools(example)})

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return nothing: the files say all."""
        del rows
        return {}


def chat_rows(part: Part, example: ChatExample) -> Iterator[Row | LeftOut]:
    """Yield rows with the system message aside, as LLaMA-Factory wants them."""
    whole = spoken(example.messages)
    is_whole = is_all_trained(whole)
    path = f"{part.stem}.jsonl" if is_whole else f"{part.stem}-last.jsonl"
    for messages in [whole] if is_whole else decisions(example):
        try:
            system, turns = alternate(messages)
        except NoPlaceError as error:
            yield LeftOut(error.args[0])
            return
        yield Row(path, {"conversations": turns, "system": system, "tools": tools_text(example)})


def tools_text(example: ChatExample | PreferenceExample | UnpairedExample) -> str:
    """Return the tools as the text of JSON that LLaMA-Factory reads."""
    return encode([tool["function"] for tool in example.tools]).decode() if example.tools else ""


def _tools(example: ChatExample) -> dict[str, str]:
    return {"tools": tools_text(example)} if example.tools else {}


def alternate(messages: Sequence[Message]) -> tuple[str, list[dict[str, str]]]:
    """Return the system message and the turns.

    Raises:
        NoPlaceError: the turns do not alternate, or a text holds the mark of a call.
    """
    first = messages[0] if messages and messages[0].role == "system" else None
    turns = [
        turn
        for is_tool, group in groupby(
            messages[1:] if first else messages, key=lambda message: message.role == "tool"
        )
        for turn in (_observation(group) if is_tool else map(one_turn, group))
    ]
    is_persons = [turn["from"] in _PEOPLE for turn in turns]
    if any(is_person != (place % 2 == 0) for place, is_person in enumerate(is_persons)):
        raise NoPlaceError("turns_do_not_alternate")
    return first.content if first else "", turns


def _observation(results: Iterator[Message]) -> list[dict[str, str]]:
    return [{"from": "observation", "value": _JOIN.join(each.content for each in results)}]


def one_turn(message: Message) -> dict[str, str]:
    """Return a message, that is no tool's, as a turn.

    Raises:
        NoPlaceError: a system message stands among the others, or a text holds the mark of a call.
    """
    if message.role == "system":
        raise NoPlaceError("turns_do_not_alternate")
    if message.role == "user":
        return {"from": "human", "value": message.content}
    if not message.tool_calls:
        return {"from": "gpt", "value": message.content}
    calls: list[Any] = [call["function"] for call in message.tool_calls]
    value = encode(calls[0] if len(calls) == 1 else calls).decode()
    if _MARK in value or _MARK in message.content:
        raise NoPlaceError("mark_in_text")
    said = f"{message.content}\n{_MARK}{value}{_MARK_END}" if message.content else value
    return {"from": "function_call", "value": said}
