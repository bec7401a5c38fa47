"""What a model says of people's turns stands as a policy says, and a recipe may let it count."""

import json
from pathlib import Path

import pytest

from tests.flows.asked_kinds import (
    ASKED_TURNS,
    HOME,
    MODEL,
    N_HEARD,
    N_TURNS,
    by_model,
    said_of_turn,
    with_turns,
)
from tests.flows.sessions import write_session
from tests.flows.test_quoted_erasure import erase
from tracemill.base.errors import NotFoundError
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.judged.turns import judged_activities, turn_questions
from tracemill.flows.deriving.recipes import BuiltVersion, build_by_recipe
from tracemill.flows.erasing.erasure import find_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.datasets.recipes import TurnJudge
from tracemill.records.sessions.turn_labels import TurnPolicy
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    write_session(tmp_path / "in", "s1", N_TURNS, "wonder at the long sum of the basket")
    turn(made, [tmp_path / "in"], HOME, Options(workers=1), lambda _progress: None)
    return made


def test_what_a_model_says_stands_with_its_place(tmp_path: Path) -> None:
    found = ASKED_TURNS.ask(with_turns(tmp_path), [said_of_turn()] * N_HEARD)
    first, *_ = by_model(found)

    assert found.report.n_all == found.report.n_asked == len(by_model(found)) == N_HEARD
    assert (first.kind, first.start, first.end) == ("correction", 10, 16)


def test_a_model_is_shown_what_the_agent_did_about_the_turn(tmp_path: Path) -> None:
    lake = Lake(with_turns(tmp_path).lake)
    asked = turn_questions(lake, Facts(lake).trajectories)
    shown = [json.loads(each.messages[1].content) for each in asked]

    assert [each["turn"] for each in shown] == [f"wonder {n}, please" for n in range(1, N_TURNS)]
    assert [each["agent_before"]["said"] for each in shown] == [
        f"wonder {n} is done" for n in range(N_HEARD)
    ]
    assert [
        (each["agent_after"]["said_first"], each["agent_after"]["called"]) for each in shown
    ] == [(f"wonder {n} is done", ["Bash"]) for n in range(1, N_TURNS)]


def test_an_answer_without_a_label_is_counted(workspace: Workspace) -> None:
    found = ASKED_TURNS.ask(workspace, ['{"labels": []}'] * N_HEARD)

    assert found.report.faults == {"no_label": N_HEARD}


def test_only_what_both_say_stands_where_they_must_agree(tmp_path: Path) -> None:
    assert not ASKED_TURNS.ask(with_turns(tmp_path), [said_of_turn()] * N_HEARD, "agree").labels


@pytest.mark.parametrize("name", ["s2", "Wanda Quillfeather"])
def test_answers_go_with_their_session_and_where_a_name_in_it_is_masked(
    name: str, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "whole")
    write_session(tmp_path / "in", "s1", N_TURNS, "wonder")
    write_session(tmp_path / "in", "s2", N_TURNS, "ask Wanda Quillfeather")
    turn(workspace, [tmp_path / "in"], HOME, Options(workers=1), lambda _progress: None)
    ASKED_TURNS.ask(workspace, [said_of_turn()] * (2 * N_HEARD))
    (path,) = ASKED_TURNS.kept(workspace)
    found = find_data(workspace, read_subject(workspace, name, None, ()), lambda _: None)
    counts = erase(workspace, name)

    assert found.turn_answers == counts["turn_answers"] == N_HEARD
    assert path.read_bytes().count(b"\n") == N_HEARD
    assert ASKED_TURNS.ask(workspace, []).report.n_before == N_HEARD


def heard(workspace: Workspace, policy: TurnPolicy) -> list[tuple[int, str, str]]:
    facts = Facts(Lake(workspace.lake))
    judged = judged_activities(workspace, facts, TurnJudge(model=MODEL, policy=policy))
    return [(r.step, r.kind, r.rule) for each in judged.values() for r in each.reactions]


def ruled(workspace: Workspace) -> list[tuple[int, str, str]]:
    activities = Facts(Lake(workspace.lake)).activities.values()
    return [(r.step, r.kind, r.rule) for each in activities for r in each.reactions]


def test_its_word_stands_in_place_of_the_rules(workspace: Workspace) -> None:
    ASKED_TURNS.ask(workspace, [said_of_turn(kind="acceptance")] * N_HEARD)

    assert [each[1:] for each in heard(workspace, "all")] == [("acceptance", MODEL)] * N_HEARD
    assert heard(workspace, "agree") == []


def test_the_rules_stand_where_it_said_nothing(workspace: Workspace) -> None:
    ASKED_TURNS.ask(workspace, ["what?", said_of_turn(), "what?"])
    before, after = ruled(workspace), heard(workspace, "all")
    (step,) = (step for step, _, rule in after if rule == MODEL)

    assert [each for each in after if each[0] != step] == [e for e in before if e[0] != step]


def build(workspace: Workspace, folder: Path, model: str) -> BuiltVersion:
    recipe = folder / "judged.toml"
    recipe.write_text(
        f'name = "judged"\nbuilders = ["reaction"]\n[turns]\nmodel = "{model}"\npolicy = "all"\n'
    )
    return build_by_recipe(workspace, str(recipe), lambda: Local(1, workspace.scratch))


def test_a_dataset_tells_whose_word_it_was(workspace: Workspace, tmp_path: Path) -> None:
    ASKED_TURNS.ask(workspace, [said_of_turn(kind="acceptance")] * N_HEARD)
    built = build(workspace, tmp_path, MODEL)

    tags = [
        tag for each in examples_of(Path(built.folder), built.version) for tag in each.example.tags
    ]
    assert tags.count(f"rule:{MODEL}") == N_HEARD


def test_a_model_that_was_never_asked_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="run: tracemill review turns openai:other"):
        build(workspace, tmp_path, "openai:other")
