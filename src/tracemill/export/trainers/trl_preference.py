"""TRL's conversational preference type: `prompt`, `chosen`, `rejected`, and `tools` where any.

The columns hold what those of `trl_chat` hold. `margin` is what TRL's reward trainer takes it for:
by how much the chosen side is better.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import pyarrow as pa

from tracemill.export.trainers.columns import ABOUT, about, message_list, nested, tools_of
from tracemill.records.datasets.examples import PreferenceExample

_SIDES: Final = ("prompt", "chosen", "rejected")


class TrlPreference:
    """One row for each preference pair."""

    name: ClassVar[str] = "trl-preference"
    schema: ClassVar[pa.Schema] = pa.schema(
        {**dict.fromkeys((*_SIDES, "tools"), pa.json_()), "margin": pa.float64(), **ABOUT}
    )

    def row(self, example: PreferenceExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        sides = {name: nested(message_list(getattr(example, name))) for name in _SIDES}
        return {**sides, **tools_of(example), "margin": example.margin, **about(example)}
