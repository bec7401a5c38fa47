"""Which fields actions return, how often they are empty, and what they hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from tracemill.records.sessions.turn_work import SeenField

_MAX_CHARS: Final = 200_000
_MAX_DEPTH: Final = 3
_MAX_ELEMENTS: Final = 20
"""Elements of a list that are looked at: they are alike."""
_KINDS: Final[Mapping[type, str]] = {
    type(None): "null", int: "number", float: "number", str: "text", dict: "object",
}  # fmt: skip
_MAX_FIELDS: Final = 200
"""Fields of one action; objects that are keyed by data have no end."""


class SeenFields:
    """Sums up the fields of results, action by action."""

    def __init__(self) -> None:
        self._kinds: defaultdict[str, dict[str, Counter[str]]] = defaultdict(dict)
        self.names: set[str] = set()
        """Names of all fields so far."""

    def take(self, action: str, content: str) -> bool:
        """Take a result; tell whether it was a JSON object, or a list of them."""
        if len(content) > _MAX_CHARS or content[:1] not in ("{", "["):
            return False
        try:
            document = msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError):
            return False
        held = self._kinds[action]
        found = False
        for name, value in _fields(document, "", _MAX_DEPTH):
            found = True
            if name not in held:
                if len(held) >= _MAX_FIELDS:
                    continue
                held[name] = Counter()
                self.names.add(name.rpartition(".")[2].removesuffix("[]"))
            held[name][_kind(value)] += 1
        return found

    def rows(self) -> Iterator[SeenField]:
        """Yield each field, by action and name."""
        for action, fields in sorted(self._kinds.items()):
            for name, kinds in sorted(fields.items()):
                n_empty = kinds.pop("null", 0)
                yield SeenField(
                    action=action, field=name, n=kinds.total() + n_empty, n_empty=n_empty,
                    kinds=dict(sorted(kinds.items())),
                )  # fmt: skip


def _fields(value: Any, before: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, held in value.items():
            name = f"{before}.{key}" if before else str(key)
            yield name, held
            if depth > 1:
                yield from _fields(held, name, depth - 1)
    elif isinstance(value, list):
        for element in value[:_MAX_ELEMENTS]:
            if isinstance(element, dict):
                yield from _fields(element, f"{before}[]", depth)


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "list" if value else "empty list"
    return _KINDS[type(value)] if not isinstance(value, bool) else str(value).lower()
