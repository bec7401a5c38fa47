"""`review outcomes` says what would be asked, asks it, and how it ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call

SAID = {"outcome": "failed", "step": 0, "evidence": "please", "confidence": 0.9}


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    path = write_session(tmp_path / "in", "s1", 2, word="fix")
    path.write_bytes(path.read_bytes().replace(b"pytest -q", b"cat a.txt"))
    made = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "in"), *made]) == 0
    return made


def script(folder: Path, *answers: str) -> str:
    path = folder / "script.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in answers))
    return f"scripted:{path}"


def test_what_would_be_asked_is_told_and_nothing_is_asked(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["review", "outcomes", script(tmp_path), "--dry-run", *place]) == 0

    printed = capsys.readouterr().out
    assert "Episodes     1, 1 to ask scripted:script.jsonl about" in printed
    assert "Would ask    1 question, " in printed


def test_what_stands_is_told(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = script(tmp_path, json.dumps(SAID))
    assert call(["review", "outcomes", subject, *place]) == 0
    printed = capsys.readouterr().out
    assert call(["review", "outcomes", subject, "--jsonl", *place]) == 0
    (label,) = map(json.loads, capsys.readouterr().out.splitlines())

    assert "Answered     1 now, 0 before" in printed
    assert "Outcomes     failed 1" in printed
    assert (label["outcome"], label["method"], label["step"]) == ("failed", "model", 0)


def test_a_model_that_does_not_answer_makes_it_partial(place: list[str], tmp_path: Path) -> None:
    assert call(["review", "outcomes", script(tmp_path), *place]) == 4


def test_what_was_written_and_what_comes_next_are_told(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--endpoint", "http://a/v1?b=1&c", "--n", "2", "--to", str(tmp_path / "out")]
    told = [arguments for arguments in place if arguments != "--quiet"]
    capsys.readouterr()
    assert call(["review", "outcomes", "openai:a reader", *options, *told]) == 0
    printed = capsys.readouterr()

    assert "Written      1 question, " in printed.out
    assert (
        "tracemill review outcomes 'openai:a reader' --policy unknown --n 2"
        " --endpoint 'http://a/v1?b=1&c' --answers FILE"
    ) in printed.err


def test_a_text_that_looks_like_a_secret_in_json_alone_keeps_no_question_in(
    tmp_path: Path,
) -> None:
    path = write_session(tmp_path / "in", "s1", 2, word="fix")
    called = rb"cd app && BETTER_AUTH_SECRET=\"test-secret-12345678901234567890\" pnpm test:rbac"
    path.write_bytes(path.read_bytes().replace(b"pytest -q", called))
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", str(tmp_path / "in"), *place]) == 0
    options = ["--policy", "all", "--to", str(tmp_path / "out")]

    assert call(["review", "outcomes", "openai:a", *options, *place]) == 0
    (line,) = (tmp_path / "out" / "questions.jsonl").read_text().splitlines()
    shown = json.loads(json.loads(line)["body"]["messages"][1]["content"])
    assert "[SECRET:" in shown["calls"][0]["called"]


def test_where_there_is_no_work_there_is_nothing_to_ask(tmp_path: Path) -> None:
    place = ["--workspace", str(tmp_path / "empty"), "--quiet"]

    assert call(["review", "outcomes", script(tmp_path), *place]) == 3
