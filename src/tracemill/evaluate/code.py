"""What code reads of the values that it is given, by its syntax tree.

A field that only stands in a comment, a text or a print of words is not read.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from typing import Any, Final

_CODE_NAMES: Final = frozenset({"code", "python", "script", "source"})


def code_of(call: Mapping[str, Any]) -> str | None:
    """Return the Python code that a call runs, or None: it runs none."""
    for name, value in call["arguments"].items():
        if name in _CODE_NAMES and isinstance(value, str) and _tree(value) is not None:
            return value
    return None


def read_fields(code: str) -> frozenset[str]:
    """Return the names of fields that code reads: attributes and keys, but no methods called."""
    tree = _tree(code)
    if tree is None:
        return frozenset()
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        field
        for node in ast.walk(tree)
        if id(node) not in called and (field := _field(node)) is not None
    )


def syntax_of(code: str) -> str | None:
    """Return what code says, however it is laid out, or None: it is none, or nested too deep."""
    tree = _tree(code)
    try:
        return None if tree is None else ast.dump(tree)
    except (RecursionError, MemoryError):
        return None


def _field(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(attr=name, ctx=ast.Load()):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Load()):
            return name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return name
        case _:
            return None


def _tree(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
