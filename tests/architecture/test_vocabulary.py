"""One word for one thing: identifiers may not use a word that the glossary replaced."""

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
REPLACED = {
    "transcript": "trajectory",
    "conversation": "trajectory",
    "anonymize": "redact",
    "datapoint": "example",
    "sample": "example",
    "expectation": "check",
    "util": "a room that says what it does",
    "helper": "a room that says what it does",
    "manager": "a name that says what it does",
}


def words(name: str) -> set[str]:
    return {word.lower().removesuffix("s") for word in re.findall(r"[A-Z]?[a-z]+", name)}


def names(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.FunctionDef(name=name)
                | ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
            ):
                found.add(name)
            case _:
                pass
    return found


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=str(p.relative_to(SRC))) for p in sorted(SRC.rglob("*.py"))]
)
def test_identifiers_speak_the_glossary(path: Path) -> None:
    said = {
        word for name in names(ast.parse(path.read_text())) | {path.stem} for word in words(name)
    }

    assert {word: REPLACED[word] for word in said & REPLACED.keys()} == {}
