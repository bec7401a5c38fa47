"""A model may be asked about turns by file: the questions go out, its answers come in later."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_ingest import ingest
from tests.flows.test_turn_labels import AT, N_HEARD, N_TURNS, by_model, said
from tracemill.base.errors import NotFoundError, PolicyError
from tracemill.flows.reviews.asking_desk import QUESTIONS, Limits
from tracemill.flows.reviews.turn_labels import (
    Labelled,
    Wanted,
    take_answers,
    write_questions,
)
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance

CONFIG = SubjectConfig(backend="openai", model="reader")
WANTED = Wanted("all", None, Limits(AskSettings(), Allowance()))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    write_session(tmp_path / "logs", "s1", N_TURNS, "wonder")
    ingest(made, [tmp_path / "logs"])
    return made


def asked(workspace: Workspace, folder: Path) -> list[dict[str, Any]]:
    write_questions(workspace, CONFIG, WANTED, folder)
    return [json.loads(line) for line in (folder / QUESTIONS).read_text().splitlines()]


def answered(workspace: Workspace, folder: Path, answers: dict[str, str]) -> Labelled:
    file = folder / "answers.jsonl"
    lines = [{"custom_id": name, "answer": text} for name, text in answers.items()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return take_answers(workspace, CONFIG, WANTED, file, clock=lambda: AT)


def test_every_question_is_written_and_its_answer_stands(
    workspace: Workspace, tmp_path: Path
) -> None:
    questions = asked(workspace, tmp_path / "out")
    names = [each["custom_id"] for each in questions]
    found = answered(workspace, tmp_path, dict.fromkeys(names, said("please")))
    shown = json.loads(questions[0]["body"]["messages"][1]["content"])

    assert len(set(names)) == N_HEARD
    assert shown["turn"].startswith("wonder")
    assert (found.report.n_asked, found.report.stopped_by) == (N_HEARD, None)
    assert [each.stamp.by for each in by_model(found)] == ["openai:reader"] * N_HEARD


def test_what_was_answered_is_not_asked_again(workspace: Workspace, tmp_path: Path) -> None:
    first, *rest = [each["custom_id"] for each in asked(workspace, tmp_path / "one")]
    report = answered(workspace, tmp_path, {first: said("please")}).report

    assert (report.n_asked, report.stopped_by) == (1, "end_of_answers")
    assert [each["custom_id"] for each in asked(workspace, tmp_path / "two")] == rest


def test_answers_to_no_question_are_counted(workspace: Workspace, tmp_path: Path) -> None:
    names = [each["custom_id"] for each in asked(workspace, tmp_path / "out")]
    report = answered(workspace, tmp_path, dict.fromkeys([*names, "stale"], "what?")).report

    assert (report.n_unmatched, report.faults) == (1, {"not_in_form": N_HEARD})


def test_a_failed_answer_is_counted_and_may_come_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    name, *_ = [each["custom_id"] for each in asked(workspace, tmp_path / "out")]
    file = tmp_path / "failed.jsonl"
    file.write_text(json.dumps({"custom_id": name, "response": {"status_code": 500}}) + "\n")
    failed = take_answers(workspace, CONFIG, WANTED, file, clock=lambda: AT).report
    again = answered(workspace, tmp_path, {name: said("please")}).report

    assert (failed.n_failed, failed.n_asked, again.n_asked) == (1, 0, 1)


def test_an_answer_that_said_nothing_may_come_again(workspace: Workspace, tmp_path: Path) -> None:
    first, *rest = [each["custom_id"] for each in asked(workspace, tmp_path / "one")]
    answered(workspace, tmp_path, {first: "what?", **dict.fromkeys(rest, said("please"))})
    left = [each["custom_id"] for each in asked(workspace, tmp_path / "two")]
    mended = answered(workspace, tmp_path, {first: said("please")})

    assert left == [first]
    assert (mended.report.faults, mended.report.stopped_by) == ({}, None)
    assert len(by_model(mended)) == N_HEARD


def test_nothing_is_written_where_nothing_is_left_to_ask(
    workspace: Workspace, tmp_path: Path
) -> None:
    names = [each["custom_id"] for each in asked(workspace, tmp_path / "one")]
    answered(workspace, tmp_path, dict.fromkeys(names, said("please")))

    with pytest.raises(NotFoundError, match="no question about a turn is open"):
        asked(workspace, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_questions_do_not_go_into_the_workspace(workspace: Workspace) -> None:
    with pytest.raises(PolicyError, match="is in the workspace"):
        asked(workspace, workspace.root / "out")


def test_questions_leave_with_a_receipt(workspace: Workspace, tmp_path: Path) -> None:
    asked(workspace, tmp_path / "out")
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())

    assert [file["path"] for file in receipt["files"]] == [QUESTIONS]
