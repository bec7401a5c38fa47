"""Whether a value that a model made up can be kept as JSON and read again."""

from __future__ import annotations

import json
from typing import Any, Final

DEEPEST: Final = 64
"""How far values may be nested; what reads them calls itself for each level."""


def is_writable(value: Any) -> bool:
    """Tell whether a value can be written: whole characters, and not too deep."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return _is_within(value, DEEPEST)


def _is_within(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return True
    return levels > 0 and all(_is_within(each, levels - 1) for each in value)
