"""What kind of work a piece of work was, from what was asked for and what was committed.

A conventional commit says it itself. Otherwise the first words of the request that name a kind
decide; where none does, it stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tracemill.records.events.event import Commit
from tracemill.records.work.episodes import EpisodeKind

_LOOKED_AT: Final = 400
_CONVENTIONAL: Final = re.compile(
    r"^(fix|feat|refactor|perf|docs|test|chore|build|ci|style)\b[(!:]"
)
_OF_TYPE: Final[dict[str, EpisodeKind]] = {
    "fix": "fix",
    "feat": "feature",
    "refactor": "refactor",
    "perf": "refactor",
    "style": "refactor",
    "docs": "docs",
    "test": "test",
    "chore": "chore",
    "build": "chore",
    "ci": "chore",
}
_OF_WORDS: Final[tuple[tuple[EpisodeKind, re.Pattern[str]], ...]] = (
    ("fix", re.compile(r"\b(fix|bug|broken|crash|fails?|failing|error|wrong|regression)\b")),
    ("refactor", re.compile(r"\b(refactor|rename|clean ?up|simplify|restructure|extract)\b")),
    ("docs", re.compile(r"\b(readme|documentation|docs|docstrings?|changelog)\b")),
    ("test", re.compile(r"\b(tests?|coverage)\b")),
    ("chore", re.compile(r"\b(upgrade|bump|dependenc(?:y|ies)|release|lint|format)\b")),
    ("feature", re.compile(r"\b(add|implement|create|support|build|write|make|introduce)\b")),
)
_QUESTION: Final = re.compile(
    r"^(what|why|how|where|when|which|who|is|are|does|do|can|could|explain)\b"
)
_BOILERPLATE: Final = re.compile(
    r"^implement the following plan:[\s#]*(?:(?:implementation )?plan: )?"
)
"""What an agent writes before a plan that a person accepted."""


def kind_of_work(goal: str, commits: Sequence[Commit], *, has_edits: bool) -> EpisodeKind:
    """Return the kind of work."""
    for commit in commits:
        if found := _CONVENTIONAL.match(commit.subject):
            return _OF_TYPE[found[1]]
    asked = _BOILERPLATE.sub("", goal[:_LOOKED_AT].lower().strip())
    if not has_edits and (_QUESTION.match(asked) or asked.endswith("?")):
        return "question"
    places = [(found.start(), kind) for kind, words in _OF_WORDS if (found := words.search(asked))]
    return min(places)[1] if places else "unknown"
