"""Which texts of a record are foreign, and the same record with other texts in their place.

Every field that can hold text is foreign unless `VERBATIM` lists it, so a new field is
redacted until somebody decides otherwise. The texts of a record have one fixed order:
`collect` lists them, `rebuild` takes them in that order, `places` names them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeVar, cast

import msgspec
from msgspec import inspect

from tracemill.records.events import (
    Captured,
    Checkpoint,
    Commit,
    EventBase,
    Feedback,
    FileChange,
    GateRun,
    Todo,
)
from tracemill.records.findings import Input
from tracemill.records.gates import GateResult
from tracemill.records.refs import Origin, Record
from tracemill.records.trajectory import Step, ToolCall, ToolResult, Trajectory

R = TypeVar("R", bound=Record)

VERBATIM: Final[Mapping[type[Record], frozenset[str]]] = {
    Origin: frozenset({"source", "input_id"}),
    Step: frozenset({"trajectory_id", "model", "native_id", "native_parent_id"}),
    ToolCall: frozenset({"id"}),
    ToolResult: frozenset({"commit", "call_id"}),
    Trajectory: frozenset({"id", "session_id", "parent_id", "agent", "models", "base_commit"}),
    EventBase: frozenset({"id", "trajectory_id"}),
    Feedback: frozenset({"call_id"}),
    Todo: frozenset({"native_id"}),
    Commit: frozenset({"sha", "parents"}),
    Checkpoint: frozenset({"checkpoint_id", "session_id", "model", "first_native_id"}),
    FileChange: frozenset({"status"}),
    Captured: frozenset({"session_id"}),
    GateRun: frozenset({"tool", "commit", "run_id"}),
    GateResult: frozenset({"id", "gate_run_id", "commit"}),
    Input: frozenset({"id", "source", "content", "n_records"}),
}
"""Ids, hashes and names of our own or that links depend on, by the class that declares them."""

IDENTITIES: Final[Mapping[type[Record], frozenset[str]]] = {Commit: frozenset({"author"})}
"""Fields whose whole value names a person."""

Role = Literal["password", "secret", "person"]
"""What a text is besides text: the value of a key of that name, or one of `IDENTITIES`."""

_SECRET_KEY: Final = re.compile(
    r"(?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|credentials?|authorization|bearer|(?:api"
    r"|access|private|signing|encryption|account|auth|master|session|service)[_-]?key)\Z"
)
_LONGEST_PLAIN_KEY: Final = 16
_NAMEABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,40}\Z")


class Texts:
    """Foreign texts in their order, and the roles of those that have one, by index."""

    __slots__ = ("roles", "texts")

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts = list(texts)
        self.roles: dict[int, Role] = {}


class _Plan(NamedTuple):
    names: tuple[str, ...]
    values: operator.attrgetter[tuple[Any, ...]]
    people: frozenset[str]


@cache
def _plan(kind: type[Record]) -> _Plan:
    names = foreign_fields(kind)
    people = frozenset().union(*(IDENTITIES.get(base, ()) for base in kind.__mro__))
    # attrgetter returns a bare value for one name, so one name is asked for twice
    return _Plan(names, operator.attrgetter(*(names if len(names) > 1 else names * 2)), people)


def foreign_fields(kind: type[Record]) -> tuple[str, ...]:
    """Return the fields of a record type that can hold foreign text."""
    verbatim = frozenset().union(*(VERBATIM.get(base, ()) for base in kind.__mro__))
    described = cast("inspect.StructType", inspect.type_info(kind))
    return tuple(
        field.name
        for field in described.fields
        if field.name not in verbatim and can_hold_text(field.type)
    )


def can_hold_text(described: inspect.Type) -> bool:
    """Tell whether a value of a type can hold text that is not one of a closed set."""
    if isinstance(described, inspect.StructType):
        return bool(foreign_fields(cast("type[Record]", described.cls)))
    if isinstance(described, inspect.StrType | inspect.AnyType):
        return True
    return any(can_hold_text(part) for part in _parts(described))


def _parts(described: inspect.Type) -> tuple[inspect.Type, ...]:
    match described:
        case inspect.UnionType(types=types):
            return types
        case inspect.TupleType(item_types=items):
            return items
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return (item,)
        case inspect.DictType(key_type=key, value_type=value):
            return (key, value)
    return ()


def collect(record: Record, into: Texts) -> None:
    """Append the foreign texts of `record`."""
    plan = _plan(type(record))
    for name, value in zip(plan.names, plan.values(record), strict=False):
        if not value:
            continue
        if type(value) is str:
            if name in plan.people:
                into.roles[len(into.texts)] = "person"
            into.texts.append(value)
        elif type(value) is tuple:
            _collect_tuple(value, into)
        elif isinstance(value, Record):
            collect(value, into)
        else:
            _collect_tree(value, into)


def _collect_tuple(items: tuple[Any, ...], into: Texts) -> None:
    for item in items:
        if isinstance(item, Record):
            collect(item, into)
        elif type(item) is tuple:
            _collect_tuple(item, into)
        elif type(item) is str:
            into.texts.append(item)


def _collect_tree(root: Any, into: Texts) -> None:
    texts = into.texts
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            _collect_keys(node, into, waiting)
            continue
        for value in node:
            if type(value) is str:
                texts.append(value)
            elif type(value) in _CONTAINERS:
                waiting.append(value)


def _collect_keys(node: dict[Any, Any], into: Texts, waiting: list[Any]) -> None:
    texts = into.texts
    for key, value in node.items():
        meaning = _meaning(key)
        if meaning.is_foreign:
            texts.append(key)
        if type(value) is str:
            if meaning.role:
                into.roles[len(texts)] = meaning.role
            texts.append(value)
        elif type(value) in _CONTAINERS:
            waiting.append(value)


_CONTAINERS: Final = frozenset({dict, list, tuple})


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


def rebuild(record: R, texts: Iterator[str]) -> R:
    """Return `record` with `texts` in place of its own."""
    plan = _plan(type(record))
    changes: dict[str, Any] = {}
    for name, value in zip(plan.names, plan.values(record), strict=False):
        if not value:
            continue
        new = next(texts) if type(value) is str else _rebuilt(value, texts)
        if new is not value:
            changes[name] = new
    return msgspec.structs.replace(record, **changes) if changes else record


def _rebuilt(value: Any, texts: Iterator[str]) -> Any:
    if type(value) is str:
        return next(texts)
    if isinstance(value, Record):
        return rebuild(value, texts)
    if type(value) is tuple:
        items = tuple([_rebuilt(item, texts) for item in value])
        return value if all(map(operator.is_, items, value)) else items
    return _rebuilt_tree(value, texts) if type(value) in _CONTAINERS else value


def _rebuilt_tree(root: Any, texts: Iterator[str]) -> Any:
    top = [root]
    waiting: list[tuple[Any, Any]] = [(top, 0)]
    while waiting:
        parent, slot = waiting.pop()
        node = parent[slot]
        is_dict = type(node) is dict
        new: Any = {} if is_dict else [None] * len(node)
        parent[slot] = new
        for key, value in node.items() if is_dict else enumerate(node):
            place = _free_key(next(texts), new) if is_dict and _meaning(key).is_foreign else key
            if type(value) is str:
                new[place] = next(texts)
            else:
                new[place] = value
                if type(value) in _CONTAINERS:
                    waiting.append((new, place))
    return top[0]


def _free_key(key: str, taken: dict[Any, Any]) -> str:
    """Return `key`, made longer where two keys have become the same."""
    while key in taken:
        key += "_"
    return key


class Place(NamedTuple):
    """Where a text stands: a step from the place that holds it; cheap until it is printed."""

    holder: Place | None
    step: str | int


def spelled(place: Place) -> str:
    """Return a place as `calls[0].arguments.command`."""
    steps: list[str] = []
    each: Place | None = place
    while each is not None:
        steps.append(f"[{each.step}]" if isinstance(each.step, int) else f".{each.step}")
        each = each.holder
    return "".join(reversed(steps)).removeprefix(".")


def places(record: Record) -> list[Place]:
    """Return where each foreign text of `record` stands."""
    found: list[Place] = []
    _add_places(record, None, found)
    return found


def _add_places(record: Record, holder: Place | None, found: list[Place]) -> None:
    plan = _plan(type(record))
    for name, value in zip(plan.names, plan.values(record), strict=False):
        if not value:
            continue
        place = Place(holder, name)
        if type(value) is str:
            found.append(place)
        elif type(value) is tuple:
            _add_tuple_places(value, place, found)
        elif isinstance(value, Record):
            _add_places(value, place, found)
        elif type(value) in _CONTAINERS:
            _add_tree_places(value, place, found)


def _add_tuple_places(items: tuple[Any, ...], holder: Place, found: list[Place]) -> None:
    for i, item in enumerate(items):
        place = Place(holder, i)
        if isinstance(item, Record):
            _add_places(item, place, found)
        elif type(item) is tuple:
            _add_tuple_places(item, place, found)
        elif type(item) is str:
            found.append(place)


def _add_tree_places(root: Any, root_place: Place, found: list[Place]) -> None:
    waiting = [(root, root_place)]
    while waiting:
        node, holder = waiting.pop()
        is_dict = type(node) is dict
        for i, key in enumerate(node):
            value = node[key] if is_dict else key
            place = Place(holder, key if is_dict and _is_nameable(key) else i)
            if is_dict and _meaning(key).is_foreign:
                found.append(Place(Place(holder, "keys"), i))
            if type(value) is str:
                found.append(place)
            elif type(value) in _CONTAINERS:
                waiting.append((value, place))


@lru_cache(4096)
def _is_nameable(key: Any) -> bool:
    return type(key) is str and _NAMEABLE.match(key) is not None
