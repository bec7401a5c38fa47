"""Python code as a syntax tree, whoever wrote it and whatever it is."""

from __future__ import annotations

import ast
import warnings


def parse_python(code: str) -> ast.Module | None:
    """Return the syntax tree of some code, or None: it is no Python, or nested too deep."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a wrong escape still parses
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
