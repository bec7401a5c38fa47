"""Tool schemas from the calls that were made, where the log does not hold the real ones.

What is inferred is a lower bound: arguments that were never given are not in it. Examples
that carry it are tagged `tools:inferred`. Every schema has the same keys, since a loader that
makes columns of them fills a missing one with null, and the model would then read that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from types import NoneType
from typing import Any, Final

from tracemill.records.examples import Message

_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (NoneType, "null"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
)
"""JSON Schema's name of each type; `bool` before `int`, since it is one."""


def infer_tools(messages: Iterable[Message]) -> tuple[dict[str, Any], ...]:
    """Return a JSON Schema for each tool that `messages` call, sorted by name."""
    seen: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for message in messages:
        for call in message.tool_calls:
            seen[call["function"]["name"]].append(call["function"]["arguments"])
    return tuple(_tool(name, seen[name]) for name in sorted(seen))


def _tool(name: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    properties = {
        key: _property([arguments[key] for arguments in given if key in arguments])
        for key in sorted({key for arguments in given for key in arguments})
    }
    required = [key for key in properties if all(key in arguments for arguments in given)]
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def _property(values: list[Any]) -> dict[str, Any]:
    kinds = sorted({_kind(value) for value in values})
    return {"type": kinds[0] if len(kinds) == 1 else kinds}


def _kind(value: Any) -> str:
    return next((name for kinds, name in _KINDS if isinstance(value, kinds)), "object")
