"""Rows of other people's datasets: chat messages, ShareGPT turns, prompts with completions, text.

A row is read as a trainer would: its messages, and the calls in them, whichever of the common
ways they are written in. Nothing is mended: what cannot be read as a call stays text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import msgspec
import orjson

from tracemill.base.ids import digest
from tracemill.records.datasets.audits import CallStyle, TrainingRow, WrittenCall
from tracemill.records.datasets.examples import Message, Split
from tracemill.sources.building.call_marks import FUNCTION, arguments_of
from tracemill.sources.reading.json_lines import BadShapeError

_ROLES: Final[Mapping[str, str]] = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant",
    "function_call": "assistant",
    "tool": "tool", "function": "tool", "observation": "tool", "function_response": "tool",
}  # fmt: skip
_SPLITS: Final[tuple[tuple[str, Split], ...]] = (
    ("train", "train"), ("training", "train"), ("valid", "validation"), ("val", "validation"),
    ("validation", "validation"), ("dev", "validation"), ("eval", "validation"),
    ("evaluation", "validation"), ("heldout", "validation"), ("test", "test"), ("testing", "test"),
)  # fmt: skip
_ORIGIN_KEYS: Final = frozenset({
    "episode_id", "lineage", "origin", "provenance", "source", "trajectory_id",
})  # fmt: skip
_GROUP_KEYS: Final = ("episode_id", "session_id", "trajectory_id", "instance_id", "task_id")
"""Columns that name the work a row comes from: rows of one piece of work belong to one split."""
_TAGGED: Final = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)
_FENCED: Final = re.compile(r"```(?:json|tool_call)?\s*\n(\{.*?\})\s*\n```", re.DOTALL)
_IN_PROSE: Final = re.compile(r"Tool call:\s*(\{.*\})\s*\Z", re.DOTALL)
_CHATML: Final = re.compile(r"<\|im_start\|>(\w+)\n(.*?)(?:<\|im_end\|>|\Z)", re.DOTALL)


def split_of(name: str) -> Split | None:
    """Return the part of a dataset that a file's name speaks of, or None."""
    words = re.split(r"[^a-z]+", name.lower())
    return next((split for word, split in _SPLITS if word in words), None)


def read_training_row(value: object, file: str, line: int) -> TrainingRow:
    """Return a row as a trainer would read it.

    Raises:
        BadShapeError: it has none of the shapes that trainers read.
    """
    if not isinstance(value, dict):
        raise BadShapeError(f"expected an object, found {type(value).__name__}")
    messages = _marked(tuple(_messages(value)), value.get("trained"))
    if not messages:
        raise BadShapeError("expected messages, turns, a prompt with its completion, or text")
    tools = value.get("tools")
    return TrainingRow(
        file=file,
        line=line,
        split=split_of(file),
        messages=messages,
        calls=tuple(tuple(_calls(message)) for message in messages),
        rejected=tuple(_rejected(value.get("rejected"))),
        tools=tuple(t for t in tools if isinstance(t, dict)) if isinstance(tools, list) else (),
        has_origin=not _ORIGIN_KEYS.isdisjoint(value),
        groups=tuple(_groups(value)),
        tags=_texts(value.get("tags")),
        digest=digest(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)),
    )


def _marked(messages: tuple[Message, ...], trained: object) -> tuple[Message, ...]:
    """Return messages with the marks of a column that says which of them are learned."""
    if not isinstance(trained, list) or len(trained) != len(messages):
        return messages
    return tuple(
        msgspec.structs.replace(message, trained=mark is True)
        for message, mark in zip(messages, trained, strict=True)
    )


def _groups(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the work that a row says it comes from."""
    for key in _GROUP_KEYS:
        if isinstance(row.get(key), str | int):
            yield f"{key}:{row[key]}"


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _messages(row: Mapping[str, Any]) -> Iterator[Message]:
    for key in ("messages", "conversations", "conversation"):
        if isinstance(row.get(key), list):
            yield from (_message(turn) for turn in row[key])
            return
    prompt, answer = (
        _first(row, "prompt", "instruction"),
        _first(row, "completion", "output", "chosen"),
    )
    steps = row.get("completions")
    if isinstance(prompt, list) and isinstance(steps, list):
        said = (turn for step in steps for turn in (step if isinstance(step, list) else [step]))
        yield from (_message(turn) for turn in prompt)
        yield from (_learned(_message(turn)) for turn in said)
    elif isinstance(prompt, list) or isinstance(answer, list):
        yield from (_message(turn) for turn in _listed(prompt))
        yield from (_learned(_message(turn)) for turn in _listed(answer))
    elif prompt is not None and answer is not None:
        asked = "\n\n".join(filter(None, [str(prompt), str(row.get("input") or "")]))
        yield Message(role="user", content=asked)
        yield Message(role="assistant", content=str(answer))
    elif isinstance(row.get("text"), str):
        yield from _templated(row["text"])


def _rejected(side: object) -> Iterator[Message]:
    """Yield what the worse side of a pair says, whose prompt may stand in it as well."""
    if isinstance(side, list):
        yield from map(_message, side)
    elif isinstance(side, str) and side:
        yield Message(role="assistant", content=side)


def _learned(message: Message) -> Message:
    """Return a message of what answers a prompt: that is what is learned of a row."""
    return msgspec.structs.replace(message, trained=message.role == "assistant")


def _first(row: Mapping[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [{"role": "user", "content": str(value)}]


def _message(turn: object) -> Message:
    if not isinstance(turn, dict):
        raise BadShapeError(f"expected a message, found {type(turn).__name__}")
    said = turn.get("role") or turn.get("from")
    role = _ROLES.get(said) if isinstance(said, str) else None
    if role is None:
        raise BadShapeError("expected a message with a known role, found another")
    calls = turn.get("tool_calls") or ()
    return Message(
        role=cast("Any", role),
        content=_text(turn.get("content", turn.get("value"))),
        tool_calls=tuple(call for call in calls if isinstance(call, dict)),
        tool_call_id=_name(turn.get("tool_call_id")),
        name=_name(turn.get("name")),
    )


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "\n".join(part for part in parts if isinstance(part, str))
    return "" if content is None else json.dumps(content, ensure_ascii=False)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _templated(text: str) -> Iterator[Message]:
    """Yield the messages of a text that a chat template wrote, or the text as one answer."""
    found = _CHATML.findall(text)
    for said, content in found:
        if said in _ROLES:
            yield Message(role=cast("Any", _ROLES[said]), content=content)
    if not found and text.strip():
        yield Message(role="assistant", content=text)


def _calls(message: Message) -> Iterator[WrittenCall]:
    if message.role != "assistant":
        return
    for call in message.tool_calls:
        function = call.get("function")
        named = function if isinstance(function, dict) else call
        yield _call(
            named, "structured", has_preamble=bool(message.content.strip()), id_=call.get("id")
        )
    for found in _TAGGED.finditer(message.content):
        has_preamble = bool(message.content[: found.start()].strip())
        yield from _tagged(found[1], has_preamble=has_preamble)
    for style, pattern in cast("Sequence[tuple[CallStyle, Any]]", _WRITTEN):
        for found in pattern.finditer(message.content):
            value = _object(found[1])
            if value is not None and (_name(value.get("name")) or "function" in value):
                inner = value.get("function")
                named = inner if isinstance(inner, dict) else value
                yield _call(
                    named, style, has_preamble=bool(message.content[: found.start()].strip())
                )


_WRITTEN: Final = (("fenced", _FENCED), ("prose", _IN_PROSE))


def _tagged(text: str, *, has_preamble: bool) -> Iterator[WrittenCall]:
    functions = list(FUNCTION.finditer(text))
    for found in functions:
        arguments = arguments_of(found[2])
        yield WrittenCall(
            name=found[1], arguments=arguments, style="tagged", has_preamble=has_preamble
        )
    if not functions:
        yield _call(_object(text) or {}, "tagged", has_preamble=has_preamble)


def _call(
    named: Mapping[str, Any], style: CallStyle, *, has_preamble: bool, id_: object = None
) -> WrittenCall:
    arguments = named.get("arguments", named.get("parameters"))
    if isinstance(arguments, str):
        arguments = _object(arguments)
    return WrittenCall(
        name=_name(named.get("name")) or "",
        arguments=arguments if isinstance(arguments, dict) else None,
        style=style,
        id=_name(id_),
        has_preamble=has_preamble,
    )


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
