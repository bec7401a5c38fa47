"""What people and programs see of the work as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.repositories import Repository
from tracemill.cli.app import call


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("metrics")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    repository.commit("Read the cache later\n\nbecause it was empty", a__py="1", README__md="x")
    repository.commit("wip", a__py="2")
    where = str(root / "ws")
    assert call(["run", str(repository.path), "--workspace", where, "--quiet"]) == 0
    return where


def rows(
    capsys: pytest.CaptureFixture[str], workspace: str, *more: str
) -> dict[str, tuple[float | None, int]]:
    capsys.readouterr()
    assert call(["metrics", "show", "--workspace", workspace, "--json", *more]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "tracemill.metrics/1"
    return {row["name"]: (row["value"], row["whole"]) for row in found["rows"]}


def test_a_repository_has_its_numbers(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rows(capsys, workspace) == {
        "commits.message_quality": (0.275, 2),
        "commits.documented": (0.5, 2),
    }


def test_only_a_period_is_counted(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rows(capsys, workspace, "--since", "2030-01-01") == {}


def test_people_read_shares(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["metrics", "show", "--workspace", workspace]) == 0

    assert "50%  (1 of 2)" in capsys.readouterr().out


def cases(
    capsys: pytest.CaptureFixture[str], workspace: str, habit: str
) -> list[tuple[float, list[str], str]]:
    capsys.readouterr()
    assert call(["metrics", "show", "--habit", habit, "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["habit"]) == ("tracemill.habit-cases/1", habit)
    return [(row["value"], row["missing"], row["what"]) for row in found["rows"]]


def test_each_message_is_scored_with_what_it_lacks_the_worst_first(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cases(capsys, workspace, "commits.message_quality") == [
        (0.0, ["why", "what", "validation", "context", "refs"], "wip"),
        (0.55, ["validation", "context", "refs"], "Read the cache later"),
    ]
    assert cases(capsys, workspace, "commits.documented") == [
        (0.0, ["documents"], "wip"),
        (1.0, [], "Read the cache later"),
    ]
    assert call(["metrics", "show", "--habit", "commits.documented", "--workspace", workspace]) == 0
    assert "documents" in capsys.readouterr().out


@pytest.fixture(scope="module")
def disciplined(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Headers of two files: of one, issues are resolved, of the other, nobody keeps it up."""
    root = tmp_path_factory.mktemp("headers")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    first = "// ISSUES: 2 open\n// - [ ] Issue #1: guessed path\n// - [ ] Issue #2: bare names\n"
    repository.commit("Note issues", a__ts=first, b__ts="// ISSUES: 1 open\n// - [ ] Issue: x\n1")
    second = "// ISSUES: 1 open\n// - [ ] Issue #1: bare names\n"
    body = "Root cause: three places guess it.\n"
    repository.commit(f"fix: one path\n\n{body}", a__ts=second)
    repository.commit(
        "fix: names", a__ts="// ISSUES: 0 open\n", b__ts="// ISSUES: 1 open\n// - [ ] Issue: x\n2"
    )
    repository.commit("Plan", PLAN__md="# Types\n## Problem\nIt is slow.\n## Results\n")
    where = str(root / "ws")
    assert call(["run", str(repository.path), "--workspace", where, "--quiet"]) == 0
    return where


def test_files_whose_header_was_left_are_named(
    disciplined: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cases(capsys, disciplined, "issues.headers_kept_up") == [
        (0.0, ["header"], "b.ts"),
        (1.0, [], "a.ts"),
        (1.0, [], "a.ts"),
    ]


def test_issues_resolved_without_a_cause_are_named(
    disciplined: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cases(capsys, disciplined, "issues.headers_explained") == [
        (0.0, ["cause"], "a.ts: bare names"),
        (1.0, [], "a.ts: guessed path"),
    ]
    assert rows(capsys, disciplined)["issues.headers_explained"] == (0.5, 2)


def test_plans_are_told_with_what_they_lack(
    disciplined: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cases(capsys, disciplined, "documents.whole") == [
        (0.3333, ["phases", "results"], "PLAN.md")
    ]


@pytest.mark.parametrize("more", [["--habit", "odd"], ["--habit", "odd", "--metric", "retries"]])
def test_an_unknown_habit_is_refused(
    workspace: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["metrics", "show", "--workspace", workspace, *more]) == 2
    assert "expected" in capsys.readouterr().err


def test_without_anything_there_is_nothing_to_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["metrics", "show", "--workspace", str(tmp_path)]) == 3
    assert "nothing is kept" in capsys.readouterr().err


def test_work_is_told_with_the_places_that_it_is_missing_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = write_session(tmp_path / "in", "s1", 2, word="mend the total")
    run, edit = '{"command": "pytest -q"}', '{"file_path": "/srv/app/a.py", "content": "x = 1"}'
    written = log.read_text().replace('"Bash"', '"Write"').replace(run, edit)
    log.write_text(written)
    where = str(tmp_path / "ws")
    assert call(["run", str(tmp_path / "in"), "--workspace", where, "--quiet"]) == 0

    ((value, missing, what),) = cases(capsys, where, "work.written_down")

    assert (value, missing) == (0.0, ["issue", "document", "commit", "todo"])
    assert what.startswith("mend the total")
    assert rows(capsys, where)["work.written_down"] == (value, 1)
