"""TRL's conversational unpaired preference type: `prompt`, `completion`, and `label`.

The columns hold what those of `trl_chat` hold. `strength` says how sure the label is; trainers that
know no such column leave it aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pyarrow as pa

from tracemill.export.trainers.columns import ABOUT, about, message_list, nested, tools_of
from tracemill.records.datasets.examples import UnpairedExample


class TrlUnpaired:
    """One row for each unpaired preference."""

    name: ClassVar[str] = "trl-unpaired"
    schema: ClassVar[pa.Schema] = pa.schema(
        {
            **dict.fromkeys(("prompt", "completion", "tools"), pa.json_()),
            "label": pa.bool_(),
            "strength": pa.float64(),
            **ABOUT,
        }
    )

    def row(self, example: UnpairedExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        return {
            "prompt": nested(message_list(example.prompt)),
            "completion": nested(message_list(example.completion)),
            **tools_of(example),
            "label": example.label,
            "strength": example.strength,
            **about(example),
        }
