"""Attempts at artifacts become pairs, imitated work, labels, figures and their own lines again."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tests.sources.artifacts.attempts import REQUEST, attempt
from tests.sources.reading import jsonl
from tracemill.cli.app import call
from tracemill.flows.deriving.facts import Facts
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "in").mkdir()
    lines = [attempt(0, "decorator"), attempt(1)]
    (tmp_path / "in" / "attempts.jsonl").write_bytes(jsonl(*lines))
    made = tmp_path / "ws"
    assert call(["run", str(tmp_path / "in"), "--workspace", str(made), "--quiet"]) == 0
    capsys.readouterr()
    return made


def rows(workspace: Path, kind: str) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for file in workspace.glob(f"datasets/chat/*/{kind}*.jsonl")
        for line in file.read_text().splitlines()
    ]


def test_the_attempt_that_was_let_through_is_imitated_and_the_other_never(workspace: Path) -> None:
    chats = [*rows(workspace, "train"), *rows(workspace, "validation")]
    (chat,) = chats
    assert isinstance(chat["messages"], list)
    roles = [message["role"] for message in chat["messages"]]

    assert roles == ["user", "assistant", "tool", "assistant"]
    assert chat["messages"][0]["content"] == REQUEST
    assert chat["trained"] == [False, False, False, True]


def test_both_attempts_are_a_pair(workspace: Path) -> None:
    (pair,) = rows(workspace, "preference")

    assert "return 0" in json.dumps(pair["rejected"])
    assert "return 1" in json.dumps(pair["chosen"])
    assert "builder:retry" in json.dumps(pair["tags"])


def test_each_attempt_is_labelled_and_texts_are_not_kept_with_what_is_counted(
    workspace: Path,
) -> None:
    facts = Facts(Lake(Workspace(workspace).lake))
    labels = sorted((label.name, label.value) for label in facts.labels)
    counted = msgspec.json.encode(facts.reports).decode()

    assert labels == [
        ("artifact.error_type", "decorator"),
        ("artifact.valid", 0.0),
        ("artifact.valid", 1.0),
    ]
    assert REQUEST not in counted
    assert "user_view" not in counted


def test_the_lines_come_out_as_they_went_in(workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call(["data", "reports", "--to", str(out), "--workspace", str(workspace)]) == 0
    file = out / "training_data" / "artifacts-2026-02-16.jsonl"

    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        attempt(0, "decorator"),
        attempt(1),
    ]


def test_a_rule_that_is_broken_often_is_a_pattern_that_asks_for_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    lines = [
        attempt(0, *(["decorator"] if number % 3 else []), user_request=f"View {number}")
        for number in range(30)
    ]
    (tmp_path / "in" / "attempts.jsonl").write_bytes(jsonl(*lines))
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "in"), *place]) == 0
    capsys.readouterr()

    assert call(["pattern", "list", "--json", *place]) == 0
    (found,) = json.loads(capsys.readouterr().out)["patterns"]
    assert found["kind"] == "broken_rules"
    assert found["measure"]["slice"] == {"artifact": "view", "rule": "decorator"}
    assert found["actions"] == ["add_examples", "clarify_constraint"]
    assert found["reasons"][0]["text"] == "lacks decorator"


def test_what_code_shares_that_was_let_through_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    code = "@view\ndef user_view(): ..."
    lines = [attempt(0, user_request=f"View {n}", generated_code=code) for n in range(3)]
    (tmp_path / "in" / "attempts.jsonl").write_bytes(jsonl(*lines))
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "in"), *place]) == 0
    capsys.readouterr()

    assert call(["pattern", "code", "--json", *place]) == 0
    found = json.loads(capsys.readouterr().out)["conventions"]
    assert [(each["form"], each["name"], each["n"]) for each in found] == [
        ("decorator", "view", 3),
        ("ending", "_view", 3),
    ]
    assert call(["pattern", "code", "--artifact", "view", *place]) == 0
    assert "3 of 3" in capsys.readouterr().out
    assert call(["pattern", "code", "--artifact", "service", *place]) == 3


def test_broken_rules_ask_for_examples_pairs_or_plainer_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {"decorator": 12, "f_string": 6, "positional": 4, "rare": 1}
    lines = []
    for number in range(20):
        broken = [rule for rule, n in rules.items() if number < n]
        about = {"user_request": f"View {number}", "file_path": f"views/{number}.py"}
        lines.append(attempt(0, *broken, **about))
    for number in range(4):  # a second attempt, which keeps every rule
        about = {"user_request": f"View {number}", "file_path": f"views/{number}.py"}
        lines.append(attempt(1, **about))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "attempts.jsonl").write_bytes(jsonl(*lines))
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "in"), *place]) == 0
    capsys.readouterr()

    assert call(["pattern", "code", "--broken", "--json", *place]) == 0
    found = json.loads(capsys.readouterr().out)

    told = [
        (each["rule"], each["n_broken"], each["n_judged"], each["wanted"], each["n_mended"])
        for each in found["requests"]
    ]
    assert told == [
        ("decorator", 12, 24, "examples", 4),
        ("f_string", 6, 24, "pairs", 4),
        ("positional", 4, 24, "wording", 4),
    ]
    assert {each["n_kept"] for each in found["requests"]} == {12}
    assert found["n_rare"] == 1
    assert call(["pattern", "code", "--broken", *place]) == 0
    assert "examples that keep it" in capsys.readouterr().out
