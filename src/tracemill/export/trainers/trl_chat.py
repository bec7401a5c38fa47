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
from typing import Any, ClassVar

import pyarrow as pa

from tracemill.export.trainers.columns import ABOUT, about, message_list, nested, tools_of
from tracemill.records.datasets.examples import ChatExample


class TrlChat:
    """One row for each chat example."""

    name: ClassVar[str] = "trl-chat"
    schema: ClassVar[pa.Schema] = pa.schema(
        {"messages": pa.json_(), "tools": pa.json_(), "trained": pa.list_(pa.bool_()), **ABOUT}
    )

    def row(self, example: ChatExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        return {
            "messages": nested(message_list(example.messages)),
            **tools_of(example),
            "trained": [message.trained for message in example.messages],
            **about(example),
        }
