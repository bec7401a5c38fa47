"""TRL's conversational prompt-only type: `prompt`, and what decides whether an answer is right.

`verifier` holds the check, the command and the commits; TRL hands such a column to every reward
function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pyarrow as pa

from tracemill.export.trainers.columns import ABOUT, about, message_list, nested, tools_of
from tracemill.records.datasets.examples import PromptExample


class TrlPrompt:
    """One row for each prompt."""

    name: ClassVar[str] = "trl-prompt"
    schema: ClassVar[pa.Schema] = pa.schema(
        {**dict.fromkeys(("prompt", "tools", "verifier"), pa.json_()), **ABOUT}
    )

    def row(self, example: PromptExample) -> Mapping[str, Any]:
        """Return the row with schemas and verifier as objects."""
        return {
            "prompt": nested(message_list(example.prompt)),
            **tools_of(example),
            "verifier": nested(example.verifier),
            **about(example),
        }
