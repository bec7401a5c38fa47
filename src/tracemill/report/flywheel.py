"""Whether the loop of data works, in a sentence that every shell says alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracemill.records.process.flywheel import LoopState

STATES: Final[Mapping[LoopState, str]] = {
    "works": "The loop works: models and work got better, by more than chance.",
    "fails": "The loop fails: something got worse, by more than chance.",
    "not_shown": "Whether the loop works is not shown.",
    "unknown": "Whether the loop works is unknown.",
}
"""What each state means."""
