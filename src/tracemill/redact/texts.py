"""The foreign texts of many records as one list, and where in the records each stands.

A place is a chain of steps up to the record, made of bare tuples, since there is one for each
text of everything that is ever read and only those of changed texts are looked at again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from tracemill.records.refs import Record
from tracemill.redact.fields import fields_of

Role = Literal["password", "secret", "person"]
"""What a text is besides text: the value of a key of that name, or the name of a person."""


class KeyOf(NamedTuple):
    """The step to a key of a mapping, and not to its value."""

    key: str


Step = str | int | KeyOf
"""The name of a field, an index, or the key of a mapping's value."""
Place = tuple["Place | None", Step]
"""The place that holds this one, and the step from there; the first is a record's number."""

_SECRET_KEY: Final = re.compile(
    r"(?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|credentials?|authorization|bearer|(?:api"
    r"|access|private|signing|encryption|account|auth|master|session|service)[_-]?key)\Z"
)
_LONGEST_PLAIN_KEY: Final = 16


class Texts:
    """Foreign texts in their order, their places, and the roles of those that have one."""

    __slots__ = ("places", "roles", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.places: list[Place] = []
        self.roles: dict[int, Role] = {}

    def add(self, record: Record, number: int) -> None:
        """Take in all foreign texts of a record, which stands at `number` in a list."""
        self._add_record(record, (None, number))

    def _add_record(self, record: Record, holder: Place) -> None:
        names, values, people = fields_of(type(record))
        for name, value in zip(names, values(record), strict=False):
            if not value:
                continue
            kind = type(value)
            if kind is str:
                if name in people:
                    self.roles[len(self.texts)] = "person"
                self.texts.append(value)
                self.places.append((holder, name))
            elif kind is tuple:
                self._add_items(value, (holder, name))
            elif kind is dict or kind is list:
                self._add_tree(value, (holder, name))
            elif isinstance(value, Record):
                self._add_record(value, (holder, name))

    def _add_items(self, items: tuple[Any, ...], holder: Place) -> None:
        for i, item in enumerate(items):
            if isinstance(item, Record):
                self._add_record(item, (holder, i))
            elif type(item) is str:
                self.texts.append(item)
                self.places.append((holder, i))
            elif type(item) is tuple:
                self._add_items(item, (holder, i))

    def _add_tree(self, root: Any, root_place: Place) -> None:
        texts, places = self.texts, self.places
        waiting = [(root, root_place)]
        while waiting:
            node, holder = waiting.pop()
            if type(node) is dict:
                self._add_mapping(node, holder, waiting)
                continue
            for i, value in enumerate(node):
                if type(value) is str:
                    texts.append(value)
                    places.append((holder, i))
                elif type(value) in _CONTAINERS:
                    waiting.append((value, (holder, i)))

    def _add_mapping(
        self, node: dict[Any, Any], holder: Place, waiting: list[tuple[Any, Place]]
    ) -> None:
        texts, places = self.texts, self.places
        for key, value in node.items():
            is_foreign, role = _meaning(key)
            if is_foreign:
                texts.append(key)
                places.append((holder, KeyOf(key)))
            if type(value) is str:
                if role:
                    self.roles[len(texts)] = role
                texts.append(value)
                places.append((holder, key))
            elif type(value) in _CONTAINERS:
                waiting.append((value, (holder, key)))


_CONTAINERS: Final = frozenset({dict, list, tuple})


def is_foreign_key(key: Any) -> bool:
    """Tell whether a key of a mapping is looked at like a text; a short plain name is not."""
    return _meaning(key).is_foreign


class _Meaning(NamedTuple):
    is_foreign: bool
    role: Role | None


@lru_cache(8_192)
def _meaning(key: Any) -> _Meaning:
    """Tell what a key is: no rule finds anything in a short plain name."""
    if type(key) is not str:
        return _Meaning(is_foreign=False, role=None)
    is_foreign = len(key) > _LONGEST_PLAIN_KEY or not key.isidentifier()
    return _Meaning(is_foreign, _role(key))


def _role(key: str) -> Role | None:
    if not (match := _SECRET_KEY.search(key)):
        return None
    word = match[0].lower()
    return "password" if word.startswith(("pass", "pw")) else "secret"
