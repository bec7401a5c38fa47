"""The tables of docs/sources.md name every source, and claim no less than real files yield."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from tests.sources.reading import Found, read_file
from tests.sources.real_files import FORMATS
from tests.sources.test_index import ROWS, needs_index

from tracemill.capture.agents import AGENTS, Agent
from tracemill.records.events.event import Compaction, Feedback, TodoChange
from tracemill.sources import SOURCES, load_source

DOCUMENT = Path(__file__).parents[2] / "docs" / "sources.md"
KEPT = ("fail", "tok", "think", "todo", "said", "sub", "comp")


def tables() -> dict[str, dict[str, str]]:
    """Return the rows of all tables that begin with a source, by its name."""
    found: dict[str, dict[str, str]] = {}
    columns: list[str] = []
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "source":
            columns = cells
        elif line.startswith("| `"):
            name = cells[0].strip("`")
            assert name not in found, f"{name} stands there twice"
            found[name] = dict(zip(columns, cells, strict=True))
    return found


def kept_of(found: Found) -> Iterator[str]:
    """Yield the columns that say what was found, once or more often."""
    for step in found.steps:
        if any(result.status == "error" for result in step.results):
            yield "fail"
        if step.usage is not None:
            yield "tok"
        if step.reasoning is not None:
            yield "think"
        if step.is_replayed:
            yield "comp"
    for header in found.headers:
        if header.is_subagent:
            yield "sub"
        if header.total_usage is not None:
            yield "tok"
    columns = {Feedback: "said", TodoChange: "todo", Compaction: "comp"}
    yield from (columns[type(event)] for event in found.events if type(event) in columns)


def test_every_source_has_one_row() -> None:
    assert tables().keys() == SOURCES.builtin.keys()


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_the_folder_of_every_agent_is_named(agent: Agent) -> None:
    named = tables()[agent.source]["looked for in"].strip("`")
    places = (str(Path("~", agent.folder, place)) for place in agent.sessions)

    assert any(fnmatch(place, f"*{named}*") for place in places)


@needs_index
@pytest.mark.foreign
def test_no_source_keeps_more_than_its_row_says() -> None:
    kept: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        if row.source is not None:
            kept[row.source].update(kept_of(read_file(load_source(row.source), FORMATS / row.file)))
    said = {
        name: {column for column in KEPT if row.get(column) == "yes"}
        for name, row in tables().items()
    }

    assert {name: found - said[name] for name, found in kept.items() if found - said[name]} == {}
