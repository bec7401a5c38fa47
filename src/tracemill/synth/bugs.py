"""Bugs that are put into the bundled project: a sign, number or word is not what it should be.

They come from the code's own syntax tree, so there are many, and each is known: where it is, what
was right, and what is wrong with it in words. Whether a test notices is found out by running them.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from tracemill.synth.project import project_files

_COMPARE: Final = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.IsNot: ("is not", "is"), ast.NotIn: ("not in", "in"),
}  # fmt: skip
_ARITHMETIC: Final = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"), ast.Mod: ("%", "//"),
}  # fmt: skip
_CALLED: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "startswith": "endswith"}
_SAYS: Final = {
    "number": "it uses {wrong} where it should use {right}",
    "function": "it calls `{wrong}` where `{right}` is meant",
    "order": "there is no minus sign, so the order is the wrong way round",
    "negation": "there is no `not`, so the condition is the wrong way round",
    "logic": "the conditions are joined with `{wrong}` instead of `{right}`",
    "comparison": "it compares with `{wrong}` where it should be `{right}`",
    "arithmetic": "it has `{wrong}` where it should have `{right}`",
}
_PACKAGE: Final = "larder/"


class Function(NamedTuple):
    """A function or method of the project."""

    path: str
    name: str
    owner: str
    """Its class; empty for a function."""
    line: int
    last_line: int
    about: str
    """The first line of its docstring."""

    @property
    def full_name(self) -> str:
        """Its name with that of its class."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


class Bug(NamedTuple):
    """One wrong place."""

    function: Function
    line: int
    right: str
    """The line as it should be, without what stands before it."""
    wrong: str
    """The line as it is."""
    says: str
    """What is wrong, in words."""
    kind: str
    """What kind of mistake it is."""
    text: str
    """The whole file with the bug in it."""


@cache
def functions() -> tuple[Function, ...]:
    """Return the functions of the project, in the order of files and lines."""
    found = []
    for path, text in sorted(project_files().items()):
        if path.startswith(_PACKAGE) and path.endswith(".py"):
            found += list(_functions(path, ast.parse(text).body, ""))
    return tuple(found)


def _functions(path: str, body: list[ast.stmt], owner: str) -> Iterator[Function]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(path, node.body, node.name)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            about = (ast.get_docstring(node) or "").splitlines()[0]
            last = node.end_lineno or node.lineno
            yield Function(path, node.name, owner, node.lineno, last, about)


@cache
def bugs() -> tuple[Bug, ...]:
    """Return every bug that can be put into the project, in the order of files and lines."""
    found = []
    for path in sorted({function.path for function in functions()}):
        text = project_files()[path]
        own = [each for each in functions() if each.path == path]
        for node in ast.walk(ast.parse(text)):
            within = [
                each for each in own if each.line < getattr(node, "lineno", 0) <= each.last_line
            ]
            for change in _changes(node) if within else ():
                bug = _bug(text, within[-1], change)
                if bug is not None:
                    found.append(bug)
    return tuple(sorted(found, key=lambda bug: (bug.function.path, bug.line, bug.wrong)))


@cache
def names_of_others() -> frozenset[str]:
    """Return names that stand for more than one thing in the project's Python files.

    Those are names of several functions, of variables and arguments, and of methods of objects that
    are not ours, such as `items` of a dict.
    """
    counted = Counter(each.name for each in functions())
    found = {name for name, n in counted.items() if n > 1}
    methods = {each.name for each in functions() if each.owner}
    foreign = {name for kind in (dict, list, set, str) for name in dir(kind)}
    for path, text in project_files().items():
        for node in ast.walk(ast.parse(text)) if path.endswith(".py") else ():
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    found.add(name)
                case ast.Attribute(attr=name) if name not in methods or name in foreign:
                    found.add(name)
                case _:
                    pass
    return frozenset(found)


class _Change(NamedTuple):
    line: int
    start: int
    end: int
    right: str
    wrong: str
    kind: str


def _changes(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[other]) if type(op) in _COMPARE:
            yield from _between(left, other, _COMPARE[type(op)], "comparison")
        case ast.BinOp(left=left, op=op, right=other) if type(op) in _ARITHMETIC:
            yield from _between(left, other, _ARITHMETIC[type(op)], "arithmetic")
        case ast.BoolOp(op=op, values=[left, other]):
            pair = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
            yield from _between(left, other, pair, "logic")
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            wrong = str(value + 1)
            yield _Change(
                node.lineno, node.col_offset, node.end_col_offset or 0, str(value), wrong, "number"
            )
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            start = node.func.col_offset
            yield _Change(node.lineno, start, start + len(name), name, _CALLED[name], "function")
        case ast.UnaryOp(op=ast.Not(), operand=operand) if operand.lineno == node.lineno:
            start, end = node.col_offset, operand.col_offset
            yield _Change(node.lineno, start, end, "not ", "", "logic")
        case ast.UnaryOp(op=ast.USub(), operand=ast.Call() as operand):
            yield _Change(node.lineno, node.col_offset, operand.col_offset, "-", "", "order")
        case _:
            return


def _between(
    left: ast.expr, other: ast.expr, signs: tuple[str, str], kind: str
) -> Iterator[_Change]:
    """Yield the change of the sign between two expressions on one line."""
    if left.end_lineno == other.lineno and left.end_col_offset is not None:
        yield _Change(other.lineno, left.end_col_offset, other.col_offset, *signs, kind)


def _bug(text: str, function: Function, change: _Change) -> Bug | None:
    rows = text.splitlines(keepends=True)
    row = rows[change.line - 1]
    between = row[change.start : change.end]
    if change.right not in between or not row.isascii():
        return None
    wrong = between.replace(change.right, change.wrong, 1)
    new = row[: change.start] + wrong + row[change.end :]
    rows[change.line - 1] = new
    changed = "".join(rows)
    right, wrong_line = row.strip(), new.strip()
    if text.count(right) != 1 or changed.count(wrong_line) != 1:
        return None
    said = _words(change)
    return Bug(function, change.line, right, wrong_line, said, change.kind, changed)


def _words(change: _Change) -> str:
    right, wrong = change.right.strip(), change.wrong.strip()
    said = _SAYS["negation" if change.kind == "logic" and not wrong else change.kind]
    return said.format(right=right, wrong=wrong)
