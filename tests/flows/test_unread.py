"""What could not be read is told with its reasons, and apart from what is left alone."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.flows.sessions import write_session
from tracemill.flows.ingest.consent import NO_CONSENT
from tracemill.flows.ingest.results import COPY
from tracemill.flows.views.unread import LEFT_ALONE, read_unread
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    inputs = tmp_path / "in"
    write_session(inputs, "s1", 3)
    (inputs / "strange.jsonl").write_text('{"nobody": "knows"}\n')
    (inputs / "odd.jsonl").write_text('{"nobody": "knows me"}\n')
    (inputs / "notes.css").write_text("p { margin: 0 }\n")
    (session,) = inputs.rglob("s1*.jsonl")
    with session.open("a") as lines:
        lines.write("{ no JSON\n")
    made = Workspace(tmp_path / "workspace")
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(made, [inputs], nowhere, Options(workers=1), lambda _: None)
    return made


def test_inputs_are_told_by_their_reason_and_lines_by_their_place(workspace: Workspace) -> None:
    unread = read_unread(workspace)
    (refused,) = unread.refused
    assert refused.reason == "unrecognised"
    assert [place.rsplit("/", 1)[-1] for place in refused.places] == ["odd.jsonl", "strange.jsonl"]
    (line,) = unread.lines
    assert line.reason == "not_json"
    assert "no JSON" not in line.detail


def test_what_ingest_leaves_alone_is_no_fault() -> None:
    assert {COPY, NO_CONSENT} <= LEFT_ALONE


def test_the_page_of_runs_names_every_place(workspace: Workspace) -> None:
    page = TestClient(make_pages(workspace)).get("/runs").text
    assert "What could not be read" in page
    assert "2 inputs" in page
    assert "strange.<wbr>jsonl" in page
    assert "nobody" not in page
