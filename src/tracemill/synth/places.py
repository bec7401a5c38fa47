"""Functions of the project in the lines of their file, where rules look for what could change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from tracemill.synth.bugs import Function, functions


class Place(NamedTuple):
    """A function in the lines of its file."""

    function: Function
    node: ast.FunctionDef
    lines: list[str]

    def text(self, first: int, last: int) -> str:
        """Return some of the file's lines, counted from 1."""
        return "\n".join(self.lines[first - 1 : last])

    def segment(self, node: ast.expr) -> str:
        """Return the code of an expression that stands in one line."""
        return self.lines[node.lineno - 1][node.col_offset : node.end_col_offset]


def places(path: str, text: str) -> Iterator[Place]:
    """Yield the functions of a file."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    for function in functions():
        if function.path == path:
            node = next(each for each in nodes if each.lineno == function.line)
            yield Place(function, node, text.splitlines())
