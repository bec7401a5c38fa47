"""Tool schemas from the calls that were made, where the log does not hold the real ones.

What is inferred is a lower bound: arguments that were never given are not in it. Examples that
carry it are tagged `tools:inferred`. What a tool does, and which of its arguments it cannot do
without, `harness_tools.toml` says of agents that we know; of any other tool the schema says that
nothing is known. Every schema has the same keys, since a loader that makes columns of them fills
a missing one with null, and the model would then read that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from itertools import chain
from types import NoneType
from typing import Any, Final

import msgspec
import rtoml

from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.trajectory import Step

NOT_KNOWN: Final = "Not described in the log; the arguments are those of recorded calls."
"""What stands in the place of a description that nobody has."""

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


class KnownTool(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tool of an agent that we know: one table of the file."""

    does: str
    """What it does, in words of ours."""
    required: frozenset[str] | None = None
    """Arguments without which a call is refused; None where only calls tell."""


def infer_tools(messages: Iterable[Message], agent: str) -> tuple[dict[str, Any], ...]:
    """Return a JSON Schema for each tool of an agent that `messages` call, sorted by name."""
    functions = (call["function"] for message in messages for call in message.tool_calls)
    return _tools(((each["name"], each["arguments"]) for each in functions), agent)


def tools_of_steps(steps: Iterable[Step], agent: str) -> tuple[dict[str, Any], ...]:
    """Return a JSON Schema for each tool of an agent that `steps` call, sorted by name."""
    return _tools(((call.name, call.arguments) for step in steps for call in step.calls), agent)


@cache
def known_tools() -> Mapping[str, Mapping[str, KnownTool]]:
    """Return the tools that we know by agent and name."""
    text = (resources.files(__package__) / "harness_tools.toml").read_text("utf-8")
    return msgspec.convert(rtoml.loads(text), dict[str, dict[str, KnownTool]])


def _tools(calls: Iterable[tuple[str, dict[str, Any]]], agent: str) -> tuple[dict[str, Any], ...]:
    seen: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, arguments in calls:
        seen[name].append(arguments)
    known = known_tools().get(agent, {}) if seen else {}
    return tuple(_tool(name, seen[name], known.get(name)) for name in sorted(seen))


def _tool(name: str, given: list[dict[str, Any]], known: KnownTool | None) -> dict[str, Any]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for key, value in chain.from_iterable(each.items() for each in given):
        kinds[key].add(_KINDS[type(value)])
    n_given = Counter(chain.from_iterable(given))
    needed = kinds.keys() if known is None or known.required is None else known.required
    required = [key for key in kinds if key in needed and n_given[key] == len(given)]
    properties = {key: _property(kinds[key]) for key in kinds}
    function = {
        "name": name,
        "description": NOT_KNOWN if known is None else known.does,
        "parameters": {"type": "object", "properties": properties, "required": required},
    }
    return {"type": "function", "function": function}


def _property(kinds: set[str]) -> dict[str, Any]:
    only, *others = sorted(kinds)
    return {"type": [only, *others] if others else only}
