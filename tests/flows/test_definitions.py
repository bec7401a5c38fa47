"""Definitions lie where agents find them, and nobody's own text is written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracemill.base.errors import UsageError
from tracemill.flows.synthesis.definitions import export_definitions
from tracemill.synth.definitions import NAMES, find_definition


def test_all_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / ".claude" / "agents"
    first, second = export_definitions(folder), export_definitions(folder)

    assert first.written == tuple(f"tracemill-{name}.md" for name in NAMES)
    assert (second.written, second.same) == ((), len(NAMES))
    exported = find_definition(str(folder / "tracemill-agentic.md"))
    assert exported == find_definition("agentic")


def test_a_text_of_ones_own_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "tracemill-agentic.md"
    mine.write_text("mine")

    with pytest.raises(UsageError, match=r"other texts of tracemill-agentic\.md; --replace"):
        export_definitions(tmp_path)
    assert (mine.read_text(), len(list(tmp_path.iterdir()))) == ("mine", 1)
    assert export_definitions(tmp_path, ["agentic"], replace=True).written == (mine.name,)
