"""What people and programs see of tools and turns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.test_cli import SCHEMA
from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING
from tracemill.flows.analysis.turns import telling_weights

VERSIONS = {"hover": "2.1"}
CODE = "r = lint()\nif r.error_count > 0:\n    for e in r.errors[:5]: print(e)"


def turn(number: int, said: str, *calls: tuple[str, dict[str, Any], Any]) -> dict[str, Any]:
    made = [
        {"tool": tool, "args": args, "result": result, "tool_version": VERSIONS.get(tool)}
        for tool, args, result in calls
    ]
    response = {"tool_calls": made, "response_text": "Done."}
    return {"turn_number": number, "user_message": said, "model_response": response}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("tools")
    sessions = [
        {
            "session_id": f"s{number}", "start_time": f"2026-02-0{number}T10:00:00Z",
            "turns": [
                turn(1, "show hover for UserService",
                     ("goto_definition", {"symbol": "UserService"}, {"type": "D", "file": "a.py"})),
                turn(2, "no, I wanted hover, not goto",
                     ("hover", {"symbol": "UserService"}, {"type": "H", "doc": None})),
                turn(3, "first lint it, then run the tests",
                     ("execute_code", {"code": CODE}, {"type": "text", "text": "2"}),
                     ("pytest_run", {}, {"type": "text", "text": "3 passed"})),
                turn(4, "thanks, perfect"),
            ],
        }
        for number in (1, 2)
    ]  # fmt: skip
    file = root / "in" / "turns.jsonl"
    file.parent.mkdir()
    file.write_text("".join(json.dumps(each) + "\n" for each in sessions))
    found = str(root / "workspace")
    assert call(["run", str(file), "--workspace", found, "--quiet"]) == 0
    return found


def said(capsys: pytest.CaptureFixture[str], workspace: str, *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert call([*words, "--workspace", workspace]) == code
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        (("list",), ["hover", "2", "2"]),
        (("sequences",), ["execute_code", "→", "pytest_run"]),
        (("confusions",), ["goto_definition", "hover", "2", "show", "hover"]),
        (("fields",), ["lint", "error_count", "2", "100%"]),
        (("fields", "--patterns"), ["lint", "2", "5", "limited", "count", "then", "iterate"]),
        (("show", "hover"), ["Corrected", "to", "another"]),
        (("show", "execute_code"), ["Level", "code", "2"]),
        (("show", "hover"), ["Version", "2.1", "2"]),
    ],
)
def test_tools_are_shown(
    workspace: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], cells: list[str]
) -> None:
    lines = [line.split() for line in said(capsys, workspace, "tool", *words).splitlines()]

    assert any(set(cells) <= set(line) for line in [[w.strip(",") for w in x] for x in lines])


def test_a_tool_that_nobody_called_is_not_there(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, workspace, "tool", "show", "nothing", code=3)


@pytest.mark.parametrize(
    ("words", "n"),
    [
        ((), 8),
        (("--form", "steps"), 2),
        (("--several",), 2),
        (("--called", "hover"), 2),
        (("--why", "corrected_choice"), 2),
        (("--family", "field_access"), 4),
        (("--level", "code"), 2),
        (("--level", "generated"), 0),
    ],
)
def test_turns_are_listed_by_what_is_asked_for(
    workspace: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], n: int
) -> None:
    code = 0 if n else 3
    lines = said(capsys, workspace, "turn", "list", *words, "--jsonl", code=code).splitlines()

    assert len(lines) == n
    schema = json.loads((SCHEMA / "row.turns.json").read_text())
    for line in lines:
        jsonschema.validate(json.loads(line), schema)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("--telling",), "correction"),
        (("--weight", "acceptance=20"), "acceptance"),
        (("--weight", "correction=0.5"), "acceptance"),
    ],
)
def test_the_most_telling_turns_come_first(
    workspace: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], first: str
) -> None:
    lines = said(capsys, workspace, "turn", "list", *words, "--jsonl").splitlines()
    reactions = [json.loads(line)["reaction"] for line in lines]

    assert reactions[0] == first
    assert reactions[-1] is None


@pytest.mark.parametrize("weight", ["joy=2", "abandonment", "abandonment=-1", "abandonment=x"])
def test_a_weight_is_of_a_reaction(
    workspace: str, capsys: pytest.CaptureFixture[str], weight: str
) -> None:
    said(capsys, workspace, "turn", "list", f"--weight={weight}", code=2)


def test_giving_up_weighs_ten_times_acceptance() -> None:
    weights = telling_weights({"edit": 3.0})

    assert (weights["abandonment"], weights["acceptance"], weights["edit"]) == (10.0, 1.0, 3.0)


def test_the_log_of_a_turn_holds_what_was_asked_called_and_felt(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (first, _) = said(capsys, workspace, "turn", "list", "--several", "--jsonl").splitlines()
    row = json.loads(first)

    assert row["request"] == "first lint it, then run the tests"
    assert [each["action"] for each in row["calls"]] == ["execute_code", "pytest_run"]
    assert (row["form"], row["reaction"], row["strength"]) == ("steps", "acceptance", 0.8)
    assert row["accesses"][0]["conditional"] == "r.error_count > 0"


@pytest.mark.parametrize(
    ("answer", "words"), [("tools", ("list",)), ("tools", ("sequences",)), ("tool", ("show", "hover"))]
)  # fmt: skip
def test_answers_fit_their_schemas(
    workspace: str, capsys: pytest.CaptureFixture[str], answer: str, words: tuple[str, ...]
) -> None:
    document = json.loads(said(capsys, workspace, "tool", *words, "--json"))

    assert document["schema"] == f"tracemill.{answer}/1"
    jsonschema.validate(document, json.loads((SCHEMA / f"answer.{answer}.json").read_text()))
    assert document["n_said_several"] == document["n_called_several"] == 2


def test_nothing_is_there_without_a_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, str(tmp_path / "none"), "turn", "list", code=3)


def test_a_loop_that_is_not_whole_says_what_it_lacks_and_ends_with_one(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, workspace, "flywheel", "check", code=1)
    document = json.loads(said(capsys, workspace, "flywheel", "check", "--json", code=1))

    lines = {line.split("  ")[0]: line for line in out.splitlines()}
    assert {"held", "missing", "unknown"} <= set(lines)
    assert "model suite build, model eval" in out
    assert document["schema"] == "tracemill.flywheel/1"
    jsonschema.validate(document, json.loads((SCHEMA / "answer.flywheel.json").read_text()))
    held = {each["name"]: each["verdict"] for each in document["held"]}
    assert (held["real_calls"], held["field_use"], held["one_format"]) == (
        "held",
        "held",
        "missing",
    )
    assert document["state"] == "unknown"


def test_what_people_complained_of_are_issues_that_nobody_filed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = {"type": "L", "author": None}
    line = {
        "session_id": "s1",
        "turns": [
            turn(1, "who changed it last?", ("git_log", {"n": 1}, log)),
            turn(2, "no, the git log doesn't show authors", ("git_log", {"n": 1}, log)),
            turn(3, "thanks, perfect"),
        ],
    }
    (tmp_path / "turns.jsonl").write_text(json.dumps(line) + "\n")
    place = str(tmp_path / "ws")
    assert call(["run", str(tmp_path / "turns.jsonl"), "--workspace", place, "--quiet"]) == 0

    (row,) = said(capsys, place, "issue", "list", "--heard", "--jsonl").splitlines()
    issue = json.loads(row)
    shown = said(capsys, place, "issue", "list", "--heard")

    assert issue["title"] == "no, the git log doesn't show authors"
    assert (issue["tool"], issue["request"]) == ("git_log", "who changed it last?")
    assert issue["labels"] == ["bug", "heard"]
    assert "git_log" in shown
    jsonschema.validate(issue, json.loads((SCHEMA / "row.heard-issues.json").read_text()))
    document = json.loads(said(capsys, place, "issue", "list", "--heard", "--json"))
    assert document["tools"] == {"git_log": 1}
    said(capsys, place, "issue", "list", "--heard", "--state", "open", code=2)


def test_contrasts_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "what does hover show of a symbol",
        "show hover of symbol UserService",
        "lint all files",
        "commit it now",
    ]
    line = {
        "session_id": "s1",
        "turns": [
            turn(1, asked[0]),
            turn(2, asked[1], ("hover", {}, None)),
            turn(3, asked[2], ("lint", {}, None)),
            turn(4, asked[3], ("commit", {}, None)),
        ],
    }
    (tmp_path / "turns.jsonl").write_text(json.dumps(line) + "\n")
    place = str(tmp_path / "ws")
    assert call(["run", str(tmp_path / "turns.jsonl"), "--workspace", place, "--quiet"]) == 0

    listed = ["turn", "list", "--contrast"]
    document = json.loads(said(capsys, place, *listed, "pairs", "--json"))
    (row,) = said(capsys, place, *listed, "pairs", "--jsonl").splitlines()

    assert [pair["differ"] for pair in document["pairs"]] == ["call_or_answer"]
    assert json.loads(row)["other"]["action"] == "hover"
    assert "answered in words" in said(capsys, place, *listed, "pairs")
    assert (document["n_pairs"], document["n_turns"], document["boundaries"]) == (1, 4, [])
    said(capsys, place, *listed, "boundary", code=3)
    said(capsys, place, *listed, "pairs", "--called", "hover", code=2)


@pytest.mark.parametrize("kind", ["sequences", "phrases", "confusions", "fields"])
def test_a_list_that_is_empty_says_what_there_is_none_of(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text('{"messages": [{"role": "user", "content": "Hi."}]}\n')
    assert call(["run", str(tmp_path / "in.jsonl"), "--workspace", str(tmp_path / "ours")]) == 0
    capsys.readouterr()

    assert call(["tool", kind, "--workspace", str(tmp_path / "ours")]) == EXIT_NOTHING
    said = capsys.readouterr().err
    assert "0 of 0" not in said
    assert said.startswith(("no ", "nobody ", "nothing "))
