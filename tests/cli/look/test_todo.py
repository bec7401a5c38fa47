"""What people and programs see of todos, and of the trend of gates."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.look.test_handoff import log
from tests.cli.test_cli import ask
from tests.repositories import Repository
from tracemill.cli.app import call

PLAN = "# Plan\n\n## Phase 1: Bills\n\n- [{box}] teach the parser discounts\n- [ ] ship it\n"
REPORT = '<testsuite name="t" timestamp="2026-03-0{day}T10:00:00" tests="2" failures="{failed}">{cases}</testsuite>'


def written(**todos: str) -> dict[str, Any]:
    listed = [{"content": text, "status": status} for text, status in todos.items()]
    return {"name": "TodoWrite", "input": {"todos": listed}}


def report(path: Path, day: int, *, breaks: bool) -> None:
    fault = "<failure message='no'/>" if breaks else ""
    cases = f'<testcase classname="t" name="a"/><testcase classname="t" name="b">{fault}</testcase>'
    path.write_text(REPORT.format(day=day, failed=int(breaks), cases=cases))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("todo")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    (repository.path / "docs" / "plans").mkdir(parents=True)
    repository.commit("Plan bills", **{"docs/plans/bills__md": PLAN.format(box=" ")})
    repository.commit("Teach it", **{"docs/plans/bills__md": PLAN.format(box="x")})
    log(
        root / "in", "s-first", 10, "write a parser", written(parse="pending"),
        written(parse="in_progress"), written(parse="completed"), "Done.",
    )  # fmt: skip
    (root / "gates").mkdir()
    report(root / "gates" / "one.xml", 1, breaks=False)
    report(root / "gates" / "two.xml", 2, breaks=True)
    sources = [str(root / "in"), str(repository.path), str(root / "gates")]
    assert call(["run", *sources, "--workspace", str(root / "workspace"), "--quiet"]) == 0
    return root


def test_entries_of_sessions_and_documents_are_listed_alike(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    found = ask(capsys, place, "todo", "list", "--json").document
    rows = {row["text"]: row for row in found["rows"]}

    assert found["schema"] == "tracemill.todos/1"
    assert found["statuses"] == {"completed": 2, "pending": 1}
    assert rows["parse"]["place"] == "session"
    assert [move["status"] for move in rows["parse"]["moves"]] == [
        "pending", "in_progress", "completed",
    ]  # fmt: skip
    ticked = rows["teach the parser discounts"]
    assert (ticked["place"], ticked["under"]) == ("document", "phase 1 Bills")
    assert [(each["subject"], each["method"]) for each in ticked["commits"]] == [
        ("Teach it", "ticked")
    ]
    assert found["n_carried_out"] == 1
    open_ = ask(capsys, place, "todo", "list", "--open", "--place", "document")
    assert "ship it" in open_.out
    assert "discounts" not in open_.out


def test_an_entry_shows_its_changes_and_commits(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    rows = ask(capsys, place, "todo", "list", "--json").document["rows"]
    name = next(row["id"] for row in rows if "discounts" in row["text"])
    shown = ask(capsys, place, "todo", "show", name).out

    assert "Under        phase 1 Bills" in shown
    assert shown.count("Move ") == 2
    assert "ticked)  Teach it" in shown
    assert ask(capsys, place, "todo", "show", "nobody").code == 3


def test_where_gates_got_worse_is_listed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    found = ask(capsys, place, "gate", "trend", "--json").document

    assert (found["total"], found["n_compared"], found["n_worse"]) == (2, 1, 1)
    assert found["rows"][0]["worse"] == ["verdict", "failing"]
    assert [name.rpartition("::")[2] for name in found["rows"][0]["broken"]] == ["b"]
    worse = ask(capsys, place, "gate", "trend", "--worse", "--strict")
    assert (worse.code, "verdict, failing" in worse.out) == (1, True)
    assert len(ask(capsys, place, "gate", "trend", "--jsonl").out.splitlines()) == 2


def test_without_gates_nothing_can_have_got_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log(tmp_path / "in", "s-only", 10, "write a parser", "Done.")
    workspace = ["--workspace", str(tmp_path / "ws")]
    call(["run", str(tmp_path / "in"), *workspace, "-q"])
    capsys.readouterr()

    assert call(["gate", "trend", *workspace]) == 3
    assert "no run of a gate is held" in capsys.readouterr().err
