"""Tests of `if` and `while` in Python code: what they ask for, and what their branches call."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple, TypeAlias

from tracemill.base.python_code.iteration_kinds import dotted

Branching: TypeAlias = ast.If | ast.While | ast.IfExp


class Condition(NamedTuple):
    """A test of `if` or `while` that asks for fields."""

    keyword: Literal["if", "while"]
    """Which statement; a conditional expression counts as `if`."""
    test: str
    """The test as Python writes it, at most 200 characters."""
    fields: tuple[tuple[str, str], ...]
    """Call and field of each that it asks for, once, in order."""
    chosen: tuple[str, ...] = ()
    """Functions that its branches call, once, in order; none that are built in or the code's own,
    and no methods of values."""


def branch_calls(node: Branching, known: Collection[str]) -> Iterator[str]:
    """Yield the functions that the branches of a test call, but those whose first name is known.

    An `elif` has branches of its own.
    """
    for branch in _branches(node):
        for each in ast.walk(branch):
            name = dotted(each.func) if isinstance(each, ast.Call) else None
            if name is not None and name.partition(".")[0] not in known:
                yield name


def _branches(node: Branching) -> list[ast.stmt] | list[ast.expr]:
    match node:
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.If(orelse=[ast.If()]):
            return node.body
        case _:
            return [*node.body, *node.orelse]
