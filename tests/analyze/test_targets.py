"""Hopes stand beside what was measured, and are never mixed up with it."""

import pytest

from tests.analyze.histories import Team
from tracemill.analyze.process import Process
from tracemill.analyze.targets import beside, of_metric, read_targets, shipped_targets
from tracemill.base.errors import UsageError
from tracemill.report.targets import hoped, target_lines


def test_the_shipped_ones_can_be_read_and_name_metrics_that_there_are() -> None:
    shipped = shipped_targets()
    failures = of_metric(shipped, "gate_failure_rate")

    assert len(shipped) > 10
    assert failures is not None
    assert hoped(failures) == "25% before; 8% after 10 projects; 2% after 50 projects"
    assert of_metric(shipped, "stage_seconds") is None
    assert any("0.5% after 50 projects" in hoped(each) for each in shipped)


def test_what_is_measured_is_counted_from_the_work_alone() -> None:
    process = Process(Team(1, fails={"tests": 0.4}).history(50))
    found = list(beside(shipped_targets(), process))
    failures = found[0].measured

    assert failures is not None
    assert 0.1 < (failures.value or 0) < 0.3
    assert all(each.measured is None for each in found if each.target.metric is None)
    assert [each.measured for each in beside(shipped_targets(), Process([]))] == [None] * len(found)


def test_a_table_says_both() -> None:
    lines = list(target_lines(tuple(beside(shipped_targets()[:1], Process([])))))

    assert any(line.endswith("| unknown | 0 | 25% before; 8% after 10 projects; 2% after 50 "
                             "projects |") for line in lines)  # fmt: skip
    assert list(target_lines(())) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a key 'target', found none; see docs/reports.md"),
        ("[[target]]\nwhat = 'x'\nunit = 'share'\naims = 3\n", r"at 'target\[0\].aims': "),
        ("goals = 1\ntarget = []\n", "no such key: 'goals'; known: target"),
        ("[[target]]\nwhat='x'\nunit='share'\nmetric='no'\naims=[]\n", "unknown metric 'no'"),
        ("[[target", "the targets 'targets.toml' is no TOML"),
    ],
)
def test_wrong_ones_are_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_targets(text)
