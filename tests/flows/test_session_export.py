"""Sessions on their way out, through the whole store: read, redacted, kept, written again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tests.sources.atif.documents import agent, calling, trajectory, user
from tests.sources.reading import jsonl
from tests.sources.turns.sessions import PLAIN
from tracemill.cli.app import call

DOCUMENT = trajectory(
    user("Fix it", timestamp="2026-03-01T10:00:00Z"),
    calling("pytest", "3 passed", metrics={"prompt_tokens": 5, "completion_token_ids": [1, 2]}),
    agent("It is fixed", extra={"note": [1, None, {"a": 0.5}]}),
    notes="made up",
    subagent_trajectories=[
        trajectory(user("Look"), trajectory_id="sub-1"),
        trajectory(user("Look again"), trajectory_id="sub-0"),
    ],
)


class Workspace:
    """A workspace, asked through the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = str(folder)
        self._capsys = capsys

    def ask(self, *arguments: str) -> str:
        assert call([*arguments, "--workspace", self._folder]) == 0
        return self._capsys.readouterr().out

    def refuse(self, *arguments: str) -> str:
        assert call([*arguments, "--workspace", self._folder]) != 0
        return self._capsys.readouterr().err


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    inputs = tmp_path / "in"
    write_session(inputs, "s2", 2)
    write_session(inputs / "s2" / "subagents", "agent-1", 1)
    (inputs / "run").write_text(json.dumps(DOCUMENT))
    (inputs / "kept").write_bytes(jsonl(PLAIN))
    asked = Workspace(tmp_path / "workspace", capsys)
    asked.ask("run", str(inputs), "--quiet")
    return asked


def document_of(workspace: Workspace, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(workspace.ask("session", "export", name))
    return document


def test_what_was_read_from_the_format_leaves_the_store_as_it_came(workspace: Workspace) -> None:
    assert document_of(workspace, "s1") == DOCUMENT


def test_a_session_of_any_agent_can_be_written(workspace: Workspace) -> None:
    models = pytest.importorskip("atif", reason="the package atif is not installed")

    document = document_of(workspace, "s2")

    assert models.Trajectory.model_validate(document)
    assert [step["source"] for step in document["steps"]] == ["user", "agent", "agent"] * 2
    assert document["steps"][1]["tool_calls"][0]["arguments"] == {"command": "pytest -q"}


def test_a_session_is_one_line_of_turns(workspace: Workspace) -> None:
    (line,) = workspace.ask("session", "export", "s2", "--format", "turns").splitlines()
    first, second = (document := json.loads(line))["turns"]

    assert document["metadata"]["total_tool_calls"] == 2
    assert first["model_response"]["tool_calls"][0]["args"] == {"command": "pytest -q"}
    assert first["user_feedback"]["type"] == "implicit_positive"
    assert second["user_feedback"] is None


def test_a_line_of_turns_leaves_the_store_as_it_came(workspace: Workspace) -> None:
    line = workspace.ask("session", "export", "made-up-1", "--format", "turns")

    assert json.loads(line) == json.loads(jsonl(PLAIN))


def test_a_document_is_written_to_a_new_file_only(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "out" / "session.json"

    said = workspace.ask("session", "export", "s1", "--to", str(path))

    assert json.loads(path.read_text()) == DOCUMENT
    assert str(path) in said
    assert "there already" in workspace.refuse("session", "export", "s1", "--to", str(path))


def test_an_unknown_format_is_answered_with_the_known_ones(workspace: Workspace) -> None:
    assert "known: adp, atif, dialogue, sts, turns" in workspace.refuse(
        "session", "export", "s1", "--format", "atfi"
    )
