"""What a model says became of work stands as a policy says, and a recipe may let it count."""

from pathlib import Path

import pytest

from tests.flows.asked_kinds import ASKED_WORK, MODEL, N_SILENT, said_of_work, with_work
from tests.flows.test_quoted_erasure import erase
from tracemill.base.errors import NotFoundError
from tracemill.flows.deriving.facts import recorded_facts
from tracemill.flows.deriving.judged.outcomes import judged_episodes
from tracemill.flows.deriving.recipes import BuiltVersion, build_by_recipe
from tracemill.flows.executors.local import Local
from tracemill.flows.reviews.asking import Labelled
from tracemill.records.datasets.recipes import OutcomeJudge
from tracemill.records.work.outcome_labels import OutcomeLabel, OutcomePolicy
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

NOTHING = said_of_work("unknown", None, None)
PARTIAL = said_of_work("partial")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return with_work(tmp_path)


def stand(found: Labelled[OutcomeLabel]) -> list[tuple[str, str]]:
    return sorted((label.method, label.outcome) for label in found.labels)


def test_its_word_stands_where_the_rules_know_nothing(workspace: Workspace) -> None:
    found = ASKED_WORK.ask(workspace, [said_of_work(), NOTHING, NOTHING])
    (label,) = (each for each in found.labels if each.outcome == "failed")

    assert (found.report.n_all, found.report.n_wanted) == (N_SILENT + 1, N_SILENT)
    assert stand(found) == [
        ("model", "failed"), *[("model", "unknown")] * (N_SILENT - 1), ("rules", "achieved"),
    ]  # fmt: skip
    assert (label.step, label.confidence, label.stamp.by) == (0, 0.9, MODEL)
    assert found.report.stands == {"achieved": 1, "failed": 1, "unknown": N_SILENT - 1}
    assert found.report.n_agreed == N_SILENT - 1


def test_all_work_is_asked_about_where_its_word_is_to_count_for_all(workspace: Workspace) -> None:
    found = ASKED_WORK.ask(workspace, [PARTIAL] * (N_SILENT + 1), "all")

    assert stand(found) == [("model", "partial")] * (N_SILENT + 1)


def test_only_what_both_say_stands_where_they_must_agree(workspace: Workspace) -> None:
    found = ASKED_WORK.ask(workspace, [PARTIAL] * (N_SILENT + 1), "agree")

    assert stand(found) == [("rules", "unknown")] * (N_SILENT + 1)


def test_what_both_say_is_the_word_of_the_rules(workspace: Workspace) -> None:
    found = ASKED_WORK.ask(workspace, [said_of_work("achieved")] * (N_SILENT + 1), "agree")

    assert stand(found) == [("rules", "achieved"), *[("rules", "unknown")] * N_SILENT]


def test_answers_go_with_their_session(workspace: Workspace) -> None:
    ASKED_WORK.ask(workspace, [said_of_work()] * N_SILENT)
    counts = erase(workspace, "s2")

    assert counts["turn_answers"] == 1
    assert ASKED_WORK.ask(workspace, []).report.n_before == N_SILENT - 1


@pytest.mark.parametrize(
    ("policy", "stands"),
    [
        ("unknown", [("achieved", "outcome"), *[("partial", MODEL)] * N_SILENT]),
        ("all", [*[("partial", MODEL)] * (N_SILENT + 1)]),
        ("agree", [*[("unknown", "outcome")] * (N_SILENT + 1)]),
    ],
)
def test_a_recipe_may_let_its_word_count(
    workspace: Workspace, policy: OutcomePolicy, stands: list[tuple[str, str]]
) -> None:
    ASKED_WORK.ask(workspace, [PARTIAL] * (N_SILENT + 1), "all")
    facts = recorded_facts(Lake(workspace.lake))
    episodes = judged_episodes(workspace, facts, OutcomeJudge(model=MODEL, policy=policy))

    assert sorted((each.outcome, each.stamp.by) for each in episodes) == stands
    assert {each.id for each in episodes} == {each.id for each in facts.episodes}
    assert all(each.confidence == 0 for each in episodes if each.outcome == "unknown")


def build(workspace: Workspace, folder: Path, rest: str = "") -> BuiltVersion:
    recipe = folder / "judged.toml"
    taken = '[[take]]\noutcomes = ["achieved"]\n'
    recipe.write_text(f'name = "judged"\nbuilders = ["session"]\n{taken}{rest}')
    return build_by_recipe(workspace, str(recipe), lambda: Local(1, workspace.scratch))


def test_a_dataset_holds_what_came_out_by_its_word(workspace: Workspace, tmp_path: Path) -> None:
    ASKED_WORK.ask(workspace, [said_of_work("achieved")] * N_SILENT)
    by_rule = build(workspace, tmp_path)
    by_model = build(workspace, tmp_path, f'[outcomes]\nmodel = "{MODEL}"\n')

    n_ruled, n_judged = (sum(each.version.n_examples.values()) for each in (by_rule, by_model))
    assert n_judged > n_ruled


def test_a_model_that_was_never_asked_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="run: tracemill review outcomes openai:other"):
        build(workspace, tmp_path, '[outcomes]\nmodel = "openai:other"\n')
