"""Where what is kept was made by rules of another version, it is said, and what renews it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING
from tracemill.store.index import Index
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", "s1", 2)
    made = Workspace(tmp_path / "workspace")
    assert call(["run", str(tmp_path / "in"), "--workspace", str(made.root), "-q"]) == 0
    return made


def asked(
    capsys: pytest.CaptureFixture[str], workspace: Workspace, *arguments: str
) -> dict[str, Any]:
    capsys.readouterr()
    assert call([*arguments, "--workspace", str(workspace.root), "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def rules_check(capsys: pytest.CaptureFixture[str], workspace: Workspace) -> dict[str, str]:
    checks = asked(capsys, workspace, "doctor")["checks"]
    return next(check for check in checks if check["name"] == "rules")


def test_what_other_rules_made_is_said_until_a_run(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not asked(capsys, workspace, "status").get("is_outdated")
    with Index(workspace.index) as index:
        index.note(rules="of another version")

    told = asked(capsys, workspace, "status")
    assert (told["is_outdated"], told["next"]) == (True, ["tracemill run"])
    call(["status", "--workspace", str(workspace.root)])
    assert "Outdated     made by rules of another version" in capsys.readouterr().out
    assert rules_check(capsys, workspace)["status"] == "warn"

    call(["run", str(tmp_path / "in"), "--workspace", str(workspace.root), "-q"])
    assert not asked(capsys, workspace, "status").get("is_outdated")
    assert rules_check(capsys, workspace)["status"] == "ok"


def test_inputs_that_other_rules_read_are_counted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tracemill.flows.ingest.plan.reading_code", lambda _source: "another")

    said = rules_check(capsys, workspace)

    assert said["status"] == "warn"
    assert said["detail"].startswith("1 input read by rules of another version")


@pytest.mark.parametrize(
    "asking",
    [["show", "--metric"], ["cases", "--metric"], ["rank", "--by", "agent", "--metric"]],
    ids=["value", "cases", "ranking"],
)
def test_what_other_rules_did_not_note_is_not_said_to_have_never_been(
    asking: list[str], workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_for = ["metrics", *asking, "plan_approval_rate", "--workspace", str(workspace.root)]
    assert call(asked_for) == EXIT_NOTHING
    assert "nothing was read that plan_approval_rate counts" in capsys.readouterr().err

    with Index(workspace.index) as index:
        index.note(rules="of another version")
    assert call(asked_for) == EXIT_NOTHING
    said = capsys.readouterr().err
    assert "made by rules of another version and does not tell plan_approval_rate" in said
    assert "tracemill run" in said
