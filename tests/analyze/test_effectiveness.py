"""How well a version does follows from two numbers, at limits that are not yet beyond."""

import pytest

from tests.analyze.test_versions import Told, shares
from tracemill.analyze.conclusions.effectiveness import effectiveness
from tracemill.analyze.conclusions.versions import Naming, VersionCounts
from tracemill.analyze.process import Process
from tracemill.records.events.team_projects import GateReport, StageReport


@pytest.mark.parametrize(
    ("success_rate", "retry_rate", "expected"),
    [
        (0.91, 0.99, "high"),
        (0.91, 1.0, "medium"),
        (0.90, 0.0, "medium"),
        (0.76, 5.0, "medium"),
        (0.75, 0.0, "low"),
        (0.0, 0.0, "low"),
        (0.91, None, None),
        (0.80, None, "medium"),
        (None, 0.0, None),
    ],
)
def test_limits_are_not_yet_beyond(
    success_rate: float | None, retry_rate: float | None, expected: str | None
) -> None:
    assert effectiveness(success_rate, retry_rate) == expected


@pytest.mark.parametrize(
    ("passed", "of", "expected"), [(91, 100, "high"), (90, 100, "medium"), (75, 100, "low")]
)
def test_a_version_is_told_by_its_gates(passed: int, of: int, expected: str) -> None:
    told = Told()
    told.work("architect.v1.0", shares(passed, of))
    (version,) = VersionCounts(Process(told.events), Naming("prompt_version")).told(
        ["architect.v1.0"]
    )

    assert version.effectiveness == expected


def test_retries_are_counted_from_the_second_attempt_on() -> None:
    """All pass in the end; work that takes three attempts each is no high effectiveness."""
    told = Told()
    for number in range(30):
        project = f"p{number}"
        told.add(project, StageReport(stage_id="d", agent_role="r", prompt_version="r.v1.0"))
        told.add(project, GateReport(gate_id="g", stage="d", gate_result="pass", retry_attempt=3))
    (version,) = VersionCounts(Process(told.events), Naming("prompt_version")).told(["r.v1.0"])

    assert version.effectiveness == "medium"


def test_a_version_that_no_gate_judged_is_not_told() -> None:
    told = Told()
    told.add("p", StageReport(stage_id="d", agent_role="r", prompt_version="r.v1.0"))
    (version,) = VersionCounts(Process(told.events), Naming("prompt_version")).told(["r.v1.0"])

    assert version.effectiveness is None
