"""Hopes stand beside what was measured, and are never mixed up with it."""

from datetime import UTC, datetime

import pytest

from tests.analyze.histories import Team
from tests.analyze.test_versions import Told
from tracemill.analyze.conclusions.targets import beside, of_metric, read_targets, shipped_targets
from tracemill.analyze.process import Process
from tracemill.base.errors import UsageError
from tracemill.records.events.team_projects import (
    OutcomeMetrics,
    ProjectMetadata,
    ProjectReport,
)
from tracemill.records.models.evaluations import Evaluation, SliceScore
from tracemill.report.targets import hoped, target_lines


def test_the_shipped_ones_can_be_read_and_name_metrics_that_there_are() -> None:
    shipped = shipped_targets()
    failures = of_metric(shipped, "gate_failure_rate")

    assert len(shipped) > 10
    assert failures is not None
    assert hoped(failures) == (
        "25% before; 18% after a quarter; 8% after 10 projects; 2% after 50 projects; "
        "5% in the long run"
    )
    assert of_metric(shipped, "stage_seconds") is None
    assert any("0.5% after 50 projects" in hoped(each) for each in shipped)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("tasks of a suite", [0.72, 0.75, 0.78, 0.80, 0.85, 0.90]),
        ("how many times faster", [1, 2, 5, 10]),
    ],
)
def test_what_turns_of_the_wheel_were_hoped_to_bring_is_listed(
    what: str, said: list[float]
) -> None:
    (target,) = (each for each in shipped_targets() if each.what.startswith(what))

    assert [target.before, *(aim.value for aim in target.aims)] == said


def test_what_is_measured_is_counted_from_the_work_alone() -> None:
    process = Process(Team(1, fails={"tests": 0.4}).history(50))
    found = list(beside(shipped_targets(), process))
    failures = found[0].measured

    assert failures is not None
    assert 0.1 < (failures.value or 0) < 0.3
    assert all(each.measured is None for each in found if each.target.metric is None)
    assert [each.measured for each in beside(shipped_targets(), Process([]))] == [None] * len(found)


def evaluated(subject: str, day: int, passed: int, part: str = "check:tool") -> Evaluation:
    score = SliceScore(name=part, n=10, passed=passed, low=0.0, high=1.0)
    return Evaluation(
        id=f"{subject}-{day}", suite_id="suite_1", suite="replay", subject=subject,
        at=datetime(2026, 1, day, tzinfo=UTC), slices=(score,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("in_use", "value"), [("first", 0.4), ("second", 0.7), (None, 0.7), ("another", 0.7)]
)
def test_what_a_model_does_is_told_of_each_and_counts_of_the_one_in_use(
    in_use: str | None, value: float
) -> None:
    asked = [
        evaluated("first", 1, 2), evaluated("second", 3, 7), evaluated("first", 2, 4),
        evaluated("second", 4, 9, "check:stop"),
    ]  # fmt: skip

    found = list(beside(shipped_targets(), Process([]), asked, in_use))
    (tools,) = [each for each in found if each.target.part == "check:tool"]
    (fields,) = [each for each in found if each.target.part == "check:fields"]

    assert [(each.slice["model"], each.value) for each in tools.models] == [
        ("first", 0.4), ("second", 0.7),
    ]  # fmt: skip
    assert tools.measured is not None
    assert tools.measured.value == value
    assert (fields.measured, fields.models) == (None, ())
    assert "| … second on replay, 2026-01-03 | 70% | 10 | |" in target_lines((tools,))


def test_a_table_says_both() -> None:
    lines = list(target_lines(tuple(beside(shipped_targets()[:1], Process([])))))

    said = hoped(shipped_targets()[0])
    assert any(line.endswith(f"| unknown | 0 | {said} |") for line in lines)
    assert list(target_lines(())) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a key 'target', found none; see docs/reports.md"),
        ("[[target]]\nwhat = 'x'\nunit = 'share'\naims = 3\n", r"at 'target\[0\].aims': "),
        ("goals = 1\ntarget = []\n", "no such key: 'goals'; known: target"),
        ("[[target]]\nwhat='x'\nunit='share'\nmetric='no'\naims=[]\n", "unknown metric 'no'"),
        (
            "[[target]]\nwhat='x'\nunit='share'\nmetric='retries'\npart='all'\naims=[]\n",
            "'x' names a metric and a part",
        ),
        ("[[target", "the targets 'targets.toml' is no TOML"),
    ],
)
def test_wrong_ones_are_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_targets(text)


def test_a_target_may_be_of_a_part_of_the_work() -> None:
    told = Told()
    for number in range(6):
        told.add(f"p{number}", ProjectReport(
            project_metadata=ProjectMetadata(autonomy_level_used=2 if number < 4 else 1),
            outcome_metrics=OutcomeMetrics(project_success="shipped" if number else "blocked"),
        ))  # fmt: skip
    whole = 'what = "a"\nmetric = "project_success_rate"\nunit = "share"\naims = []\n'
    targets = read_targets(f'[[target]]\n{whole}only = {{ autonomy = "2" }}\n[[target]]\n{whole}')
    one, other = beside(targets, Process(told.events))

    assert one.measured is not None
    assert other.measured is not None
    assert (one.measured.n, one.measured.value) == (4, 0.75)
    assert other.measured.n == 6
    assert of_metric(targets, "project_success_rate") == targets[1]
    with pytest.raises(UsageError, match="cannot be asked by 'colour'"):
        read_targets(f'[[target]]\n{whole}only = {{ colour = "red" }}\n')
