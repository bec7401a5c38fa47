"""Python code as a syntax tree, whoever wrote it and whatever it is."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

_NEWER: Final = (
    # PEP 750: a template string is read as a formatted one, which holds the same expressions.
    (re.compile(r"(?<![\w'\"])(?:[tT]([rR]?)|([rR])[tT])(?=['\"])"), r"f\1\2"),
    # PEP 695: parameters of types say nothing of what code does.
    (
        re.compile(
            r"^([ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+)\[(?:[^\[\]]|\[[^\[\]]*\])*\]",
            re.MULTILINE,
        ),
        r"\1",
    ),
    (
        re.compile(
            r"^([ \t]*)type[ \t]+(\w+)(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?[ \t]*=", re.MULTILINE
        ),
        r"\1\2 =",
    ),
)  # fmt: skip
"""What versions of Python since 3.11 write, and how 3.11 says nearly the same."""


def parse_python(code: str) -> ast.Module | None:
    """Return the syntax tree of some code, or None: it is no Python, or nested too deep.

    What runs us may be older than the code: where it cannot read it, newer forms are read as the
    older ones that come nearest.
    """
    return _parsed(code) or _of_newer(code)


def _of_newer(code: str) -> ast.Module | None:
    older = code
    for newer, nearest in _NEWER:
        older = newer.sub(nearest, older)
    return None if older == code else _parsed(older)


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a wrong escape still parses
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
