"""A model may be asked about work by file: the questions go out, its answers come in later."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_outcome_labels import AT, N_SILENT, kept, said, stand
from tests.flows.test_outcome_labels import workspace as workspace  # noqa: PLC0414 - a fixture
from tracemill.base.errors import NotFoundError, PolicyError
from tracemill.flows.reviews.asking_desk import QUESTIONS, Limits
from tracemill.flows.reviews.outcome_labels import (
    LabelledOutcomes,
    WantedOutcomes,
    take_outcome_answers,
    write_outcome_questions,
)
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance

CONFIG = SubjectConfig(backend="openai", model="reader")
WANTED = WantedOutcomes("unknown", None, Limits(AskSettings(), Allowance()))


def asked(workspace: Workspace, folder: Path) -> list[dict[str, Any]]:
    write_outcome_questions(workspace, CONFIG, WANTED, folder)
    return [json.loads(line) for line in (folder / QUESTIONS).read_text().splitlines()]


def answered(workspace: Workspace, folder: Path, answers: dict[str, str]) -> LabelledOutcomes:
    file = folder / "answers.jsonl"
    lines = [{"custom_id": name, "answer": text} for name, text in answers.items()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return take_outcome_answers(workspace, CONFIG, WANTED, file, clock=lambda: AT)


def test_every_question_is_written_and_its_answer_stands(
    workspace: Workspace, tmp_path: Path
) -> None:
    questions = asked(workspace, tmp_path / "out")
    names = [each["custom_id"] for each in questions]
    assert not kept(workspace)
    found = answered(workspace, tmp_path, dict.fromkeys(names, said()))

    assert len(set(names)) == N_SILENT
    assert {each["body"]["model"] for each in questions} == {"reader"}
    assert (found.report.n_asked, found.report.stopped_by) == (N_SILENT, None)
    assert stand(found) == [("model", "failed")] * N_SILENT + [("rules", "achieved")]


def test_what_was_answered_is_not_asked_again(workspace: Workspace, tmp_path: Path) -> None:
    first, *rest = [each["custom_id"] for each in asked(workspace, tmp_path / "one")]
    report = answered(workspace, tmp_path, {first: said()}).report

    assert (report.n_asked, report.stopped_by) == (1, "end_of_answers")
    assert [each["custom_id"] for each in asked(workspace, tmp_path / "two")] == rest


def test_an_answer_that_said_nothing_may_come_again(workspace: Workspace, tmp_path: Path) -> None:
    first, *rest = [each["custom_id"] for each in asked(workspace, tmp_path / "one")]
    answered(workspace, tmp_path, {first: "what?", **dict.fromkeys(rest, said())})
    left = [each["custom_id"] for each in asked(workspace, tmp_path / "two")]
    mended = answered(workspace, tmp_path, {first: said()})

    assert left == [first]
    assert (mended.report.faults, mended.report.stopped_by) == ({}, None)


def test_answers_to_no_question_are_counted(workspace: Workspace, tmp_path: Path) -> None:
    names = [each["custom_id"] for each in asked(workspace, tmp_path / "out")]
    report = answered(workspace, tmp_path, dict.fromkeys([*names, "stale"], "what?")).report

    assert (report.n_unmatched, report.faults) == (1, {"not_in_form": N_SILENT})


def test_nothing_is_written_where_nothing_is_left_to_ask(
    workspace: Workspace, tmp_path: Path
) -> None:
    names = [each["custom_id"] for each in asked(workspace, tmp_path / "one")]
    answered(workspace, tmp_path, dict.fromkeys(names, said()))

    with pytest.raises(NotFoundError, match="no question about work is open"):
        asked(workspace, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_questions_leave_with_a_receipt_and_not_into_the_workspace(
    workspace: Workspace, tmp_path: Path
) -> None:
    asked(workspace, tmp_path / "out")
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())

    assert [file["path"] for file in receipt["files"]] == [QUESTIONS]
    with pytest.raises(PolicyError, match="is in the workspace"):
        asked(workspace, workspace.root / "out")
