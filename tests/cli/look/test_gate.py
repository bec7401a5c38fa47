"""`tracemill gate`: what people and programs see of the gates that were read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracemill.cli.app import call

CASE = '<testcase classname="t.T" name="{}" time="0.1">{}</testcase>'


def report(folder: Path, name: str, minute: int, *, is_failing: bool) -> None:
    failure = '<failure message="boom\x1b[31m &lt;b&gt;">t.py:3: E</failure>'.replace("\x1b", "")
    cases = CASE.format("test_a", failure if is_failing else "") + CASE.format("test_b", "")
    (folder / name).write_text(
        f'<testsuites name="pytest tests"><testsuite name="pytest" time="1"'
        f' timestamp="2026-03-01T10:0{minute}:00Z">{cases}</testsuite></testsuites>'
    )


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    inputs = tmp_path / "in"
    inputs.mkdir()
    report(inputs, "one.xml", 1, is_failing=True)
    report(inputs, "two.xml", 2, is_failing=False)
    (inputs / "lcov.info").write_text("SF:a.c\nDA:1,1\nDA:2,0\nend_of_record\n")
    where = str(tmp_path / "ws")
    assert call(["run", str(inputs), "--workspace", where, "--quiet"]) == 0
    return where


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert call([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_gates_are_listed_newest_first(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = answer(capsys, "gate", "list", "--workspace", workspace)

    assert listed["schema"] == "tracemill.gates/1"
    rows = [
        (row["gate"], row["tool"], row["status"], row["total"], row["failed"])
        for row in listed["rows"]
    ]
    assert rows == [
        ("test", "pytest", "passed", 2, 0),
        ("test", "pytest", "failed", 2, 1),
        ("coverage", None, "unknown", 1, 0),
    ]
    assert listed["rows"][2]["line_rate"] == 0.5


def test_fixes_are_listed(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    gates = answer(capsys, "gate", "list", "--workspace", workspace)["rows"]
    (fix,) = answer(capsys, "gate", "fixes", "--workspace", workspace)["rows"]

    assert (fix["before"], fix["after"]) == (gates[1]["id"], gates[0]["id"])
    assert (fix["fixed"], fix["is_green"], fix["tests"]) == (1, True, ["t.T::test_a"])


def test_a_gate_shows_what_failed_where(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    gates = answer(capsys, "gate", "list", "--workspace", workspace)["rows"]
    shown = answer(capsys, "gate", "show", gates[1]["id"], "--limit", "1", "--workspace", workspace)
    assert [result["name"] for result in shown["results"]] == ["test_a"]
    assert (shown["n_results"], len(shown["fixes"])) == (2, 1)

    assert call(["gate", "show", gates[1]["id"][:12], "--workspace", workspace]) == 0
    text = capsys.readouterr().out
    assert "failed  t.T::test_a  t.py:3  boom[31m <b>" in text
    assert "Fixed        1 test until" in text


def test_status_and_run_count_gates(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = answer(capsys, "status", "--workspace", workspace)["store"]

    assert store["gates"] == {"failed": 1, "passed": 1, "unknown": 1}
    assert store["fixed_tests"] == 1


def test_an_unknown_gate_is_not_found(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["gate", "show", "gate_none", "--workspace", workspace]) == 3
    assert "tracemill gate list" in capsys.readouterr().err


def test_gates_that_were_told_and_flaky_tests_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = str(tmp_path / "ws")
    for verdict in ("fail", "pass"):
        payload = json.dumps({"gate_id": "g", "validation_result": verdict, "commit": "0f"})
        assert call(["emit", "gate", "--json", payload, "--workspace", where]) == 0
    inputs = tmp_path / "in"
    inputs.mkdir()
    assert call(["run", str(inputs), "--workspace", where, "--quiet"]) == 0
    rows = answer(capsys, "gate", "list", "--workspace", where)["rows"]
    (flaky,) = answer(capsys, "gate", "flaky", "--workspace", where)["rows"]
    shown = answer(capsys, "gate", "show", rows[0]["id"], "--workspace", where)

    assert [(row["title"], row["gate"]) for row in rows] == [("g", "other")] * 2
    assert {row["status"] for row in rows} == {"passed", "failed"}
    assert (flaky["name"], flaky["commit"], flaky["failed"], flaky["passed"]) == ("g", "0f", 1, 1)
    assert sorted(flaky["runs"]) == sorted(row["id"] for row in rows)
    assert [one["id"] for one in shown["flaky"]] == [flaky["id"]]
    assert call(["gate", "fixes", "--workspace", where]) == 3
