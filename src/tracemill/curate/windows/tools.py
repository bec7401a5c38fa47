"""Tool schemas from the calls that were made, where the log does not hold the real ones.

What is inferred is a lower bound: arguments that were never given are not in it. Examples
that carry it are tagged `tools:inferred`. Every schema has the same keys, since a loader that
makes columns of them fills a missing one with null, and the model would then read that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from types import NoneType
from typing import Any, Final

from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.trajectory import Step

_KINDS: Final[Mapping[type, str]] = {
    NoneType: "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
"""JSON Schema's name of each type that JSON has."""


def infer_tools(messages: Iterable[Message]) -> tuple[dict[str, Any], ...]:
    """Return a JSON Schema for each tool that `messages` call, sorted by name."""
    functions = (call["function"] for message in messages for call in message.tool_calls)
    return _tools((each["name"], each["arguments"]) for each in functions)


def tools_of_steps(steps: Iterable[Step]) -> tuple[dict[str, Any], ...]:
    """Return a JSON Schema for each tool that `steps` call, sorted by name."""
    return _tools((call.name, call.arguments) for step in steps for call in step.calls)


def _tools(calls: Iterable[tuple[str, dict[str, Any]]]) -> tuple[dict[str, Any], ...]:
    seen: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, arguments in calls:
        seen[name].append(arguments)
    return tuple(_tool(name, seen[name]) for name in sorted(seen))


def _tool(name: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    n_given = Counter(chain.from_iterable(given))
    for key, kind in {(key, type(value)) for each in given for key, value in each.items()}:
        kinds[key].add(_KINDS[kind])
    properties = {key: _property(kinds[key]) for key in sorted(kinds)}
    required = [key for key in properties if n_given[key] == len(given)]
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def _property(kinds: set[str]) -> dict[str, Any]:
    only, *others = sorted(kinds)
    return {"type": [only, *others] if others else only}
