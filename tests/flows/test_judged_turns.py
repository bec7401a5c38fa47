"""A recipe may say that a model's word on people's turns counts, and how much."""

from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_turn_labels import N_HEARD, N_TURNS, run, said
from tracemill.base.errors import NotFoundError
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.heard_turns import judged_activities
from tracemill.flows.deriving.recipes import BuiltVersion, build_by_recipe
from tracemill.flows.executors.local import Local
from tracemill.flows.wheel.turn import Options, turn
from tracemill.label.reactions.labelers import Policy
from tracemill.records.datasets.recipes import TurnJudge
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

MODEL = "scripted:script.jsonl"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    write_session(tmp_path / "in", "s1", N_TURNS, "wonder at the long sum of the basket")
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(made, [tmp_path / "in"], home, Options(workers=1), lambda _progress: None)
    return made


def heard(workspace: Workspace, policy: Policy) -> list[tuple[int, str, str]]:
    facts = Facts(Lake(workspace.lake))
    judged = judged_activities(workspace, facts, TurnJudge(model=MODEL, policy=policy))
    return [(r.step, r.kind, r.rule) for each in judged.values() for r in each.reactions]


def ruled(workspace: Workspace) -> list[tuple[int, str, str]]:
    activities = Facts(Lake(workspace.lake)).activities.values()
    return [(r.step, r.kind, r.rule) for each in activities for r in each.reactions]


def test_its_word_stands_in_place_of_the_rules(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path / "script.jsonl", [said("please", "acceptance")] * N_HEARD)

    assert [each[1:] for each in heard(workspace, "all")] == [("acceptance", MODEL)] * N_HEARD
    assert heard(workspace, "agree") == []


def test_the_rules_stand_where_it_said_nothing(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path / "script.jsonl", ["what?", said("please"), "what?"])
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
    run(workspace, tmp_path / "script.jsonl", [said("please", "acceptance")] * N_HEARD)
    built = build(workspace, tmp_path, MODEL)

    tags = [
        tag for each in examples_of(Path(built.folder), built.version) for tag in each.example.tags
    ]
    assert tags.count(f"rule:{MODEL}") == N_HEARD


def test_a_model_that_was_never_asked_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="run: tracemill review turns openai:other"):
        build(workspace, tmp_path, "openai:other")
