"""The index tells definitions from uses, in every language that the project holds."""

from __future__ import annotations

import pytest

pytest.importorskip("tree_sitter", reason="tree-sitter is not installed: tracemill[synth]")

from tracemill.synth.project import project_files
from tracemill.synth.symbols import Index, index_files

PYTHON = b'''
"""shelf in a docstring is no use."""
from shop import shelf


class Cart:
    def add(self, item):
        return shelf(item)  # shelf


def total(cart):
    return cart.add(1) + shelf.size
'''


@pytest.fixture(scope="module")
def project() -> Index:
    return index_files({path: text.encode() for path, text in project_files().items()})


def test_symbols_have_their_place_owner_and_signature() -> None:
    index = index_files({"cart.py": PYTHON})

    assert [(s.full_name, s.kind, s.line, s.signature) for s in index.symbols] == [
        ("Cart", "class", 6, "class Cart"),
        ("Cart.add", "function", 7, "def add(self, item)"),
        ("total", "function", 11, "def total(cart)"),
    ]


def test_a_name_in_a_text_or_comment_is_no_use() -> None:
    index = index_files({"cart.py": PYTHON})

    assert [(r.line, r.kind, r.within) for r in index.references["shelf"]] == [
        (3, "import", ""),
        (8, "call", "Cart.add"),
        (12, "use", "total"),
    ]
    assert [(r.line, r.kind) for r in index.references["add"]] == [(12, "call")]


@pytest.mark.parametrize(
    ("name", "path", "used_in"),
    [
        ("Stock.take", "larder/stock.py", "test_the_oldest_is_taken_first"),
        ("grams_per", "scale/src/lib.rs", "read_line"),
        ("Reading.net", "scale/src/lib.rs", None),
        ("daysLeft", "web/src/pantry.ts", "PantryView.expiringRows"),
        ("Ledger.Put", "sync/sync.go", "MergeInto"),
    ],
)
def test_four_languages_are_known(
    project: Index, name: str, path: str, used_in: str | None
) -> None:
    (found,) = project.named(name)

    assert found.path == path
    uses = {each.within for each in project.references.get(found.name, ())}
    assert used_in in uses if used_in else not uses


def test_files_in_no_known_language_are_passed_over(project: Index) -> None:
    assert dict(project.languages) == {"python": 26, "rust": 1, "typescript": 1, "go": 1}
    assert "README.md" not in project.lines
