"""Asking a model about turns from the command line: by file, there and back."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import ask
from tests.flows.sessions import write_session
from tests.flows.test_turn_labels import N_HEARD, N_TURNS, said
from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING, EXIT_PARTLY, EXIT_USAGE

ASK = ("review", "turns", "openai:reader", "--policy", "all")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_session(tmp_path / "in", "s1", N_TURNS, "wonder")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert call(["sync", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    return tmp_path


def test_questions_go_out_and_answers_come_in(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    written = ask(capsys, place, *ASK, "--to", str(place / "out"), "--json").document
    names = [
        json.loads(line)["custom_id"]
        for line in (place / "out" / "questions.jsonl").read_text().splitlines()
    ]
    answers = place / "answers.jsonl"
    lines = [json.dumps({"custom_id": name, "answer": said("please")}) for name in names]
    answers.write_text("\n".join(lines))
    taken = ask(capsys, place, *ASK, "--answers", str(answers), "--json").document

    assert written["n_wanted"] == N_HEARD
    assert "n_asked" not in written
    assert "--policy all --answers FILE" in written["next"][0]
    assert taken["n_asked"] == N_HEARD


def test_it_says_where_the_questions_are_and_what_comes_next(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call([*ASK, "--to", str(place / "o"), "--workspace", str(place / "workspace")]) == 0
    told = capsys.readouterr()

    assert f"Written      {N_HEARD} questions" in told.out
    assert repr(str(place / "o" / "questions.jsonl")) in told.out
    assert "tracemill review turns openai:reader --policy all --answers FILE" in told.err


def test_answers_that_end_too_early_are_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "answers.jsonl").write_text('{"custom_id": "stale", "answer": "well"}\n')
    capsys.readouterr()
    answers = ["--answers", str(place / "answers.jsonl")]

    assert call([*ASK, *answers, "--workspace", str(place / "workspace")]) == EXIT_PARTLY
    told = capsys.readouterr().out
    assert "Unmatched    1 answer to no question that is asked" in told
    assert f"Not asked    {N_HEARD}" in told


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--to", "out", "--answers", "a.jsonl"], EXIT_USAGE),
        (["--dry-run", "--to", "out"], EXIT_USAGE),
        (["--answers", "gone.jsonl"], EXIT_NOTHING),
    ],
)
def test_what_cannot_be_done_ends_with_its_code(place: Path, options: list[str], code: int) -> None:
    assert call([*ASK, *options, "--workspace", str(place / "workspace")]) == code
