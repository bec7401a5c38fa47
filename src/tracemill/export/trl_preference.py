"""TRL's conversational preference type: `prompt`, `chosen`, `rejected`, and `tools` where any.

The columns hold what those of `trl_chat` hold. `margin` is what TRL's reward trainer takes it for:
by how much the chosen side is better.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec
import pyarrow as pa

from tracemill.records.examples import PreferenceExample
from tracemill.render.chat_message import chat_message

_encode: Final = msgspec.json.Encoder().encode
_SIDES: Final = ("prompt", "chosen", "rejected")


class TrlPreference:
    """One row for each preference pair."""

    name: ClassVar[str] = "trl-preference"
    schema: ClassVar[pa.Schema] = pa.schema(
        {
            "prompt": pa.json_(),
            "chosen": pa.json_(),
            "rejected": pa.json_(),
            "tools": pa.json_(),
            "margin": pa.float64(),
            "id": pa.string(),
            "episode_id": pa.string(),
            "tags": pa.list_(pa.string()),
        }
    )

    def row(self, example: PreferenceExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        sides = {
            name: msgspec.Raw(_encode([chat_message(each) for each in getattr(example, name)]))
            for name in _SIDES
        }
        tools = {"tools": msgspec.Raw(_encode(example.tools))} if example.tools else {}
        about = {
            "margin": example.margin,
            "id": example.id,
            "episode_id": example.lineage[0].episode_id,
            "tags": list(example.tags),
        }
        return {**sides, **tools, **about}
