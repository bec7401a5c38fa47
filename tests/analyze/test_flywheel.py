"""Whether a loop of data works: what must be held, what goes wrong, and what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.analyze.test_tool_use import told, turn
from tracemill.analyze.conclusions.flywheel import (
    Rounds,
    Seen,
    behaviour,
    health,
    satisfaction,
    state,
)
from tracemill.analyze.conclusions.flywheel_faults import faults
from tracemill.analyze.conclusions.flywheel_items import held_items
from tracemill.analyze.process import Process
from tracemill.analyze.work import EpisodeWork
from tracemill.promote.policy_file import default_policy
from tracemill.records.datasets.audits import CheckResult, Verdict
from tracemill.records.datasets.versions import DatasetVersion, FunnelStage
from tracemill.records.models.evaluations import (
    Comparison,
    ComparisonVerdict,
    Evaluation,
    SliceComparison,
    SliceScore,
)
from tracemill.records.models.training import TrainingRecipe, TrainingRun
from tracemill.records.sessions.turn_work import FieldLog
from tracemill.records.work.episodes import Outcome

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
LOG = FieldLog(step=1, tool="lint", fields_accessed=("errors",), access_pattern="iterate")
WORK = [[turn("Read", "Edit", reaction="acceptance", accesses=(LOG,))], [turn("Edit")]]


def check(name: str, verdict: Verdict) -> CheckResult:
    return CheckResult(name=name, verdict=verdict, measured=None, n_rows=9, says=f"{name} says")


def version(cross: float = 0.3, made_up: float = 0.0, **verdicts: Verdict) -> DatasetVersion:
    given = {"unique_rows": "pass", "near_duplicates": "pass", "stated_origin": "pass",
             "uncalled_tools": "pass", **verdicts}  # fmt: skip
    shares = {"use:cross_tool": cross, "origin:synthetic": made_up}
    return DatasetVersion(
        id="dataset_1", name="chat",
        checks=tuple(check(name, verdict) for name, verdict in given.items()),
        funnel=(FunnelStage(name="budget", n_in=9, n_out=9, shares=shares),),
    )  # fmt: skip


PARTS = ("all", "check:tool", "check:order")


def evaluation(
    subject: str = "run_1", template: str = "f1", parts: Sequence[str] = PARTS
) -> Evaluation:
    return Evaluation(
        id=f"e-{subject}", suite_id="s", suite="replay", subject=subject, format=template, at=SINCE,
        slices=tuple(SliceScore(name=each, n=10, passed=7, low=0.4, high=0.9) for each in parts),
    )  # fmt: skip


RECIPE = TrainingRecipe(name="demo", base="b", template="compact", stages=())
RUN = TrainingRun(id="run_1", recipe=RECIPE, status="finished", format="f1")


def work(*outcomes: Outcome, at: datetime = SINCE) -> Process:
    process = Process([])
    process.episodes = [
        (EpisodeWork(id=f"ep_{number}", started=at, outcome=outcome), {})
        for number, outcome in enumerate(outcomes)
    ]
    return process


def seen(**given: Any) -> Seen:
    whole: dict[str, Any] = {
        "use": told(WORK), "process": work("achieved", "failed", "unknown"), "n_checks": 3,
        "n_gates": 1, "version": version(), "evaluations": [evaluation()], "runs": [RUN],
        "in_use": "run_1", "n_promoted": 1, "n_shown": 1, "policy": default_policy(),
        "rounds": None, **given,
    }  # fmt: skip
    return Seen(**whole)


def test_where_all_is_held_nothing_is_missing_and_no_fault_is_found() -> None:
    assert {each.verdict for each in held_items(seen())} == {"held"}
    assert {each.verdict for each in faults(seen())} == {"pass"}
    assert len(list(held_items(seen()))) == 10
    assert len(list(faults(seen()))) == 8


def test_of_nothing_everything_is_missing_and_no_fault_is_known() -> None:
    nothing = seen(
        use=told([]), process=Process([]), n_checks=0, n_gates=0, version=None, evaluations=[],
        runs=[], in_use=None, n_promoted=0, n_shown=0,
    )  # fmt: skip

    assert {each.verdict for each in held_items(nothing)} == {"missing"}
    assert {each.verdict for each in faults(nothing)} == {"unknown"}
    assert all(each.evidence for each in held_items(nothing))
    traces = next(each for each in held_items(nothing) if each.name == "full_traces")
    assert "%" not in traces.evidence
    assert all(each.evidence for each in faults(nothing))
    assert [each.value for each in (*behaviour(nothing), *satisfaction(nothing))] == [None] * 8


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("volume_without_quality", {"version": version(near_duplicates="fail")}),
        ("volume_without_quality", {"version": version(template_collapse="fail")}),
        ("mocks_for_reality", {"version": version(stated_origin="fail")}),
        ("mocks_for_reality", {"version": version(made_up=0.6)}),
        ("text_without_execution", {"evaluations": [evaluation(parts=("all",)), evaluation()]}),
        ("intent_without_calls", {"version": version(uncalled_tools="fail")}),
        ("single_tool_only", {"version": version(cross=0.01)}),
        ("mixed_formats", {"evaluations": [evaluation(template="f2")]}),
        ("vanity_metrics", {"n_shown": 0}),
        ("infrastructure_only", {"in_use": "another"}),
        ("infrastructure_only", {"evaluations": [evaluation("another")]}),
    ],
)
def test_each_fault_is_found_by_itself(name: str, given: dict[str, Any]) -> None:
    found = {each.name for each in faults(seen(**given)) if each.verdict == "fail"}

    assert name in found
    assert found <= {name, "mixed_formats", "infrastructure_only", "text_without_execution"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("one_format", {"evaluations": [evaluation(template="f2")]}),
        ("checked_examples", {"version": version(near_duplicates="fail")}),
        ("behaviour_measured", {"evaluations": [evaluation(parts=("all",))]}),
        ("integration_results", {"n_checks": 0, "n_gates": 0}),
        ("satisfaction", {"process": work("unknown")}),
        ("field_use", {"use": told([[turn("Read", "Edit", reaction="acceptance")]])}),
    ],
)
def test_each_thing_can_be_missing(name: str, given: dict[str, Any]) -> None:
    missing = [each.name for each in held_items(seen(**given)) if each.verdict == "missing"]

    assert missing == [name]


def asked(passed: int, **more: Any) -> Evaluation:
    score = SliceScore(name="all", n=25, passed=passed, low=0.0, high=1.0)
    whole = evaluation("elsewhere", parts=("check:tool",))
    return structs.replace(whole, **{"format": None, "slices": (score, *whole.slices), **more})


@pytest.mark.parametrize(
    ("early", "late", "is_told"),
    [
        (asked(7), asked(22), True),
        (asked(7), asked(22, format="f1"), True),
        (asked(17), asked(22), False),
        (asked(7), asked(22, suite_id="another"), False),
        (asked(7), asked(22, subject="another"), False),
        (asked(7, weights_sha256="a"), asked(22, weights_sha256="b"), False),
        (asked(7, format="f1"), asked(22, format="f2"), False),
    ],
)
def test_one_model_that_does_otherwise_on_the_same_cases_was_asked_otherwise(
    early: Evaluation, late: Evaluation, is_told: bool
) -> None:
    (found,) = [
        each
        for each in faults(seen(evaluations=[late, early], runs=[]))
        if each.name == "mixed_formats"
    ]

    assert (found.verdict == "fail") is is_told
    assert ("7 and 22 of 25" in found.evidence) is is_told


def test_the_numbers_have_cases_and_intervals() -> None:
    tools, fields, order, whole = behaviour(seen())
    reached, badly, given_up, well = satisfaction(seen())

    assert (tools.value, tools.n, tools.slice["model"]) == (0.7, 10, "run_1")
    assert (fields.value, fields.n) == (None, 0)
    assert (order.metric, whole.metric) == ("check:order", "all")
    assert (reached.value, reached.n) == (0.5, 2)
    assert (badly.value, well.value, given_up.value) == (0.0, 1.0, 0.0)
    assert reached.low is not None
    assert reached.low < 0.5 < (reached.high or 0)
    assert [each.metric for each in health(seen())] == [
        "calls_that_succeed", "highest_failure_rate", "median_seconds_of_a_turn", "empty_fields",
    ]  # fmt: skip


def compared(*verdicts: ComparisonVerdict) -> Rounds:
    parts = ("check:tool", "check:order", "all")
    slices = tuple(
        SliceComparison(
            name=name, n=9, n_groups=9, base=1, candidate=2, gains=1, losses=0, difference=0.1,
            low=0.0, high=0.2, p_value=0.5, p_adjusted=0.5, verdict=verdict,
        )
        for name, verdict in zip(parts, verdicts, strict=False)
    )  # fmt: skip
    made = Comparison(
        suite_id="s", suite="replay", base_id="e1", candidate_id="e2", base="old", candidate="new",
        margin=0.1, slices=slices,
    )  # fmt: skip
    return Rounds("new", SINCE, (made,))


def years(before: Sequence[Outcome], since: Sequence[Outcome]) -> Process:
    process = work(*since)
    process.episodes += work(*before, at=SINCE - timedelta(days=9)).episodes
    return process


ACHIEVED: Outcome = "achieved"
FAILED: Outcome = "failed"
BAD = [*[FAILED] * 9, ACHIEVED]
GOOD = [*[ACHIEVED] * 9, FAILED]


@pytest.mark.parametrize(
    ("rounds", "before", "since", "is_shown"),
    [
        (compared("better"), BAD, GOOD, "works"),
        (compared("better"), GOOD, GOOD, "not_shown"),
        (compared("better"), [], GOOD, "not_shown"),
        (compared("inconclusive"), BAD, GOOD, "not_shown"),
        (compared("better"), GOOD, BAD, "fails"),
        (compared("better", "worse"), BAD, GOOD, "fails"),
        (Rounds("new", SINCE, ()), BAD, GOOD, "unknown"),
        (None, BAD, GOOD, "unknown"),
    ],
)
def test_a_loop_works_where_models_and_work_got_better_by_more_than_chance(
    rounds: Rounds | None, before: Sequence[Outcome], since: Sequence[Outcome], is_shown: str
) -> None:
    found, because = state(seen(rounds=rounds, process=years(before, since)))

    assert found == is_shown
    assert because
