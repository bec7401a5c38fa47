"""What should be told is counted field by field, and never more than should be."""

from typing import Any

import pytest

from tests.analyze.test_versions import Told
from tests.trajectories import trajectory
from tracemill.analyze.metrics.completeness import completeness
from tracemill.analyze.process import Process
from tracemill.analyze.work import session_work
from tracemill.records.events.team_projects import (
    ApprovalReport,
    GateReport,
    OutcomeMetrics,
    ProjectReport,
    StageReport,
)
from tracemill.records.sessions.activity import Activity


def told(process: Process) -> dict[tuple[str, str], tuple[int, int]]:
    return {(each.kind, each.field): (each.n_told, each.n) for each in completeness(process).fields}


@pytest.mark.parametrize(
    ("gate", "field", "expected"),
    [
        ({"gate_result": "fail"}, "reason", (0, 1)),
        ({"gate_result": "fail", "gate_result_reason": "no file"}, "reason", (1, 1)),
        ({"gate_result": "pass"}, "reason", None),
        ({"gate_result": "pass", "retry_attempt": 1}, "retry_attempt", (1, 1)),
        ({"gate_result": "pass"}, "retry_attempt", (0, 1)),
        ({"gate_result": "pass", "auto_fix_applied": False}, "auto_fix_applied", (1, 1)),
        ({"gate_result": "pass"}, "auto_fix_applied", (0, 1)),
    ],
)
def test_a_gate_says_why_only_where_it_says_no(
    gate: dict[str, Any], field: str, expected: tuple[int, int] | None
) -> None:
    made = Told()
    made.add("p", GateReport(gate_id="g", **gate))

    assert told(Process(made.events)).get(("gate", field)) == expected


def test_what_the_stage_before_says_of_a_gate_counts_as_told() -> None:
    made = Told()
    made.add("p", StageReport(stage_id="d", agent_role="r", prompt_version="r.v1.0"))
    made.add("p", GateReport(gate_id="g", stage="d", gate_result="pass"))
    made.add("q", GateReport(gate_id="g", stage="d", gate_result="pass"))

    assert told(Process(made.events))["gate", "prompt_version"] == (1, 2)


def test_a_share_is_of_the_reports_of_that_kind() -> None:
    made = Told()
    made.add("p", ApprovalReport(human_reasoning="known", decision_aligned=True))
    made.add("p", ApprovalReport(decision_aligned=False))
    made.add("p", ProjectReport(outcome_metrics=OutcomeMetrics(time_to_completion=0)))
    found = told(Process(made.events))

    assert found["approval", "reasoning"] == (1, 2)
    assert found["approval", "aligned"] == (2, 2)
    assert found["project", "seconds"] == (1, 1)
    assert found["project", "cost"] == (0, 1)


def test_kinds_of_which_nothing_is_held_are_named() -> None:
    process = Process([])
    process.sessions = [
        session_work(
            trajectory(id="t"), Activity(trajectory_id="t", input_id="i"), tells_refusals=False
        )
    ]
    found = completeness(process)

    assert {each.kind for each in found.fields} == {"session"}
    assert found.missing_kinds == (
        "gate", "stage", "approval", "feedback", "escalation", "survey", "project",
    )  # fmt: skip
