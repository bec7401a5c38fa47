"""What people and programs see of documents, issues, pull requests and decisions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository
from tests.sources.autoforge import test_state as autoforge
from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING
from tracemill.records.events.commits import Commit
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

PLAN = "# Plan\n\n**Status:** {}\n**Branch:** `feature/x`\n\n- [{}] Write `a.py`\n"
HEADER = "// ISSUES: 1 open, last updated 2026-03-01\n// 1. [ ] Too slow\n"
REPOSITORY = {"full_name": "o/r"}
PULL = {
    "number": 7,
    "state": "closed",
    "merged": True,
    "title": "Add x",
    "body": "Why\x1b[2J",
    "user": {"login": "ann"},
    "head": {"ref": "x", "sha": "1" * 40},
    "base": {"ref": "main"},
    "additions": 3,
    "deletions": 1,
    "created_at": "2026-03-01T10:00:00Z",
    "updated_at": "2026-03-02T10:00:00Z",
}
BOB = {"login": "bob"}


def told(folder: Path, name: str, **payload: Any) -> None:
    text = json.dumps({"repository": REPOSITORY, **payload})
    (folder / f"{name}.json").write_text(text)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("held")
    repository = Repository(root / "app")
    (repository.path / "plans").mkdir(parents=True)
    repository.git("init", "-q", "-b", "main")
    for status, box in (("planned", " "), ("done", "x")):
        (repository.path / "plans" / "x.md").write_text(PLAN.format(status, box))
        repository.commit(status, a__ts=HEADER)
    forge = root / "forge"
    forge.mkdir()
    told(forge, "pull", action="closed", pull_request=PULL)
    for number, verdict in enumerate(("changes_requested", "approved")):
        review = {"id": number, "state": verdict, "body": "hm", "user": BOB}
        review["submitted_at"] = f"2026-03-01T1{number}:00:00Z"
        told(forge, f"review{number}", action="submitted", pull_request=PULL, review=review)
    comment = {"id": 9, "body": "Nice", "user": BOB, "path": "a.py", "line": 3}
    told(forge, "comment", action="created", pull_request=PULL, comment=comment)
    issue = {"number": 8, "title": "Slow", "body": "It is", "state": "open", "user": BOB}
    told(forge, "issue", action="opened", issue=issue)
    state = root / "state"
    state.mkdir()
    (state / "work.json").write_bytes(autoforge.WORK)
    (state / "decisions.json").write_bytes(autoforge.DECISIONS)
    where = str(root / "ws")
    places = [str(repository.path), str(forge), str(state)]
    assert call(["run", *places, "--workspace", where, "--quiet"]) == 0
    return where


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert call([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_documents_are_listed_as_they_stood_last(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = answer(capsys, "document", "list", "--workspace", workspace)
    rows = {row["path"]: row for row in listed["rows"]}

    assert listed["schema"] == "tracemill.documents/1"
    assert {path: (row["kind"], row["versions"]) for path, row in rows.items()} == {
        "plans/x.md": ("plan", 2),
        "a.ts": ("issue_header", 1),
    }
    plan = rows["plans/x.md"]
    assert (plan["title"], plan["status"], plan["outcome"]) == ("Plan", "done", "complete")
    assert (plan["branch"], plan["change"]) == ("feature/x", "modified")
    assert plan["first_at"] < plan["last_at"]
    assert rows["a.ts"]["open_issues"] == 1


def test_a_list_of_one_kind_has_no_other(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "document", "list", "--kind", "plan", "--workspace", workspace)
    assert [row["path"] for row in found["rows"]] == ["plans/x.md"]
    assert found["total"] == 1

    assert call(["document", "list", "--kind", "odd", "--workspace", workspace]) == 2
    said = capsys.readouterr().err
    assert all(word in said for word in ("odd", "plan", "issue_header"))


def test_a_document_shows_its_versions_and_any_of_them(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = answer(capsys, "document", "show", "plans/x.md", "--workspace", workspace)
    newest, oldest = shown["versions"]
    earlier = ["document", "show", "plans/x.md", "--commit", oldest["commit"][:8]]

    assert (newest["change"], oldest["change"]) == ("modified", "added")
    assert shown["document"]["commit"] == newest["commit"]
    assert call([*earlier, "--workspace", workspace]) == 0
    assert "**Status:** planned" in capsys.readouterr().out
    assert call(["document", "show", "a.ts", "--workspace", workspace]) == 0
    assert "1 open issue" in capsys.readouterr().out
    assert call(["document", "show", "a.ts", "--commit", "00", "--workspace", workspace]) == 3


def test_a_pull_request_stands_with_its_reviews_and_comments(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = answer(capsys, "pr", "list", "--workspace", workspace)["rows"]
    shown = answer(capsys, "pr", "show", "7", "--workspace", workspace)

    assert (row["repository"], row["number"], row["state"]) == ("o/r", 7, "merged")
    assert (row["reviews"], row["approvals"], row["changes_requested"]) == (2, 1, 1)
    assert (row["comments"], row["added"], row["deleted"]) == (1, 3, 1)
    assert [review["state"] for review in shown["reviews"]] == ["changes_requested", "approved"]
    assert [comment["path"] for comment in shown["comments"]] == ["a.py"]

    assert call(["pr", "show", "o/r#7", "--workspace", workspace]) == 0
    text = capsys.readouterr().out
    assert "Nice" in text
    assert "\x1b" not in text


def test_issues_stand_with_what_they_are_made_of(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = answer(capsys, "issue", "list", "--workspace", workspace)["rows"]
    found = {row["name"]: row for row in rows}
    shown = answer(capsys, "issue", "show", "phase.one", "--workspace", workspace)

    assert found.keys() == {"8", "feature.web", "phase.one", "task.a"}
    assert (found["8"]["tracker"], found["8"]["repository"]) == ("github", "o/r")
    assert (found["phase.one"]["parts"], found["phase.one"]["rolled_up"]) == (1, False)
    assert (found["task.a"]["state"], found["task.a"]["rolled_up"]) == ("closed", None)
    assert [label["name"] for label in shown["labels"]] == ["issue.rolled_up"]
    assert call(["issue", "show", "o/r#8", "--workspace", workspace]) == 0
    assert "It is" in capsys.readouterr().out


def test_a_decision_says_why(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = answer(capsys, "decision", "list", "--workspace", workspace)["rows"]
    assert (row["name"], row["statement"], row["related"]) == ("decision.x", "Keep it", ["task.a"])

    assert call(["decision", "show", "decision.x", "--workspace", workspace]) == 0
    assert "Because It works\n- It stays" in capsys.readouterr().out


def test_what_is_held_is_counted(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = answer(capsys, "status", "--workspace", workspace)["store"]

    assert store["forge"] == {
        "pull_request": 1, "review": 2, "issue": 4, "comment": 1, "decision": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["issue", "pr", "document"])
def test_explaining_what_is_made_of_nothing_else_leads_to_what_shows_it(
    kind: str, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    call([kind, "list", "--workspace", workspace, "--jsonl"])
    name = json.loads(capsys.readouterr().out.splitlines()[0])["id"]

    assert call(["explain", name, "--workspace", workspace]) == EXIT_NOTHING
    said = capsys.readouterr().err
    assert f"see: tracemill {kind} show {name}" in said
    assert call([kind, "show", name, "--workspace", workspace]) == 0


@pytest.mark.parametrize("name", ["todo_0", "handoff_0"])
def test_what_no_list_is_kept_of_is_told_by_its_prefix(
    name: str, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["explain", name, "--workspace", workspace]) == EXIT_NOTHING
    assert f"tracemill {name.partition('_')[0]} show {name}" in capsys.readouterr().err


def test_a_commit_is_explained_by_the_id_that_evidence_has_of_it(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    lake = Lake(Workspace(Path(workspace)).lake)
    commit = next(each for each in lake.records(TABLES["events"]) if isinstance(each, Commit))

    assert call(["explain", commit.id, "--workspace", workspace, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == commit.sha
