"""Every metric equals what a few plain lines count from the same reports, on 1,000 random histories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from random import Random
from statistics import fmean
from typing import Any, Final

import msgspec
import pytest

from tests.analyze.test_versions import Told
from tests.trajectories import trajectory
from tracemill.analyze import METRICS
from tracemill.analyze.cases import Tally, measure, measures, summed
from tracemill.analyze.process import Process
from tracemill.analyze.work import SessionWork, session_work
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    HumanFeedback,
    OutcomeMetrics,
    ProjectMetadata,
    ProjectReport,
    QaResults,
    QualitySignals,
    SecurityScan,
    SpeedMetrics,
    StageReport,
    SurveyReport,
)
from tracemill.records.sessions.activity import Activity

N_CASES: Final = 1_000
Said = list[tuple[str, Any, dict[str, Any]]]
"""Project, report and what it says beyond its fields, in order."""


def maybe(random: Random, value: Any) -> Any:
    return None if random.random() < 0.2 else value


def drawn(random: Random) -> Said:
    """Return a random history of a few projects."""
    said: Said = []
    for _ in range(random.randint(0, 14)):
        project = f"p{random.randint(0, 2)}"
        stage, role = random.choice("st"), random.choice(("architect", "qa"))
        kind = random.randrange(6)
        if kind == 0:
            said.append(
                (
                    project,
                    StageReport(
                        stage_id=stage,
                        agent_role=role,
                        duration_seconds=maybe(random, random.randint(0, 99)),
                        input_tokens=maybe(random, random.randint(0, 99)),
                        output_tokens=maybe(random, random.randint(0, 99)),
                        total_cost=maybe(random, random.random()),
                    ),
                    {"confidence": random.choice((0.5, 60, 80.0))} if random.random() < 0.5 else {},
                )
            )
        elif kind < 3:
            said.append(
                (
                    project,
                    GateReport(
                        gate_id=random.choice("gh"),
                        stage=stage,
                        agent_role=role,
                        gate_result=random.choice(("pass", "fail", "ambiguous")),
                        retry_attempt=maybe(random, random.randint(1, 3)),
                        human_override=maybe(random, random.random() < 0.5),
                        auto_fix_applied=maybe(random, random.random() < 0.5),
                        auto_fix_success=maybe(random, random.random() < 0.5),
                    ),
                    {},
                )
            )
        elif kind == 3:
            said.append(
                (
                    project,
                    ApprovalReport(
                        agent_recommendation=maybe(random, random.choice("ab")),
                        human_decision=maybe(random, random.choice(("a", "b", " A"))),
                        decision_aligned=maybe(random, random.random() < 0.5),
                    ),
                    {},
                )
            )
        elif kind == 4:
            said.append((project, EscalationReport(reason="x"), {}))
            said.append((project, DownstreamReport(stage=stage, feedback="y"), {}))
        else:
            said.append((project, whole(random), {}))
    return said  # fmt: skip


def whole(random: Random) -> ProjectReport:
    return ProjectReport(
        project_metadata=ProjectMetadata(autonomy_level_used=maybe(random, random.randint(0, 3))),
        outcome_metrics=OutcomeMetrics(
            project_success=maybe(
                random, random.choice(("shipped", "alpha_ready", "blocked", "cancelled"))
            ),
            time_to_completion=maybe(random, random.randint(0, 99)),
            token_cost_total=maybe(random, random.random()),
            quality_score=maybe(random, random.random()),
        ),
        quality_signals=QualitySignals(
            test_results=maybe(random, QaResults(test_coverage_percent=random.random())),
            security_scan=maybe(random, SecurityScan(critical=random.randint(0, 3))),
            performance_metrics=maybe(random, SpeedMetrics(within_slo=random.random() < 0.5)),
        ),
        human_feedback=HumanFeedback(
            post_project_survey=maybe(random, SurveyReport(agent_helpfulness_overall=4))
        ),
    )


def of(said: Said, kind: type) -> list[tuple[str, Any, dict[str, Any]]]:
    found = [each for each in said if isinstance(each[1], kind)]
    return once_a_project(found) if kind is ProjectReport else found


def once_a_project(said: Said) -> Said:
    """Return what is said of each project as a whole; what was said last of anything counts."""
    wholes: dict[str, dict[str, dict[str, Any]]] = {}
    for project, report, _ in said:
        whole = wholes.setdefault(project, {})
        for group, fields in msgspec.to_builtins(report).items():
            if group != "kind":
                whole[group] = whole.get(group, {}) | fields
    groups: dict[str, Any] = {
        "project_metadata": {}, "outcome_metrics": {}, "quality_signals": {}, "human_feedback": {},
    }  # fmt: skip
    return [
        (project, msgspec.convert({**groups, **whole, "kind": "completion"}, ProjectReport), {})
        for project, whole in wholes.items()
    ]


def outcome(name: str) -> Callable[[Said], list[Any]]:
    return lambda said: [getattr(r.outcome_metrics, name) for _, r, _ in of(said, ProjectReport)]


def judged(said: Said) -> list[tuple[str, GateReport]]:
    return [(p, r) for p, r, _ in of(said, GateReport) if r.gate_result != "ambiguous"]


def retries(said: Said) -> list[float]:
    work: defaultdict[tuple[str, ...], list[GateReport]] = defaultdict(list)
    for project, gate, _ in of(said, GateReport):
        if gate.retry_attempt is not None:
            work[project, gate.stage, gate.gate_id, gate.agent_role].append(gate)
    found = []
    for gates in work.values():
        seen: list[int] = []
        for gate in gates:
            seen.append(gate.retry_attempt or 0)
            if gate.gate_result == "pass":
                found.append(max(seen) - 1.0)
                seen = []
        found += [max(seen) - 1.0] if seen else []
    return found


def let_through(said: Said) -> list[StageReport]:
    places: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for project, gate in judged(said):
        places[project, gate.stage or ""].add(gate.gate_result or "")
    return [r for p, r, _ in of(said, StageReport) if places[p, r.stage_id] != {"fail"}]


def aligned(said: Said) -> list[bool]:
    found = []
    for _, report, _ in of(said, ApprovalReport):
        one, other = report.agent_recommendation, report.human_decision
        if report.decision_aligned is not None:
            found.append(report.decision_aligned)
        elif one and other:
            found.append(one == other.strip().lower())
    return found


def satisfied(said: Said) -> list[float | None]:
    surveys = [r.human_feedback.post_project_survey for _, r, _ in of(said, ProjectReport)]
    return [4.0 for survey in surveys if survey]


PLAIN: Final[dict[str, Callable[[Said], Iterable[float | bool | None]]]] = {
    "gate_failure_rate": lambda said: [r.gate_result == "fail" for _, r in judged(said)],
    "gate_first_pass_rate": lambda said: [
        r.gate_result == "pass" for _, r in judged(said) if r.retry_attempt == 1
    ],
    "retries": retries,
    "override_rate": lambda said: [not each for each in aligned(said)],
    "gate_override_rate": lambda said: [r.human_override for _, r, _ in of(said, GateReport)],
    "escalations": lambda said: [
        sum(p == project for p, _, _ in of(said, EscalationReport))
        for project, _, _ in of(said, ProjectReport)
    ],
    "tokens_per_success": lambda said: [
        r.input_tokens + r.output_tokens
        for r in let_through(said)
        if r.input_tokens is not None and r.output_tokens is not None
    ],
    "cost_per_success": lambda said: [r.total_cost for r in let_through(said)],
    "stage_seconds": lambda said: [r.duration_seconds for _, r, _ in of(said, StageReport)],
    "auto_fix_success_rate": lambda said: [
        r.auto_fix_success for _, r, _ in of(said, GateReport) if r.auto_fix_applied
    ],
    "stated_confidence": lambda said: [
        says["confidence"] / (100 if says["confidence"] > 1 else 1)
        for _, _, says in of(said, StageReport)
        if says
    ],
    "project_success_rate": lambda said: [
        None if each is None else each in ("shipped", "alpha_ready")
        for each in outcome("project_success")(said)
    ],
    "project_seconds": outcome("time_to_completion"),
    "project_cost": outcome("token_cost_total"),
    "quality_score": outcome("quality_score"),
    "test_coverage": lambda said: [
        r.quality_signals.test_results.test_coverage_percent
        for _, r, _ in of(said, ProjectReport)
        if r.quality_signals.test_results
    ],
    "critical_issues": lambda said: [
        r.quality_signals.security_scan.critical
        for _, r, _ in of(said, ProjectReport)
        if r.quality_signals.security_scan
    ],
    "fast_enough_rate": lambda said: [
        r.quality_signals.performance_metrics.within_slo
        for _, r, _ in of(said, ProjectReport)
        if r.quality_signals.performance_metrics
    ],
    "autonomy_level": lambda said: [
        r.project_metadata.autonomy_level_used for _, r, _ in of(said, ProjectReport)
    ],
    "satisfaction": satisfied,
}


@pytest.fixture(scope="module")
def histories() -> list[tuple[Said, Process]]:
    random, found = Random(11), []
    for _ in range(N_CASES):
        said, told = drawn(random), Told()
        for project, report, says in said:
            told.add(project, report, **says)
        found.append((said, Process(told.events)))
    return found


@pytest.mark.parametrize("name", PLAIN)
def test_a_metric_counts_what_plain_lines_count(
    name: str, histories: list[tuple[Said, Process]]
) -> None:
    n_told = 0
    for said, process in histories:
        expected = [float(each) for each in PLAIN[name](said) if each is not None]
        found = next(measures(name, METRICS[name].unit, METRICS[name].cases(process), ()), None)

        assert (found.n if found else 0) == len(expected)
        if found is not None:
            n_told += 1
            assert found.value == pytest.approx(fmean(expected))
    assert n_told > N_CASES / 20


def test_calls_of_logs_that_record_no_refusal_are_not_counted_as_let_through() -> None:
    def session(name: str, refused: int, *, is_told: bool) -> SessionWork:
        activity = Activity(trajectory_id=name, input_id="i", n_calls=4, n_rejections=refused)
        return session_work(trajectory(id=name), activity, tells_refusals=is_told)

    process = Process([])
    process.sessions = [session("a", 0, is_told=False)]
    assert list(METRICS["refused_call_rate"].cases(process)) == []

    process.sessions += [session("b", 0, is_told=True), session("c", 1, is_told=False)]
    found = next(
        measures("refused_call_rate", "share", METRICS["refused_call_rate"].cases(process), ())
    )
    assert found.n == 8
    assert found.value == pytest.approx(1 / 8)


def test_calls_and_their_errors_are_those_of_the_sessions() -> None:
    random = Random(12)
    for _ in range(200):
        process, calls, errors = Process([]), 0, 0
        for number in range(random.randint(0, 4)):
            n = random.randint(0, 9)
            failed = random.randint(0, n)
            calls, errors = calls + n, errors + failed
            activity = Activity(
                trajectory_id=f"t{number}", input_id="i", n_calls=n + 3, n_ended=n, n_errors=failed
            )
            process.sessions.append(
                session_work(trajectory(id=f"t{number}"), activity, tells_refusals=True)
            )
        cases = METRICS["tool_error_rate"].cases(process)
        found = next(measures("tool_error_rate", "share", cases, ()), None)

        assert (found.n if found else 0) == calls
        assert found is None or found.value == pytest.approx(errors / calls)


def test_no_mean_of_counts_may_lie_below_zero() -> None:
    tally = Tally()
    tally.n, tally.total, tally.squares = 2, 4_868.0, 2_000.0**2 + 2_868.0**2

    found = measure("output_tokens_per_success", "mean", (), (), tally)

    assert found.low == 0
    assert found.high is not None
    assert found.value is not None
    assert found.high > found.value


def test_values_and_intervals_are_scipys() -> None:
    scipy_stats = pytest.importorskip("scipy.stats")
    random = Random(13)
    for _ in range(150):
        shares, numbers = Tally(), Tally()
        values = [random.gauss(50, 2) for _ in range(random.randint(3, 40))]
        hits = [float(value > 50) for value in values]
        for tally, held in ((shares, hits), (numbers, values)):
            tally.n, tally.total = len(held), sum(held)
            tally.squares = sum(value * value for value in held)
        share = measure("x", "share", (), (), shares)
        mean = measure("x", "mean", (), (), numbers)
        wilson = scipy_stats.binomtest(int(sum(hits)), len(hits)).proportion_ci(method="wilson")
        student = scipy_stats.t.interval(
            0.95, len(values) - 1, fmean(values), scipy_stats.sem(values)
        )

        assert (share.low, share.high) == pytest.approx(tuple(wilson))
        assert (mean.low, mean.high) == pytest.approx(tuple(student), rel=1e-6)


def test_slices_do_not_depend_on_the_order_of_cases(
    histories: list[tuple[Said, Process]],
) -> None:
    random = Random(14)
    for _, process in histories[:200]:
        cases = list(METRICS["gate_failure_rate"].cases(process))
        shuffled = random.sample(cases, len(cases))
        one, other = (summed(each, ("role",)).slices for each in (cases, shuffled))

        assert {key: (t.n, t.total) for key, t in one.items()} == {
            key: (t.n, t.total) for key, t in other.items()
        }
