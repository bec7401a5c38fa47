"""Which calls of real sessions failed: as many as the documents say, so that a change is looked at."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import FORMATS

from tracemill.sources import sources_of

pytestmark = pytest.mark.foreign

SOURCES_PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
FOLDERS = {
    "Claude Code": "claude_code",
    "Codex": "codex",
    "Aider": "aider",
    "SpecStory": "specstory_md",
    "SWE-agent": "swe_agent_traj",
    "pi": "pi",
    "GitHub Copilot CLI": "copilot_cli",
    "OpenHands": "openhands",
    "mini-SWE-agent": "mini_swe_agent",
    "Gemini CLI": "gemini_cli",
}
MADE_UP = ("*fixtures", "*testdata", "claude-code-log-2025")
"""Folders of sessions that somebody wrote, or that belong to no project."""


@cache
def documented() -> dict[str, int]:
    """Return how many failing calls each format has, by the table in the documents."""
    _, _, section = SOURCES_PAGE.read_text(encoding="utf-8").partition("## How true the failures")
    rows = [line.split("|")[1:3] for line in section.split("\n") if line.startswith("| ")]
    return {name.strip(): int(found) for name, found in rows if found.strip().isdigit()}


def failing(folder: Path) -> int:
    """Return how many calls failed in the real sessions below a folder."""
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}; set TRACEMILL_SHARED_DATA")
    made_up = {path for name in MADE_UP for path in folder.glob(name)}
    n_failing = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or made_up.intersection(path.parents):
            continue
        source = next(each for each in sources_of("file") if each.recognises(head_of(path)))
        results = [result for step in read_file(source, path).steps for result in step.results]
        n_failing += sum(result.status == "error" for result in results)
    return n_failing


def test_the_table_has_a_row_for_each_format() -> None:
    assert documented().keys() == FOLDERS.keys()


@pytest.mark.parametrize("name", FOLDERS)
def test_failing_calls_are_those_that_were_looked_at(name: str) -> None:
    assert failing(FORMATS / FOLDERS[name]) == documented()[name]
