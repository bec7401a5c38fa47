"""Families of tools: what a tool is for, by the words in its name.

Agents name the same thing in many ways. What examples need to know is whether a call reads,
searches, edits or runs something, and not how its agent calls that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

Family = Literal["read", "search", "edit", "run", "web", "plan", "agent", "ask", "other"]
"""What a tool is for; `agent` sets another agent to work, `ask` asks a person."""

_WORDS: Final[Mapping[Family, str]] = {
    "plan": r"todo|plan|goal|checklist|think|finish|submit|complete",
    "edit": r"edit|write(?!_stdin)|patch|replace|insert|create_?file|notebook",
    "search": r"grep|glob|search|find|ls|list|codebase",
    "web": r"web|fetch|browser|url|http|playwright",
    "agent": r"task|agent|delegate|spawn",
    "ask": r"ask|question|user_input",
    "run": r"bash|shell|exec|run|terminal|command|kill|write_stdin|ipython|python",
    "read": r"read|view|cat|open|show|get",
}
"""How the words begin that tell it, in the order in which they are looked for."""
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(1_024)
def family_of(tool: str) -> Family:
    """Return what a tool is for, by its name; `other` where that does not tell."""
    name = _HUMP.sub("_", tool).lower()
    for family, words in _WORDS.items():
        if re.search(rf"(?:^|[^a-z])(?:{words})", name):
            return family
    return "other"
