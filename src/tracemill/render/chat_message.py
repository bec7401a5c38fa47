"""A message in the form that chat templates and most trainers read."""

from __future__ import annotations

from typing import Any

from tracemill.records.examples import Message


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
