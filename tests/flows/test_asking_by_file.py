"""A model may be asked by file: the questions go out, its answers come in later."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.asked_kinds import ASKED_TURNS, Asked, by_model
from tests.flows.test_asking import asked as asked  # noqa: PLC0414 - a fixture
from tests.flows.test_asking import workspace as workspace  # noqa: PLC0414 - a fixture
from tracemill.base.errors import NotFoundError, PolicyError
from tracemill.flows.reviews.interview import QUESTIONS
from tracemill.store.workspace import Workspace


def test_every_question_is_written_and_its_answer_stands(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    questions = asked.written(workspace, tmp_path / "out")
    names = [each["custom_id"] for each in questions]
    assert not asked.kept(workspace)
    found = asked.answered(workspace, tmp_path, dict.fromkeys(names, asked.said()))

    assert len(set(names)) == asked.n
    assert {each["body"]["model"] for each in questions} == {"reader"}
    assert (found.report.n_asked, found.report.stopped_by) == (asked.n, None)
    assert [each.stamp.by for each in by_model(found)] == ["openai:reader"] * asked.n


def test_a_question_shows_the_turn(tmp_path: Path) -> None:
    first, *_ = ASKED_TURNS.written(ASKED_TURNS.made(tmp_path), tmp_path / "out")

    assert json.loads(first["body"]["messages"][1]["content"])["turn"].startswith("wonder")


def test_what_was_answered_is_not_asked_again(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    first, *rest = asked.names(workspace, tmp_path / "one")
    report = asked.answered(workspace, tmp_path, {first: asked.said()}).report

    assert (report.n_asked, report.stopped_by) == (1, "end_of_answers")
    assert asked.names(workspace, tmp_path / "two") == rest


def test_answers_to_no_question_are_counted(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    names = asked.names(workspace, tmp_path / "out")
    answers = dict.fromkeys([*names, "stale"], "what?")
    report = asked.answered(workspace, tmp_path, answers).report

    assert (report.n_unmatched, report.faults) == (1, {"not_in_form": asked.n})


def test_a_failed_answer_is_counted_and_may_come_again(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    name, *_ = asked.names(workspace, tmp_path / "out")
    file = tmp_path / "failed.jsonl"
    file.write_text(json.dumps({"custom_id": name, "response": {"status_code": 500}}) + "\n")
    failed = asked.taken(workspace, file).report
    again = asked.answered(workspace, tmp_path, {name: asked.said()}).report

    assert (failed.n_failed, failed.n_asked, again.n_asked) == (1, 0, 1)


def test_an_answer_that_said_nothing_may_come_again(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    first, *rest = asked.names(workspace, tmp_path / "one")
    answers = {first: "what?", **dict.fromkeys(rest, asked.said())}
    asked.answered(workspace, tmp_path, answers)
    left = asked.names(workspace, tmp_path / "two")
    mended = asked.answered(workspace, tmp_path, {first: asked.said()})

    assert left == [first]
    assert (mended.report.faults, mended.report.stopped_by) == ({}, None)
    assert len(by_model(mended)) == asked.n


def test_nothing_is_written_where_nothing_is_left_to_ask(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    names = asked.names(workspace, tmp_path / "one")
    asked.answered(workspace, tmp_path, dict.fromkeys(names, asked.said()))

    with pytest.raises(NotFoundError, match=r"no question about (a turn|work) is open"):
        asked.names(workspace, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_questions_do_not_go_into_the_workspace(asked: Asked[Any], workspace: Workspace) -> None:
    with pytest.raises(PolicyError, match="is in the workspace"):
        asked.written(workspace, workspace.root / "out")


def test_questions_leave_with_a_receipt(
    asked: Asked[Any], workspace: Workspace, tmp_path: Path
) -> None:
    asked.written(workspace, tmp_path / "out")
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())

    assert [file["path"] for file in receipt["files"]] == [QUESTIONS]
