"""Python is read as Python, also where it is newer than what runs us."""

from __future__ import annotations

import ast

import pytest

from tracemill.base.python_code.syntax import parse_python


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        'html(t"<p>{user.name}</p>")',
        "html(t'''\n<p>{name}</p>\n''')",
        'a = rt"{x}" + Tr"{y}"',
        "type Pair[T] = tuple[T, T]",
        "type Names = list[str]",
        "def first[T: (int, str)](items: list[T]) -> T:\n    return items[0]",
        "class Box[T, *Ts](Base):\n    async def get[K: dict[str, int]](self) -> T: ...",
    ],
)
def test_what_some_python_reads_is_a_tree(code: str) -> None:
    assert parse_python(code) is not None


@pytest.mark.parametrize(
    "code",
    [
        "def (",
        'x = "it isn\'t" t"',
        "print t'x'",
        "type = ",
        "class Box[T:\n    pass",
        't"{x" + 1 +',
        "x = 1 \x00",
    ],
)
def test_what_no_python_reads_is_none(code: str) -> None:
    assert parse_python(code) is None


def test_what_a_template_string_holds_is_in_the_tree() -> None:
    tree = parse_python('html(t"<p>{user.name}</p>")')

    assert tree is not None
    assert any(isinstance(node, ast.Attribute) and node.attr == "name" for node in ast.walk(tree))
