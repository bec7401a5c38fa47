"""Asking a model about turns from the command line: by file, there and back."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import ask
from tests.flows.asked_kinds import N_HEARD, N_TURNS, said_of_turn
from tests.flows.sessions import write_session
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
    lines = [json.dumps({"custom_id": name, "answer": said_of_turn()}) for name in names]
    answers.write_text("\n".join(lines))
    taken = ask(capsys, place, *ASK, "--answers", str(answers), "--json").document

    assert written["n_wanted"] == N_HEARD
    assert "n_asked" not in written
    assert "--policy all --answers FILE" in written["next"][0]
    assert taken["n_asked"] == N_HEARD
    assert taken["reactions"] == {"correction": N_HEARD}


def test_it_says_where_the_questions_are_and_what_comes_next(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call([*ASK, "--to", str(place / "o"), "--workspace", str(place / "workspace")]) == 0
    told = capsys.readouterr()

    assert f"Written      {N_HEARD} questions" in told.out
    assert repr(str(place / "o" / "questions.jsonl")) in told.out
    assert "tracemill review turns openai:reader --policy all --answers FILE" in told.err


def test_without_an_endpoint_it_says_how_many_are_left_and_what_to_do(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert ask(capsys, place, *ASK, "--jsonl").code == EXIT_USAGE
    said = ask(capsys, place, *ASK, "--jsonl").err
    stands = ask(capsys, place, *ASK, "--jsonl", "--dry-run")

    assert f"{N_HEARD} turns without an answer" in said
    assert "--answers FILE" in said
    assert len(stands.out.splitlines()) == N_HEARD


def test_a_question_leaves_room_for_what_a_model_thinks(place: Path) -> None:
    assert call([*ASK, "--to", str(place / "o"), "--workspace", str(place / "workspace")]) == 0
    asked = json.loads((place / "o" / "questions.jsonl").read_text().splitlines()[0])

    assert asked["body"]["max_tokens"] == 2048


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


def test_what_comes_next_reaches_the_same_answers(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--endpoint", "http://a/v1?b=1&c", "--n", "2", "--to", str(place / "out")]
    capsys.readouterr()
    (following,) = ask(capsys, place, *ASK, *options, "--json").document["next"]
    reached = "--n 2 --endpoint 'http://a/v1?b=1&c'"

    assert following == f"{' '.join(('tracemill', *ASK))} {reached} --answers FILE"


def test_equal_questions_are_written_once_and_both_numbers_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(place / "in", "s2", N_TURNS, "wonder")
    assert call(["sync", str(place / "in"), "--workspace", str(place / "workspace")]) == 0
    capsys.readouterr()
    told = ask(capsys, place, *ASK, "--to", str(place / "out")).out
    lines = (place / "out" / "questions.jsonl").read_text().splitlines()
    messages = [each for line in lines for each in json.loads(line)["body"]["messages"]]
    n_characters = sum(len(each["content"]) for each in messages)

    assert len(lines) == N_HEARD
    assert f"Written      {N_HEARD} questions, for {2 * N_HEARD} turns, {n_characters:,}" in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dry-run", "--to", "o"], "expected --dry-run or --to, found both"),
        (
            ["--dry-run", "--to", "o", "--answers", "a"],
            "expected --dry-run, --to or --answers, found all of them",
        ),
    ],
)
def test_ways_to_ask_that_exclude_each_other_are_named(
    place: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in " ".join(ask(capsys, place, *ASK, *options).err.split())


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


def test_a_model_and_the_rules_are_told_beside_a_person(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    for name, kinds in (
        ("model", ("correction", "correction", "rephrase")),
        ("person", ("correction", "rephrase", "rephrase")),
    ):
        subject = ("review", "turns", f"openai:{name}", "--policy", "all")
        ask(capsys, place, *subject, "--to", str(place / name))
        lines = (place / name / "questions.jsonl").read_text().splitlines()
        ids = [json.loads(line)["custom_id"] for line in lines]
        answers = [
            json.dumps({"custom_id": each, "answer": said_of_turn(kind=kind)})
            for each, kind in zip(ids, kinds, strict=True)
        ]
        (place / "answers.jsonl").write_text("\n".join(answers))
        ask(capsys, place, *subject, "--answers", str(place / "answers.jsonl"))
    told = ask(capsys, place, "review", "turns", "openai:model", "--beside", "openai:person")

    assert "3 that openai:model and openai:person answered: the same of 2" in told.out
    rows = [line.split("  ") for line in told.out.splitlines() if "openai:model  " in line]
    assert [row[0] for row in rows][:2] == ["rephrase", "correction"]
    assert "1.00 (0.21 to 1.00, n=1)" in told.out
    assert "0.50 (0.09 to 0.91, n=2)" in told.out
    with_file = ("--beside", "openai:person", "--to", str(place / "more"))
    workspace = ("--workspace", str(place / "workspace"))
    assert call(["review", "turns", "openai:model", *with_file, *workspace]) == EXIT_USAGE
