"""Real traces against a count of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import FOREIGN, head_of, read_file

from tracemill.sources import sources_of
from tracemill.sources.otlp import Otlp

FOLDER = FOREIGN / "formats" / "otlp_genai" / "vs-copilot" / "redacted"
FILES = sorted(FOLDER.glob("*.jsonl"))


def spans_in(path: Path) -> list[dict[str, Any]]:
    return [
        span
        for line in path.read_text().splitlines()
        for resource in json.loads(line)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def text_of(span: dict[str, Any], name: str) -> str:
    return "".join(p["value"]["stringValue"] for p in span["attributes"] if p["key"] == name)


@pytest.mark.foreign
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:8])
def test_a_real_file_is_told_whole(path: Path) -> None:
    spans = spans_in(path)
    tools = [s for s in spans if text_of(s, "gen_ai.operation.name") == "execute_tool"]
    found = read_file(Otlp(), path)
    calls = [call for step in found.steps for call in step.calls]
    results = [result for step in found.steps for result in step.results]

    assert [call.id for call in calls] == [text_of(s, "gen_ai.tool.call.id") for s in tools]
    assert [call.name for call in calls] == [text_of(s, "gen_ai.tool.name") for s in tools]
    assert [r.content for r in results] == [text_of(s, "gen_ai.tool.call.result") for s in tools]
    assert {r.status for r in results} == {"unknown"}
    assert found.header.session_id == text_of(spans[0], "gen_ai.conversation.id")
    assert (found.tally.n_used, found.tally.skipped) == (len(spans), {})


@pytest.mark.foreign
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:8])
def test_a_real_file_is_known_by_its_bytes(path: Path) -> None:
    assert next(s.name for s in sources_of("file") if s.recognises(head_of(path))) == "otlp"


@pytest.mark.foreign
def test_there_are_real_files() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"no real traces in {FOLDER}")
    assert len(FILES) == 4
