"""Where a message begins that stands alone: as a side of a pair, or as what a person judged."""

from __future__ import annotations

from collections.abc import Sequence

from tracemill.records.sessions.trajectory import Step
from tracemill.render.messages import is_trained


def start_of_reply(steps: Sequence[Step], place: int) -> int:
    """Return where the message begins that ends with a step: words before it belong to it."""
    while place and is_trained(steps[place - 1]) and not steps[place - 1].calls:
        place -= 1
    return place
