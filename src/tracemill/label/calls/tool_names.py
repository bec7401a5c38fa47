"""What a tool is called, whichever program has it: in small letters, without what is added.

Cursor counts the versions of its tools (`edit_file_v2`), and VS Code's extensions put their own
name before theirs (`copilot_createFile`). The tool is the same, and so is what its calls do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_AROUND: Final = re.compile(r"\A(?:copilot_)?(?P<plain>.{1,80}?)(?:_v\d{1,2})?\Z", re.DOTALL)


@lru_cache(maxsize=1_024)
def plain_name(name: str) -> str:
    """Return the name of a tool as the tables of tools have it."""
    lower = name.lower()
    found = _AROUND.match(lower)
    return lower if found is None else found["plain"]


__all__ = ["plain_name"]
