"""Columns that rows of several formats share.

What nests is JSON already, encoded once. `tools` is left out where there are none, since a trainer
takes an empty list for tools that were offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import pyarrow as pa

from tracemill.records.datasets.examples import Example, Message
from tracemill.render.chat_message import chat_message

encode: Final = msgspec.json.Encoder().encode
ABOUT: Final[Mapping[str, pa.DataType]] = {
    "id": pa.string(),
    "episode_id": pa.string(),
    "tags": pa.list_(pa.string()),
}
"""Columns that say which example a row is."""


def nested(value: Any) -> msgspec.Raw:
    """Return a value as the JSON that a line and a cell hold."""
    return msgspec.Raw(encode(value))


def message_list(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages as chat templates want them."""
    return [chat_message(message) for message in messages]


def tools_of(example: Example) -> dict[str, Any]:
    """Return the column `tools`, where there are any."""
    return {"tools": nested(example.tools)} if example.tools else {}


def about(example: Example) -> dict[str, Any]:
    """Return the columns that say which example a row is."""
    return {
        "id": example.id,
        "episode_id": example.lineage[0].episode_id,
        "tags": list(example.tags),
    }
