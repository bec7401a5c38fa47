"""TRL's stepwise supervision type: `prompt`, `completions`, and a label for each of them.

TRL's own trainer takes texts here and no messages. Which text a message is depends on the model's
chat template, so the columns hold messages, as those of `trl_chat` do, and rendering comes later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pyarrow as pa

from tracemill.export.trainers.columns import ABOUT, about, message_list, nested, tools_of
from tracemill.records.datasets.examples import StepwiseExample


class TrlStepwise:
    """One row for each stepwise example."""

    name: ClassVar[str] = "trl-stepwise"
    schema: ClassVar[pa.Schema] = pa.schema(
        {
            **dict.fromkeys(("prompt", "completions", "tools"), pa.json_()),
            "labels": pa.list_(pa.bool_()),
            **ABOUT,
        }
    )

    def row(self, example: StepwiseExample) -> Mapping[str, Any]:
        """Return the row with arguments and schemas as objects."""
        return {
            "prompt": nested(message_list(example.prompt)),
            "completions": nested([message_list(each) for each in example.completions]),
            **tools_of(example),
            "labels": list(example.labels),
            **about(example),
        }
