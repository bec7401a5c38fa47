"""A model is asked about each turn once, within limits, and nothing of what was said is kept."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.flows.sessions import write_session
from tests.flows.test_ingest import ingest
from tests.flows.test_quoted_erasure import erase
from tracemill.base.errors import StoreError
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.heard_turns import places
from tracemill.flows.erasing.erasure import find_data, read_subject
from tracemill.flows.reviews.asking_desk import Limits
from tracemill.flows.reviews.turn_labels import Labelled, Wanted, label_turns
from tracemill.flows.wheel.turn import Options, turn
from tracemill.label.reactions.asking import question
from tracemill.label.reactions.labelers import Policy
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.sessions.turn_labels import TurnLabel
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance

AT = datetime(2026, 3, 1, tzinfo=UTC)
N_TURNS = 4
N_HEARD = N_TURNS - 1
"""Turns behind something that the agent did."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    write_session(tmp_path / "logs", "s1", N_TURNS, "wonder")
    ingest(made, [tmp_path / "logs"])
    return made


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.jsonl"


def said(evidence: str, kind: str = "correction") -> str:
    return json.dumps({"labels": [{"class": kind, "evidence": evidence, "confidence": 0.9}]})


def run(
    workspace: Workspace,
    script: Path,
    answers: Sequence[str],
    policy: Policy = "all",
    *,
    is_dry: bool = False,
    **limits: Any,
) -> Labelled:
    script.write_text("".join(json.dumps({"text": text}) + "\n" for text in answers))
    wanted = Wanted(policy, None, Limits(AskSettings(), Allowance(**limits)))
    config = SubjectConfig(backend="scripted", model=str(script))
    return label_turns(workspace, config, wanted, clock=lambda: AT, is_dry=is_dry)


def by_model(found: Labelled) -> list[TurnLabel]:
    return [label for label in found.labels if label.method == "model"]


def kept(workspace: Workspace) -> list[Path]:
    return sorted((workspace.root / "turn-labels").glob("*"))


def test_what_a_model_says_stands_with_its_place_and_name(
    workspace: Workspace, script: Path
) -> None:
    found = run(workspace, script, [said("please")] * N_HEARD)
    first, *_ = by_model(found)

    assert found.report.n_turns == found.report.n_asked == len(by_model(found)) == N_HEARD
    assert (first.kind, first.start, first.end) == ("correction", 10, 16)
    assert first.stamp.by == "scripted:script.jsonl"


def test_a_model_is_shown_what_the_agent_did_about_the_turn(workspace: Workspace) -> None:
    lake = Lake(workspace.lake)
    asked = places(lake, Facts(lake).trajectories)
    shown = [json.loads(question(place.turn)[1].content) for place in asked]

    assert [each["turn"] for each in shown] == [f"wonder {n}, please" for n in range(1, N_TURNS)]
    assert [each["agent_before"]["said"] for each in shown] == [
        f"wonder {n} is done" for n in range(N_HEARD)
    ]
    assert [
        (each["agent_after"]["said_first"], each["agent_after"]["called"]) for each in shown
    ] == [(f"wonder {n} is done", ["Bash"]) for n in range(1, N_TURNS)]


def test_answers_without_evidence_are_counted_and_the_rules_stand(
    workspace: Workspace, script: Path
) -> None:
    found = run(workspace, script, ["what?", said("nowhere"), '{"labels": []}'])

    assert found.report.faults == {"no_label": 1, "no_such_evidence": 1, "not_in_form": 1}
    assert not by_model(found)


def test_nothing_is_asked_or_kept_in_a_dry_run(workspace: Workspace, script: Path) -> None:
    report = run(workspace, script, [], is_dry=True).report

    assert (report.n_wanted, report.n_asked) == (N_HEARD, 0)
    assert report.n_characters > 0
    assert not kept(workspace)


def test_a_run_goes_on_where_a_limit_ended_it(workspace: Workspace, script: Path) -> None:
    ended = run(workspace, script, [said("please")] * N_HEARD, requests=1).report
    again = run(workspace, script, [said("please")] * (N_HEARD - 1)).report

    assert (ended.n_asked, ended.stopped_by) == (1, "requests")
    assert (again.n_asked, again.n_before, again.stopped_by) == (N_HEARD - 1, 1, None)


def test_a_model_that_does_not_answer_is_left_alone(workspace: Workspace, script: Path) -> None:
    assert run(workspace, script, []).report.stopped_by == "not_answering"


def test_questions_without_an_answer_are_counted(workspace: Workspace, script: Path) -> None:
    report = run(workspace, script, [said("please")]).report

    assert (report.n_asked, report.n_failed, report.stopped_by) == (1, N_HEARD - 1, None)


def test_only_what_both_say_stands_where_they_must_agree(
    workspace: Workspace, script: Path
) -> None:
    assert not run(workspace, script, [said("please")] * N_HEARD, "agree").labels


def test_nothing_that_was_said_is_kept(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said("please")] * N_HEARD)
    (path,) = kept(workspace)

    assert b"wonder" not in path.read_bytes()
    assert b"please" not in path.read_bytes()


def test_a_torn_last_line_is_asked_anew(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said("please")] * N_HEARD)
    (path,) = kept(workspace)
    path.write_bytes(path.read_bytes()[:-20])

    assert run(workspace, script, [said("please")]).report.n_asked == 1
    assert run(workspace, script, []).report.n_before == N_HEARD


def test_a_damaged_line_is_told_with_its_place(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said("please")] * N_HEARD)
    (path,) = kept(workspace)
    path.write_bytes(b"{}\n" + path.read_bytes())

    with pytest.raises(StoreError, match=r"line 1: expected a record .*; delete the file"):
        run(workspace, script, [])


@pytest.mark.parametrize("name", ["s2", "Wanda Quillfeather"])
def test_answers_go_with_their_session_and_where_a_name_in_it_is_masked(
    name: str, script: Path, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "whole")
    write_session(tmp_path / "in", "s1", N_TURNS, "wonder")
    write_session(tmp_path / "in", "s2", N_TURNS, "ask Wanda Quillfeather")
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [tmp_path / "in"], home, Options(workers=1), lambda _progress: None)
    run(workspace, script, [said("please")] * (2 * N_HEARD))
    (path,) = kept(workspace)
    found = find_data(workspace, read_subject(workspace, name, None, ()), lambda _: None)
    counts = erase(workspace, name)

    assert found.turn_answers == counts["turn_answers"] == N_HEARD
    assert path.read_bytes().count(b"\n") == N_HEARD
    assert run(workspace, script, []).report.n_before == N_HEARD


def test_labels_are_plain_records(workspace: Workspace, script: Path) -> None:
    labels = run(workspace, script, [said("please")] * N_HEARD).labels

    assert labels
    for label in labels:
        assert msgspec.json.decode(msgspec.json.encode(label), type=TurnLabel) == label
