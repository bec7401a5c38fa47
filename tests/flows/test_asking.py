"""A model is asked each question once, within limits, and nothing of what was said is kept."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.flows.asked_kinds import ASKED, MODEL, Asked, by_model
from tracemill.base.errors import StoreError
from tracemill.store.workspace import Workspace


@pytest.fixture(params=ASKED, ids=lambda asked: asked.kind.command)
def asked(request: pytest.FixtureRequest) -> Asked[Any]:
    found: Asked[Any] = request.param
    return found


@pytest.fixture
def workspace(asked: Asked[Any], tmp_path: Path) -> Workspace:
    return asked.made(tmp_path)


def test_what_a_model_says_stands_under_its_name(asked: Asked[Any], workspace: Workspace) -> None:
    found = asked.ask(workspace, [asked.said()] * asked.n)
    (word,) = {label.says for label in by_model(found)}

    assert [label.stamp.by for label in by_model(found)] == [MODEL] * asked.n
    assert (found.report.n_wanted, found.report.n_asked) == (asked.n, asked.n)
    assert found.report.stands[word] == asked.n


def test_answers_without_evidence_are_counted_and_the_rules_stand(
    asked: Asked[Any], workspace: Workspace
) -> None:
    ruled = asked.ask(workspace, [], is_dry=True).labels
    found = asked.ask(workspace, ["what?", asked.said(evidence="nowhere"), asked.said()[:-1]])

    assert found.report.faults == {"no_such_evidence": 1, "not_in_form": 2}
    assert found.labels == ruled
    assert not by_model(found)


def test_nothing_is_asked_or_kept_in_a_dry_run(asked: Asked[Any], workspace: Workspace) -> None:
    report = asked.ask(workspace, [], is_dry=True).report

    assert (report.n_wanted, report.n_asked) == (asked.n, 0)
    assert report.n_characters > 0
    assert not asked.kept(workspace)


def test_a_run_goes_on_where_a_limit_ended_it(asked: Asked[Any], workspace: Workspace) -> None:
    ended = asked.ask(workspace, [asked.said()] * asked.n, requests=1).report
    again = asked.ask(workspace, [asked.said()] * (asked.n - 1)).report

    assert (ended.n_asked, ended.stopped_by) == (1, "requests")
    assert (again.n_asked, again.n_before, again.stopped_by) == (asked.n - 1, 1, None)


def test_a_model_that_does_not_answer_is_left_alone(
    asked: Asked[Any], workspace: Workspace
) -> None:
    assert asked.ask(workspace, []).report.stopped_by == "not_answering"


def test_questions_without_an_answer_are_counted(asked: Asked[Any], workspace: Workspace) -> None:
    report = asked.ask(workspace, [asked.said()]).report

    assert (report.n_asked, report.n_failed, report.stopped_by) == (1, asked.n - 1, None)


def test_nothing_that_was_said_is_kept(asked: Asked[Any], workspace: Workspace) -> None:
    asked.ask(workspace, [asked.said()] * asked.n)
    (path,) = asked.kept(workspace)

    assert b"wonder" not in path.read_bytes()
    assert b"please" not in path.read_bytes()


def test_a_torn_last_line_is_asked_anew(asked: Asked[Any], workspace: Workspace) -> None:
    asked.ask(workspace, [asked.said()] * asked.n)
    (path,) = asked.kept(workspace)
    path.write_bytes(path.read_bytes()[:-20])

    assert asked.ask(workspace, [asked.said()]).report.n_asked == 1
    assert asked.ask(workspace, []).report.n_before == asked.n


def test_a_damaged_line_is_told_with_its_place(asked: Asked[Any], workspace: Workspace) -> None:
    asked.ask(workspace, [asked.said()] * asked.n)
    (path,) = asked.kept(workspace)
    path.write_bytes(b"{}\n" + path.read_bytes())

    with pytest.raises(StoreError, match=r"line 1: expected a record .*; delete the file"):
        asked.ask(workspace, [])


def test_labels_are_plain_records(asked: Asked[Any], workspace: Workspace) -> None:
    labels = asked.ask(workspace, [asked.said()] * asked.n).labels

    assert labels
    for label in labels:
        assert msgspec.json.decode(msgspec.json.encode(label), type=type(label)) == label


KEPT = {
    "turn": {
        "trajectory_id", "step", "question", "labels", "finish", "n_prompt_tokens",
        "n_answer_tokens", "at",
    },
    "outcome": {
        "episode_id", "trajectory_id", "question", "label", "finish", "n_prompt_tokens",
        "n_answer_tokens", "at",
    },
}  # fmt: skip


def test_answers_are_kept_in_the_form_that_earlier_runs_kept(
    asked: Asked[Any], workspace: Workspace
) -> None:
    asked.ask(workspace, [asked.said()] * asked.n)
    (path,) = asked.kept(workspace)

    for line in path.read_text().splitlines():
        assert json.loads(line).keys() - {"seconds"} <= KEPT[asked.kind.name]
