"""Messages in the form that chat templates and most trainers read, and back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tracemill.records.datasets.examples import Message


def chat_message(message: Message) -> dict[str, Any]:
    """Return a message as chat templates want it."""
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.reasoning is not None:
        row["reasoning_content"] = message.reasoning
    if message.tool_calls:
        row["tool_calls"] = list(message.tool_calls)
    if message.tool_call_id is not None:
        row["tool_call_id"] = message.tool_call_id
    if message.name is not None:
        row["name"] = message.name
    return row


def read_messages(
    rows: Iterable[Mapping[str, Any]], trained: Sequence[bool] | None = None
) -> tuple[Message, ...]:
    """Return messages from that form; what is null is not said.

    Where nothing says which are trained, all of the assistant's are.

    Raises:
        ValueError: a row is no message, or there are not as many marks as rows.
    """
    said = list(rows)
    marks = [row["role"] == "assistant" for row in said] if trained is None else trained
    return tuple(_message(row, is_trained=mark) for row, mark in zip(said, marks, strict=True))


def _message(row: Mapping[str, Any], *, is_trained: bool) -> Message:
    fields = {
        "reasoning" if name == "reasoning_content" else name: value
        for name, value in row.items()
        if value is not None
    }
    return msgspec.convert({"content": "", **fields, "trained": is_trained}, Message)
