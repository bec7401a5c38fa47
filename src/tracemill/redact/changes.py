"""The same records with other texts in some places, and those places in words.

What it takes depends on what changes alone: only what holds a changed text is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tracemill.records.refs import Record
from tracemill.redact.texts import KeyOf, Place, is_foreign_key


def record_at(place: Place) -> Any:
    """Return the number of the record in which a place lies."""
    holder, step = place
    while holder is not None:
        holder, step = holder
    return step


def with_texts(
    records: Sequence[Record], texts: Iterable[tuple[Place, str]]
) -> Mapping[int, Record]:
    """Return each record that holds one of `texts` with the text in its place, by number."""
    copies: dict[int, _Copy] = {}
    for place, text in texts:
        holder, step = place
        assert holder is not None, step
        _copy_at(holder, records, copies).values[step] = text
    changed: dict[int, Record] = {}
    for copy in reversed(copies.values()):
        if copy.parent is None:
            changed[copy.step] = copy.finished()
        else:
            copy.parent.values[copy.step] = copy.finished()
    return changed


class _Copy:
    """A container of which something changes: its new values, by their steps."""

    __slots__ = ("node", "parent", "step", "values")

    def __init__(self, node: Any, parent: _Copy | None, step: Any) -> None:
        self.node = node
        self.parent = parent
        self.step = step
        self.values: dict[Any, Any] = {}

    def finished(self) -> Any:
        node = self.node
        if isinstance(node, Record):
            return msgspec.structs.replace(node, **self.values)
        if type(node) is dict:
            return self._mapping(node)
        items = list(node)
        for index, value in self.values.items():
            items[index] = value
        return tuple(items) if type(node) is tuple else items

    def _mapping(self, node: dict[Any, Any]) -> dict[Any, Any]:
        if not any(type(step) is KeyOf for step in self.values):
            return node | self.values
        new: dict[Any, Any] = {}
        for key, value in node.items():
            name = self.values.get(KeyOf(key), key)
            new[_free_key(name, new)] = self.values.get(key, value)
        return new


def _copy_at(place: Place, records: Sequence[Record], copies: dict[int, _Copy]) -> _Copy:
    """Return the copy of the container at `place`, made with all that hold it."""
    missing = []
    each: Place | None = place
    while each is not None and id(each) not in copies:
        missing.append(each)
        each = each[0]
    copy = None if each is None else copies[id(each)]
    for each in reversed(missing):
        step: Any = each[1]
        node = records[step] if copy is None else _inside(copy.node, step)
        copy = copies[id(each)] = _Copy(node, copy, step)
    assert copy is not None
    return copy


def _inside(node: Any, step: Any) -> Any:
    return getattr(node, step) if isinstance(node, Record) else node[step]


def _free_key(key: Any, taken: dict[Any, Any]) -> Any:
    """Return `key`, made longer where two keys have become the same."""
    while key in taken:
        key += "_"
    return key


def spelled(place: Place, records: Sequence[Record]) -> str:
    """Return a place within its record as `calls[0].arguments.command`.

    A foreign key, which may become another by redaction, is given by its number.
    """
    steps: list[Any] = []
    each: Place | None = place
    while each is not None:
        steps.append(each[1])
        each = each[0]
    node: Any = records[steps.pop()]
    words: list[str] = []
    for step in reversed(steps):
        if type(node) is dict:
            words.append(_spelled_key(node, step))
        else:
            words.append(f"[{step}]" if type(step) is int else f".{step}")
        node = None if type(step) is KeyOf else _inside(node, step)
    return "".join(words).removeprefix(".")


def _spelled_key(node: dict[Any, Any], step: Any) -> str:
    if type(step) is KeyOf:
        return f".keys[{list(node).index(step.key)}]"
    if type(step) is str and not is_foreign_key(step):
        return f".{step}"
    return f"[{list(node).index(step)}]"
