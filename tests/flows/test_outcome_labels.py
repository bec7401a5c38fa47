"""A model is asked what became of each piece of work once, and nothing of what was said is kept."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_quoted_erasure import erase
from tracemill.base.errors import NotFoundError, StoreError
from tracemill.flows.deriving.facts import recorded_facts
from tracemill.flows.deriving.judged_outcomes import judged_episodes
from tracemill.flows.deriving.recipes import BuiltVersion, build_by_recipe
from tracemill.flows.executors.local import Local
from tracemill.flows.reviews.asking_desk import Limits
from tracemill.flows.reviews.outcome_labels import (
    LabelledOutcomes,
    WantedOutcomes,
    label_outcomes,
)
from tracemill.flows.wheel.turn import Options, turn
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.datasets.recipes import OutcomeJudge
from tracemill.records.work.outcome_labels import OutcomePolicy
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance

AT = datetime(2026, 3, 1, tzinfo=UTC)
MODEL = "scripted:script.jsonl"
N_SILENT = 2
"""Sessions of which the rules know nothing; of one more they know that tests passed."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    for name in ("s1", "s2"):
        path = write_session(tmp_path / "in", name, 2, "ask Wanda" if name == "s2" else "wonder")
        path.write_bytes(path.read_bytes().replace(b"pytest -q", b"cat a.txt"))
    write_session(tmp_path / "in", "s3", 2, "tested")
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(made, [tmp_path / "in"], home, Options(workers=1), lambda _progress: None)
    return made


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.jsonl"


def said(outcome: str = "failed", step: int | None = 0, evidence: str | None = "please") -> str:
    given = {"outcome": outcome, "step": step, "evidence": evidence, "confidence": 0.9}
    return json.dumps(given)


NOTHING = said("unknown", None, None)


def run(
    workspace: Workspace,
    script: Path,
    answers: Sequence[str],
    policy: OutcomePolicy = "unknown",
    *,
    is_dry: bool = False,
    **limits: Any,
) -> LabelledOutcomes:
    script.write_text("".join(json.dumps({"text": text}) + "\n" for text in answers))
    wanted = WantedOutcomes(policy, None, Limits(AskSettings(), Allowance(**limits)))
    config = SubjectConfig(backend="scripted", model=str(script))
    return label_outcomes(workspace, config, wanted, clock=lambda: AT, is_dry=is_dry)


def kept(workspace: Workspace) -> list[Path]:
    return sorted((workspace.root / "outcome-labels").glob("*"))


def stand(found: LabelledOutcomes) -> list[tuple[str, str]]:
    return sorted((label.method, label.outcome) for label in found.labels)


def test_its_word_stands_where_the_rules_know_nothing(workspace: Workspace, script: Path) -> None:
    found = run(workspace, script, [said(), NOTHING])
    (label,) = (each for each in found.labels if each.outcome == "failed")

    assert (found.report.n_episodes, found.report.n_wanted) == (N_SILENT + 1, N_SILENT)
    assert stand(found) == [("model", "failed"), ("model", "unknown"), ("rules", "achieved")]
    assert (label.step, label.confidence, label.stamp.by) == (0, 0.9, MODEL)
    assert found.report.outcomes == {"achieved": 1, "failed": 1, "unknown": 1}
    assert found.report.n_agreed == 1


def test_all_work_is_asked_about_where_its_word_is_to_count_for_all(
    workspace: Workspace, script: Path
) -> None:
    found = run(workspace, script, [said("partial")] * (N_SILENT + 1), "all")

    assert stand(found) == [("model", "partial")] * (N_SILENT + 1)


def test_only_what_both_say_stands_where_they_must_agree(
    workspace: Workspace, script: Path
) -> None:
    found = run(workspace, script, [said("partial")] * (N_SILENT + 1), "agree")

    assert stand(found) == [("rules", "unknown")] * (N_SILENT + 1)


def test_answers_without_evidence_are_counted_and_the_rules_stand(
    workspace: Workspace, script: Path
) -> None:
    found = run(workspace, script, ["what?", said(evidence="nowhere")])

    assert found.report.faults == {"no_such_evidence": 1, "not_in_form": 1}
    assert {method for method, _ in stand(found)} == {"rules"}


def test_nothing_is_asked_or_kept_in_a_dry_run(workspace: Workspace, script: Path) -> None:
    report = run(workspace, script, [], is_dry=True).report

    assert (report.n_wanted, report.n_asked) == (N_SILENT, 0)
    assert report.n_characters > 0
    assert not kept(workspace)


def test_a_run_goes_on_where_a_limit_ended_it(workspace: Workspace, script: Path) -> None:
    ended = run(workspace, script, [said()] * N_SILENT, requests=1).report
    again = run(workspace, script, [said()]).report

    assert (ended.n_asked, ended.stopped_by) == (1, "requests")
    assert (again.n_asked, again.n_before, again.stopped_by) == (1, 1, None)


def test_a_model_that_does_not_answer_is_told_of(workspace: Workspace, script: Path) -> None:
    report = run(workspace, script, [said()]).report

    assert (report.n_asked, report.n_failed) == (1, N_SILENT - 1)


def test_nothing_that_was_said_is_kept(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said()] * N_SILENT)
    (path,) = kept(workspace)

    assert b"wonder" not in path.read_bytes()
    assert b"please" not in path.read_bytes()


def test_a_damaged_line_is_told_with_its_place(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said()] * N_SILENT)
    (path,) = kept(workspace)
    path.write_bytes(b"{}\n" + path.read_bytes())

    with pytest.raises(StoreError, match=r"line 1: expected a record .*; delete the file"):
        run(workspace, script, [])


def test_answers_go_with_their_session(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said()] * N_SILENT)
    counts = erase(workspace, "s2")

    assert counts["turn_answers"] == 1
    assert run(workspace, script, []).report.n_before == N_SILENT - 1


def test_a_recipe_may_let_its_word_count(workspace: Workspace, script: Path) -> None:
    run(workspace, script, [said("partial")] * N_SILENT)
    facts = recorded_facts(Lake(workspace.lake))
    episodes = judged_episodes(workspace, facts, OutcomeJudge(model=MODEL))

    assert sorted((each.outcome, each.stamp.by) for each in episodes) == [
        ("achieved", "outcome"),
        ("partial", MODEL),
        ("partial", MODEL),
    ]
    assert {each.id for each in episodes} == {each.id for each in facts.episodes}


def build(workspace: Workspace, folder: Path, rest: str = "") -> BuiltVersion:
    recipe = folder / "judged.toml"
    taken = '[[take]]\noutcomes = ["achieved"]\n'
    recipe.write_text(f'name = "judged"\nbuilders = ["session"]\n{taken}{rest}')
    return build_by_recipe(workspace, str(recipe), lambda: Local(1, workspace.scratch))


def test_a_dataset_holds_what_came_out_by_its_word(
    workspace: Workspace, script: Path, tmp_path: Path
) -> None:
    run(workspace, script, [said("achieved")] * N_SILENT)
    by_rule = build(workspace, tmp_path)
    by_model = build(workspace, tmp_path, f'[outcomes]\nmodel = "{MODEL}"\n')

    n_ruled, n_judged = (sum(each.version.n_examples.values()) for each in (by_rule, by_model))
    assert n_judged > n_ruled


def test_a_model_that_was_never_asked_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="run: tracemill review outcomes openai:other"):
        build(workspace, tmp_path, '[outcomes]\nmodel = "openai:other"\n')
