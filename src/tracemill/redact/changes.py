"""The same records with other texts in some places, and those places in words.

What it takes depends on what changes alone: only what holds a changed text is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tracemill.records.refs import Record
from tracemill.redact.texts import KeyOf, Place, is_plain_name


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
    copies = _Copies(records)
    for (holder, step), text in texts:
        copies.values(holder)[step] = text
    return copies.finished()


_Opened = tuple[Place, Any, dict[Any, Any]]
"""Where a container is, which is held since it is looked up by its identity, the container, and
its new values by their steps."""


class _Copies:
    """The containers of which something changes, each opened once."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._changed: dict[Any, Any] = {}
        self._opened: dict[int, _Opened] = {}
        """By the identity of their places: the texts of one container mostly share its place."""
        self._order: list[tuple[Any, dict[Any, Any], dict[Any, Any], Any]] = []
        """What holds others first: node, new values, the new values of its holder, the step."""
        self._records = records

    def values(self, place: Place | None) -> dict[Any, Any]:
        """Return the new values of the container at a place, which are none at first."""
        waiting: list[Place] = []
        while place is not None and id(place) not in self._opened:
            waiting.append(place)
            place = place[0]
        node: Any = self._records
        values = self._changed
        if place is not None:
            _, node, values = self._opened[id(place)]
        for each in reversed(waiting):
            node, values = self._open(each, node, values)
        return values

    def _open(self, place: Place, holder: Any, outer: dict[Any, Any]) -> tuple[Any, dict[Any, Any]]:
        step: Any = place[1]
        node = getattr(holder, step) if isinstance(holder, Record) else holder[step]
        values = outer.get(step)
        if values is None:
            values = outer[step] = {}
            self._order.append((node, values, outer, step))
        self._opened[id(place)] = (place, node, values)
        return node, values

    def finished(self) -> Mapping[int, Record]:
        """Return the records of which something changes, made anew from within."""
        for node, values, outer, step in reversed(self._order):
            outer[step] = _finished(node, values)
        return self._changed


def _steps(place: Place) -> list[Any]:
    """Return the steps from a list of records to a place."""
    steps: list[Any] = []
    each: Place | None = place
    while each is not None:
        each, step = each
        steps.append(step)
    steps.reverse()
    return steps


def _finished(node: Any, values: dict[Any, Any]) -> Any:
    kind = type(node)
    if kind is dict:
        return _mapping(node, values)
    if kind is not tuple and kind is not list:
        return msgspec.structs.replace(node, **values)
    items = list(node)
    for index, value in values.items():
        items[index] = value
    return tuple(items) if kind is tuple else items


def _mapping(node: dict[Any, Any], values: dict[Any, Any]) -> dict[Any, Any]:
    if KeyOf not in map(type, values):
        return node | values
    new: dict[Any, Any] = {}
    for key, value in node.items():
        name = values.get(KeyOf(key), key)
        new[_free_key(name, new)] = values.get(key, value)
    return new


def _free_key(key: Any, taken: dict[Any, Any]) -> Any:
    """Return `key`, made longer where two keys have become the same."""
    while key in taken:
        key += "_"
    return key


def spelled(place: Place, records: Sequence[Record]) -> str:
    """Return a place within its record as `calls[0].arguments.command`.

    A foreign key, which may become another by redaction, is given by its number.
    """
    number, *steps = _steps(place)
    return _spelled_plainly(tuple(steps)) or _spelled_within(records[number], steps)


@lru_cache(4_096)
def _spelled_plainly(steps: tuple[Any, ...]) -> str | None:
    """Return fields, indexes and plain keys in words; None where there is another key."""
    if not all(type(step) is int or is_plain_name(step) for step in steps):
        return None
    words = (f"[{step}]" if type(step) is int else f".{step}" for step in steps)
    return "".join(words).removeprefix(".")


def _spelled_within(node: Any, steps: Sequence[Any]) -> str:
    words: list[str] = []
    for step in steps:
        if type(node) is dict:
            words.append(_spelled_key(node, step))
        else:
            words.append(f"[{step}]" if type(step) is int else f".{step}")
        if type(step) is not KeyOf:
            node = getattr(node, step) if isinstance(node, Record) else node[step]
    return "".join(words).removeprefix(".")


def _spelled_key(node: dict[Any, Any], step: Any) -> str:
    if type(step) is KeyOf:
        return f".keys[{list(node).index(step.key)}]"
    if is_plain_name(step):
        return f".{step}"
    return f"[{list(node).index(step)}]"
