"""What stands at a place that findings name: the way back from `calls[0].arguments.command`."""

from __future__ import annotations

import re
from typing import Any, Final

from tracemill.records.refs import Record

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_KEYS: Final = "keys"


def text_at(record: Record, where: str) -> str | None:
    """Return the text at a place of a record; None where there is none any more.

    A foreign key is spelled by its number among all: `[2]` is its value, `keys[2]` the key itself.
    """
    node: Any = record
    for name, number in _STEP.findall(where):
        node = _numbered(node, int(number)) if number else _named(node, name)
        if node is None:
            return None
    return node if isinstance(node, str) else None


def _named(node: Any, name: str) -> Any:
    if isinstance(node, dict):
        return node[name] if name in node else list(node) if name == _KEYS else None
    return getattr(node, name, None)


def _numbered(node: Any, number: int) -> Any:
    held = list(node.values()) if isinstance(node, dict) else node
    is_there = isinstance(held, list | tuple) and number < len(held)
    return held[number] if is_there else None
