"""The foreign texts of many records as one list, and where in the records each stands.

A place is a chain of steps up to the record, made of bare tuples, since there is one for each
text of everything that is ever read and only those of changed texts are looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import compress
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar, cast

from tracemill.records.refs import Record
from tracemill.redact.fields import fields_of
from tracemill.redact.wording.values import is_secret_name

T = TypeVar("T")

LONGEST_KNOWN: Final = 512
"""Longer texts are hardly ever the same."""

Role = Literal["password", "secret", "key", "person"]
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


class Texts(Generic[T]):
    """Foreign texts in their order, their places, and the roles of those that have one.

    With `known`, a text in which nothing is found is left out, and what stands at another place
    already, or is known to become another, is empty.
    """

    __slots__ = ("_known", "firsts", "places", "ready", "roles", "texts", "twins")

    def __init__(self, known: Mapping[str, T | None] | None = None) -> None:
        """Begin with nothing.

        Args:
            known: What short texts without a role become; None where nothing is found in them.
        """
        self._known = known
        self.texts: list[str] = []
        self.places: list[Place] = []
        self.roles: dict[int, Role] = {}
        self.ready: dict[int, T] = {}
        """What texts are known to become."""
        self.firsts: dict[str, int] = {}
        """The short texts that are not known, and the first place of each."""
        self.twins: list[tuple[int, int]] = []
        """A place that holds the same as another one, and that one."""

    def add(self, record: Record, number: int) -> None:
        """Take in all foreign texts of a record, which stands at `number` in a list."""
        self._add_record(record, (None, number))

    def _add_record(self, record: Record, holder: Place) -> None:
        names, values, people = fields_of(type(record))
        found = values(record)
        for name, value in compress(zip(names, found, strict=False), found):
            kind = type(value)
            if kind is str:
                self._add_text(value, holder, name, "person" if name in people else None)
            elif kind is tuple:
                self._add_items(value, (holder, name))
            elif kind in _CONTAINERS:
                self._add_tree(value, (holder, name))
            elif isinstance(value, Record):
                self._add_record(value, (holder, name))

    def _add_items(self, items: tuple[Any, ...], holder: Place) -> None:
        for i, item in enumerate(items):
            if isinstance(item, Record):
                self._add_record(item, (holder, i))
            elif type(item) is str:
                self._add_text(item, holder, i)
            elif type(item) is tuple:
                self._add_items(item, (holder, i))

    def _add_tree(self, root: Any, root_place: Place) -> None:
        waiting = [(root, root_place)]
        while waiting:
            node, holder = waiting.pop()
            if type(node) is dict:
                self._add_mapping(node, holder, waiting)
                continue
            for i, value in enumerate(node):
                if type(value) is str:
                    self._add_text(value, holder, i)
                elif type(value) in _CONTAINERS:
                    waiting.append((value, (holder, i)))

    def _add_mapping(
        self, node: dict[Any, Any], holder: Place, waiting: list[tuple[Any, Place]]
    ) -> None:
        for key, value in node.items():
            is_foreign, role = _meaning(key)
            if is_foreign:
                self._add_text(key, holder, KeyOf(key))
            if type(value) is str:
                self._add_text(value, holder, key, role)
            elif type(value) in _CONTAINERS:
                waiting.append((value, (holder, key)))

    def _add_text(self, text: str, holder: Place, step: Step, role: Role | None = None) -> None:
        index = len(self.texts)
        if role:
            self.roles[index] = role
        elif self._known is not None and len(text) <= LONGEST_KNOWN:
            known = self._known.get(text, self)
            if known is None:
                return
            if known is not self:
                self.ready[index] = cast("T", known)
                text = ""
            elif (first := self.firsts.setdefault(text, index)) != index:
                self.twins.append((index, first))
                text = ""
        self.texts.append(text)
        self.places.append((holder, step))


_CONTAINERS: Final = frozenset({dict, list, tuple})


def is_plain_name(key: Any) -> bool:
    """Tell whether a key of a mapping is a short plain name, which is never looked at."""
    return type(key) is str and not _meaning(key).is_foreign


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
    if word.startswith(("pass", "pw")):
        return "password"
    return "secret" if is_secret_name(word.encode()) else "key"
