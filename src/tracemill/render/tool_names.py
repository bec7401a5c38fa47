"""What a tool does, by how its name is written: whether it knows symbols, or searches texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_BY_MEANING: Final = re.compile(
    r"(?i)(?:goto|go_to|find|get|list|show|lookup|look_up|workspace|document)?_?"
    r"(?:definitions?|(?<!p)references|usages|symbols?)\b"
)
_TEXT_SEARCH: Final = re.compile(r"(?i)(?:^|[_.])(?:grep|ripgrep|rg|search_text|search_files)")
_SHELL: Final = re.compile(r"(?i)(?:^|[_.])(?:bash|shell|exec|run|terminal|command)")
_SEARCHING: Final = re.compile(
    r"(?:^|[|;&(])\s*(?:xargs\s+(?:-\S+\s+)*)?(?:git\s+)?(?:grep|rg|ag|findstr)\b", re.MULTILINE
)


def knows_symbols(name: str) -> bool:
    """Tell whether a tool finds what a name stands for, or where it is used."""
    return _BY_MEANING.search(name) is not None


def searches_text(name: str) -> bool:
    """Tell whether a tool looks for letters in files."""
    return _TEXT_SEARCH.search(name) is not None


def could_search_text(name: str) -> bool:
    """Tell whether a tool looks for letters in files, or runs commands, which may."""
    return searches_text(name) or _SHELL.search(name) is not None


def is_text_search(name: str, arguments: Mapping[str, Any]) -> bool:
    """Tell whether a call looks for letters in files, also by a command."""
    held = (value if isinstance(value, list) else [value] for value in arguments.values())
    said = (text for values in held for text in values if isinstance(text, str))
    return searches_text(name) or (
        could_search_text(name) and any(_SEARCHING.search(value) for value in said)
    )
