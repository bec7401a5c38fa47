"""How a loop in Python code narrows what it works on, by its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

IterationKind = Literal["full", "limited", "filtered", "grouped"]
"""All elements, the first few, those that pass a test, or by a key."""

GROUPING: Final = frozenset({"groupby", "itertools.groupby", "Counter", "collections.Counter"})
"""Functions that put elements together by a key."""
_RANK: Final[tuple[IterationKind, ...]] = ("full", "limited", "filtered", "grouped")
_MAX_LIMIT: Final = 2**31


class Part(NamedTuple):
    """What a name stands for: a result, or a part of one."""

    call: str
    """Name of the function whose result it is."""
    field: str
    """The way from the result to it; empty for the result itself."""
    kind: IterationKind = "full"
    """How much of its elements is left."""
    limit: int | None = None
    """How many elements at most are left; None where that is not known."""


def element(part: Part) -> Part:
    """Return what stands for one element of a part."""
    return Part(part.call, f"{part.field}[]")


def narrowed_to(part: Part, kind: IterationKind) -> Part:
    """Return a part of which only some elements are left; the narrowest way holds."""
    return part._replace(kind=max(part.kind, kind, key=_RANK.index))


def limited(part: Part, upper: ast.expr) -> Part:
    """Return the first elements of a part, as many as `upper` says."""
    match upper:
        case ast.Constant(value=int(limit)) if 0 <= limit < _MAX_LIMIT:
            return narrowed_to(part, "limited")._replace(limit=limit)
        case _:
            return narrowed_to(part, "limited")


def narrowed(part: Part, loop: ast.For | ast.AsyncFor) -> Part:
    """Return what a loop works on, by what its body does with an element first."""
    held = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    keys = held | set(_taken_from(loop.body, held))
    if any(_puts_by_key(node, keys) for node in _within(loop.body)):
        return narrowed_to(part, "grouped")
    match loop.body:
        case [ast.If(test=test, body=[ast.Continue()]), *_] if _names_any(test, held):
            return narrowed_to(part, "filtered")
        case [ast.If(test=test, body=[ast.Break()], orelse=[]), *_] if _names_any(test, held):
            return _stopped(part, test)
        case [ast.If(test=test, orelse=[])] if _names_any(test, held):
            return narrowed_to(part, "filtered")
        case _:
            return part


def _stopped(part: Part, test: ast.expr) -> Part:
    match test:
        case ast.Compare(left=ast.Name(), ops=[ast.GtE() | ast.Eq()], comparators=[upper]):
            return limited(part, upper)
        case _:
            return narrowed_to(part, "limited")


def _puts_by_key(node: ast.AST, held: set[str]) -> bool:
    """Tell whether a node puts something under a key that is taken from an element."""
    match node:
        case ast.AugAssign(target=ast.Subscript(slice=key)):
            return _names_any(key, held)
        case ast.Call(
            func=ast.Attribute(
                attr="append" | "add" | "extend",
                value=ast.Subscript(slice=key)
                | ast.Call(func=ast.Attribute(attr="setdefault"), args=[key, *_]),
            )
        ):
            return _names_any(key, held)
        case _:
            return False


def _taken_from(body: Iterable[ast.stmt], held: set[str]) -> Iterator[str]:
    """Yield the names that a loop's body gives to what it takes from an element."""
    for node in _within(body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _names_any(value, held):
                yield name


def _within(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)


def _names_any(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))


def hands_pairs(func: ast.expr) -> bool:
    """Tell whether a loop over a call of this gets pairs, of which the second is the element."""
    name = dotted(func)
    is_items = isinstance(func, ast.Attribute) and func.attr == "items"
    return is_items or name == "enumerate" or name in GROUPING


def dotted(node: ast.expr) -> str | None:
    """Return a name with its modules, or None: it is no plain name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join(reversed([*names, node.id])) if isinstance(node, ast.Name) else None
