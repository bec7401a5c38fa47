"""TRL's conversational type: `messages`, and `tools` when there are any.

Both files say the same to `datasets.load_dataset`: arguments and schemas are objects, as chat
templates want them. In Parquet, a column has one type for all rows, and every argument of any
tool would appear in every call as null; there, `messages` and `tools` are columns of Arrow's JSON
type, which `datasets` (4.7 and later), DuckDB and Polars read as what they hold. Arguments as
texts inside of messages would not do: half of the templates that TRL ships then fail, or write
quotes around them. `trained` says for each message whether the loss is computed on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec
import pyarrow as pa

from tracemill.records.examples import ChatExample
from tracemill.render.chat_message import chat_message

_encode: Final = msgspec.json.Encoder().encode


class TrlChat:
    """One row for each chat example."""

    name: ClassVar[str] = "trl-chat"
    schema: ClassVar[pa.Schema] = pa.schema(
        {
            "messages": pa.json_(),
            "tools": pa.json_(),
            "trained": pa.list_(pa.bool_()),
            "id": pa.string(),
            "episode_id": pa.string(),
            "tags": pa.list_(pa.string()),
        }
    )

    def row(self, example: ChatExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        messages = msgspec.Raw(_encode([chat_message(message) for message in example.messages]))
        tools = {"tools": msgspec.Raw(_encode(example.tools))} if example.tools else {}
        return {"messages": messages, **tools, **_about(example)}


def _about(example: ChatExample) -> dict[str, Any]:
    return {
        "trained": [message.trained for message in example.messages],
        "id": example.id,
        "episode_id": example.lineage[0].episode_id,
        "tags": list(example.tags),
    }
