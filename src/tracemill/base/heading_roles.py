"""The role of a section in a text, by its heading.

A table of our own making, so that a rule is added without touching code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, Literal

SectionRole = Literal[
    "problem",
    "context",
    "root_cause",
    "goal",
    "solution",
    "plan",
    "validation",
    "results",
    "decision",
    "alternatives",
    "consequences",
    "open",
    "lessons",
]
"""What a section tells, by its heading."""

_MAX_HEADING: Final = 200
"""Longer ones are nobody's words, and patterns are not tried on them."""
_ROLES: Final[tuple[tuple[SectionRole, str], ...]] = (
    ("root_cause", r"root causes?|diagnos\w+|causes?|why (?:it|this|did|was)\b.*"),
    ("problem", r"(?:the )?(?:core |original )?(?:problems?|bugs?|symptoms?|pain points?)"),
    ("problem", r"motivation|challenges?|what (?:went wrong|failed|is wrong|didnt work)"),
    (
        "results",
        r"(?:final |test |training |key )?(?:results?|outcomes?|findings?)|impact|conclusions?",
    ),
    ("results", r"implementation complete|what (?:was|got) \w+|what we (?:did|built|found)"),
    ("lessons", r"(?:key )?(?:lessons?(?: learned)?|learnings?|takeaways?|insights?)"),
    ("lessons", r"what (?:we learned|worked)"),
    (
        "open",
        r"next steps?|future (?:work|enhancements?|improvements?)|open (?:questions?|issues?)",
    ),
    (
        "open",
        r"remaining\b.*|follow ups?|todos?|known (?:issues?|limitations?)|not done|hand ?offs?",
    ),
    (
        "validation",
        r"verification|validation|testing|tests?|test(?:ing)? (?:plan|strategy|checklist)",
    ),
    ("validation", r"how (?:to|it was|we) (?:verif|test)\w*"),
    ("decision", r"(?:key )?(?:design |architecture )?decisions?|rationale|recommendations?"),
    ("alternatives", r"alternatives?|options?|trade ?offs?|(?:considered )?approaches considered"),
    ("consequences", r"consequences?|implications?"),
    ("goal", r"goals?|objectives?|purpose|success (?:criteria|metrics)|acceptance criteria|scope"),
    ("goal", r"requirements?|user stor(?:y|ies)"),
    ("context", r"context|background|overview|current (?:state|situation)"),
    ("solution", r"(?:the |proposed |our )?(?:solutions?|fix(?:es)?|approach|strategy|proposal)"),
    ("solution", r"implementation(?: details?)?|changes made|what changed"),
    (
        "plan",
        r"(?:implementation |action |execution )?(?:plan|phases?|tasks?|roadmap|timeline|steps)",
    ),
)
"""Role and pattern of how a heading begins, in small letters without marks; the first decides."""
_BEHIND: Final = (
    r"(?:$| (?:statement|analysis|achieved|strategy|considered|implemented|of|for|in|and|by|to"
    r"|summary|is|was|made|taken|\d+)\b.*)"
)
"""What may follow; any other word makes it another heading."""
_MARKS: Final = re.compile(r"[^\w\s/-]|\d+(?:\.\d+)*[.)]?(?=\s)|_")


@cache
def _patterns() -> Sequence[tuple[SectionRole, re.Pattern[str]]]:
    return [(role, re.compile(f"(?:{begin}){_BEHIND}")) for role, begin in _ROLES]


@lru_cache(16_384)
def role_of(heading: str) -> SectionRole | None:
    """Return what a section tells, by its heading; None where the heading does not say."""
    if len(heading) > _MAX_HEADING:
        return None
    plain = _MARKS.sub("", heading.lower()).strip()
    plain = " ".join(plain.replace("-", " ").split())
    return next((role for role, begin in _patterns() if begin.fullmatch(plain)), None)
