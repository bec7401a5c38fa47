"""Python that calls run: its syntax, and which fields of its input it reads.

A field that only stands in a comment, a text or a print of words is not read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tracemill.base.python_code.field_access import field_access
from tracemill.base.python_code.syntax import parse_python

_CODE_NAMES: Final = frozenset({"code", "python", "script", "source"})


def fields_read(calls: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names of all fields that the code of some calls reads."""
    accesses = (field_access(code) for call in calls if (code := _code_of(call)) is not None)
    return frozenset(name for access in accesses if access is not None for name in access.names)


def _code_of(call: Mapping[str, Any]) -> str | None:
    """Return the Python code that a call runs, or None: it runs none."""
    for name, value in call["arguments"].items():
        if name in _CODE_NAMES and isinstance(value, str) and parse_python(value) is not None:
            return value
    return None


def syntax_of(code: str) -> str | None:
    """Return what code says, however it is laid out, or None: it is none, or nested too deep."""
    tree = parse_python(code)
    try:
        return None if tree is None else ast.dump(tree)
    except (RecursionError, MemoryError):
        return None
