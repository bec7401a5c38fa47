"""TRL's conversational type: `messages`, and `tools` when there are any.

As JSON Lines, arguments and schemas are objects, which `datasets.load_dataset("json")` keeps as
they are. In Parquet, columns have one type for all rows, and every argument of any tool would
appear in every call as null; there, arguments and schemas are JSON texts, which TRL reads too.
`trained` says for each message whether the loss is computed on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec
import pyarrow as pa

from tracemill.records.examples import ChatExample, Message

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_CALL: Final = pa.struct(
    {
        "type": pa.string(),
        "id": pa.string(),
        "function": pa.struct({"name": pa.string(), "arguments": pa.string()}),
    }
)
_MESSAGE: Final = pa.struct(
    {
        "role": pa.string(),
        "content": pa.string(),
        "reasoning_content": pa.string(),
        "tool_calls": pa.list_(_CALL),
        "tool_call_id": pa.string(),
        "name": pa.string(),
    }
)


class TrlChat:
    """One row for each chat example."""

    name: ClassVar[str] = "trl-chat"
    schema: ClassVar[pa.Schema] = pa.schema(
        {
            "messages": pa.list_(_MESSAGE),
            "tools": pa.string(),
            "trained": pa.list_(pa.bool_()),
            "id": pa.string(),
            "episode_id": pa.string(),
            "tags": pa.list_(pa.string()),
        }
    )

    def row(self, example: ChatExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        row: dict[str, Any] = {"messages": [_message(message) for message in example.messages]}
        if example.tools:
            row["tools"] = list(example.tools)
        return {**row, **_about(example)}

    def columns(self, example: ChatExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as JSON texts."""
        messages = [_message(message) for message in example.messages]
        for message in messages:
            if "tool_calls" in message:
                message["tool_calls"] = [_call_with_text(c) for c in message["tool_calls"]]
        tools = _encode(example.tools).decode() if example.tools else None
        return {"messages": messages, "tools": tools, **_about(example)}


def _message(message: Message) -> dict[str, Any]:
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


def _call_with_text(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call["function"]
    text = _encode(function["arguments"]).decode()
    return {**call, "function": {"name": function["name"], "arguments": text}}


def _about(example: ChatExample) -> dict[str, Any]:
    return {
        "trained": [message.trained for message in example.messages],
        "id": example.id,
        "episode_id": example.lineage[0].episode_id,
        "tags": list(example.tags),
    }
