"""Laws of what tells of a team's process, whatever stands in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.repositories import Repository
from tests.sources.entire_metadata.checkpoints import checkpoint_files, metadata, put_branch
from tests.sources.laws import assert_adds_up, misshapen
from tests.sources.reading import blocks_of, read
from tests.sources.team_reports.lines import LINES

from tracemill.base.errors import SourceError
from tracemill.sources import load_source
from tracemill.sources.process_files.issue_headers import issue_header
from tracemill.sources.process_files.markdown import (
    phases_of,
    said_in,
    sections_of,
    title_of,
    todos_of,
)
from tracemill.sources.protocol import Source

OBJECTS: Final[Mapping[str, list[dict[str, Any]]]] = {
    "team-reports": list(LINES.values()),
    "entire-metadata": [
        metadata("a1", "s", token_usage={"input_tokens": 1}, agent="Codex"),
        metadata("a1", "s", initial_attribution={"agent_lines": 1, "agent_percentage": 50}),
        metadata("a1", "s", summary={"learnings": {"code": [{"path": "a"}]}, "friction": ["x"]}),
        metadata("a1", None),
    ],
}
LONG: Final = (
    "# ",
    "// ",
    "- [ ] ",
    " ",
    "#",
    "-",
    "[",
    "*",
    "a",
    "✅",
    "Phase 1 ",
    "ISSUES: 1 open",
)


@st.composite
def files(draw: st.DrawFn, name: str) -> bytes:
    """Draw lines that hold anything anywhere, or one document over several lines."""
    objects = draw(misshapen(OBJECTS[name], max_size=4))
    if len(objects) == 1 and draw(st.booleans()):
        return json.dumps(objects[0], indent=2).encode()
    return "\n".join(map(json.dumps, objects)).encode()


@pytest.mark.parametrize("name", list(OBJECTS))
@given(data=st.data())
def test_nothing_in_a_file_is_a_crash_and_blocks_do_not_matter(
    name: str, data: st.DataObject
) -> None:
    source = load_source(name)
    content = data.draw(files(name))
    whole = read(source, content)

    assert_adds_up(whole)
    assert read(source, blocks_of(content, data.draw(st.integers(1, 99)))).records == whole.records


def stream_of(source: Source, repo: Repository) -> bytes:
    repo.commit("plan", PLAN__md="# Plan\n## Phase 1: x\n- [ ] a\n", a__ts="// ISSUES: 1 open\n")
    repo.commit("done", PLAN__md="# Plan\n**Status:** done\n", a__ts=None)
    put_branch(repo, checkpoint_files(("aa01", "s", b"{}\n")))
    with source.open(repo.path) as opened:
        return opened.read()


@pytest.mark.parametrize("name", ["process-files", "entire", "git"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_streams_end_in_an_error_that_is_named_or_in_less(
    name: str, repo: Repository, data: st.DataObject
) -> None:
    source = load_source(name)
    stream = stream_of(source, repo) if not repo.shas else None
    if stream is None:
        with source.open(repo.path) as opened:
            stream = opened.read()
    at = data.draw(st.integers(0, len(stream)))
    damaged = stream[:at] + data.draw(st.binary(max_size=3)) + stream[at + 1 :]
    with suppress(SourceError):
        assert_adds_up(read(source, damaged[: data.draw(st.integers(0, len(damaged)))]))
    assert read(source, blocks_of(stream, data.draw(st.integers(1, 999)))).records == (
        read(source, stream).records
    )


@pytest.mark.parametrize("piece", LONG)
def test_a_very_long_line_is_read_like_any_other(piece: str) -> None:
    text = f"# T\n{piece * 50_000}x\n// ISSUES: 1 open\n// {piece * 50_000}y\n"
    sections = sections_of(text)
    issue_header(text)
    assert "".join(section.text for section in sections) == text
    assert title_of(sections) is not None
    assert isinstance((phases_of(sections), said_in(sections), todos_of(text)), tuple)
