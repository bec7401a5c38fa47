"""What a log itself says of how its work came out, in whichever words its format has for it.

Benchmarks state whether the task was solved, and some programs ask the person. That a run was
submitted or finished says nothing of whether it was right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracemill.records.events.event import StatedOutcome

_SOLVED: Final = frozenset({"resolved", "target", "success", "solved", "passed", "is_resolved"})
"""Facts that say whether the task was solved."""
_SCORES: Final = frozenset({"reward", "score"})
"""Facts that are 1 where the task was solved, and 0 where it was not."""
_WORDS: Final[Mapping[str, bool]] = {
    "true": True, "yes": True, "resolved": True, "passed": True, "success": True, "1": True,
    "false": False, "no": False, "unresolved": False, "failed": False, "failure": False, "0": False,
}  # fmt: skip
_FEEDBACK: Final[Mapping[str, bool]] = {"positive": True, "negative": False}


def is_solved(fact: str, value: bool | float | str) -> bool | None:
    """Tell whether a stated fact says that the task was solved; None where it says neither."""
    name = fact.lower()
    if name in _SCORES and isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if name not in _SOLVED:
        return None
    return _WORDS.get(str(value).strip().lower())


def is_liked(fact: str, value: bool | float | str) -> bool | None:
    """Tell whether a person was content with the whole, as far as the log asked and says."""
    return _FEEDBACK.get(str(value).lower()) if fact.lower() == "feedback" else None


class Stated:
    """What a log states of the whole; the last word counts."""

    def __init__(self) -> None:
        self.is_solved: bool | None = None
        self.is_liked: bool | None = None

    def take(self, event: StatedOutcome) -> None:
        """Take what the log says next."""
        solved, liked = is_solved(event.fact, event.value), is_liked(event.fact, event.value)
        self.is_solved = self.is_solved if solved is None else solved
        self.is_liked = self.is_liked if liked is None else liked
