"""What CI says, looked at as gate runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracemill.flows.deriving.ci_gates import ci_gates, gate_of, results_of
from tracemill.flows.deriving.gates import compare_gates
from tracemill.records.events.event import CiJob, CiRun, CommitStatus
from tracemill.records.events.forge import CiStep
from tracemill.records.refs import Origin
from tracemill.store.lake import Lake

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(source="github", source_version=1, uri="u", input_id="input_1")


def run(name: str, minute: int, conclusion: str | None = None, **said: Any) -> CiRun:
    fields: dict[str, Any] = {"repository": "o/r", "run_id": "42", "attempt": 1, **said}
    status = {"success": "passed", "failure": "failed"}.get(conclusion or "", "unknown")
    at = NOON + timedelta(minutes=minute)
    return CiRun(id=name, at=at, origin=ORIGIN, conclusion=conclusion, status=status, **fields)  # type: ignore[arg-type]


def test_the_newest_word_counts() -> None:
    made = ci_gates([run("b", 2, "failure"), run("a", 1), run("c", 3, "success")])

    assert [(gate.id, gate.status) for gate in made] == [("c", "passed")]


def test_what_goes_on_has_no_verdict() -> None:
    assert ci_gates([run("a", 1), run("b", 2)]) == []


def test_attempts_of_one_run_stay_apart() -> None:
    made = ci_gates(
        [run("a", 1, "failure", commit="0f"), run("b", 2, "success", commit="0f", attempt=2)]
    )

    assert [(gate.status, gate.attempt, gate.commit) for gate in made] == [
        ("failed", 1, "0f"),
        ("passed", 2, "0f"),
    ]


def test_what_fails_and_then_passes_on_one_commit_is_flaky(tmp_path: Path) -> None:
    said = {"commit": "0f", "workflow": "tests"}
    flaky = [run("a", 1, "failure", **said), run("b", 2, "success", attempt=2, **said)]
    steady = [run("c", 3, "failure", run_id="43", commit="1e", workflow="tests")]
    (found,) = compare_gates(Lake(tmp_path), ci_gates([*flaky, *steady]), {}).flaky

    assert (found.name, found.gate, found.commit) == ("github-actions::tests", "ci", "0f")
    assert found.run_ids == ("a", "b")


def test_a_job_has_its_steps_as_results() -> None:
    steps = (
        CiStep(
            name="checkout",
            status="passed",
            conclusion="success",
            started=NOON,
            ended=NOON + timedelta(seconds=2),
        ),
        CiStep(name="pytest", status="failed", conclusion="failure"),
        CiStep(name="deploy", conclusion="skipped"),
    )
    job = CiJob(
        id="j", origin=ORIGIN, repository="o/r", native_id="43", name="linux", workflow="tests", conclusion="failure",
        status="failed", steps=steps, started=NOON, ended=NOON + timedelta(minutes=1),
    )  # fmt: skip

    (gate,) = ci_gates([job])

    assert (gate.gate, gate.tool, gate.title, gate.status) == (
        "ci",
        "github-actions",
        "tests / linux",
        "failed",
    )
    assert (gate.totals, gate.duration_s) == ({"failed": 1, "passed": 1, "skipped": 1}, 60.0)
    assert [(r.name, r.status, r.duration_s) for r in results_of(job)] == [
        ("checkout", "passed", 2.0),
        ("pytest", "failed", None),
        ("deploy", "skipped", None),
    ]


def test_a_status_names_its_service() -> None:
    status = CommitStatus(
        id="s",
        origin=ORIGIN,
        form="check_run",
        name="lint",
        service="linter",
        status="passed",
        conclusion="success",
    )

    gate = gate_of(status)

    assert (gate.tool, gate.title, gate.status, gate.totals) == ("linter", "lint", "passed", {})
