"""What a metric counts, checked by counting otherwise."""

import pytest
from msgspec import structs

from tests.analyze.histories import Team
from tracemill.analyze import METRICS
from tracemill.analyze.cases import measures, summed
from tracemill.analyze.process import Process
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import GateReport
from tracemill.records.refs import Span

REPORTS = list(Team(5, fails={"tests": 0.4}).history(50))


@pytest.fixture(scope="module")
def process() -> Process:
    return Process(REPORTS)


def gates(reports: list[TeamReport]) -> list[GateReport]:
    return [each.report for each in reports if isinstance(each.report, GateReport)]


def test_failures_are_those_of_the_reports(process: Process) -> None:
    (whole,) = measures("x", "share", METRICS["gate_failure_rate"].cases(process), ())
    told = gates(REPORTS)
    assert whole.n == len(told)
    assert whole.value == sum(gate.gate_result == "fail" for gate in told) / len(told)


def test_retries_are_counted_once_for_each_piece_of_work(process: Process) -> None:
    cases = list(METRICS["retries"].cases(process))
    assert len(cases) == 50 * 3
    assert sum(case.value for case in cases) == sum(
        gate.retry_attempt is not None and gate.retry_attempt > 1 for gate in gates(REPORTS)
    )


def test_a_hand_off_is_as_good_as_the_giver_and_as_few_tries_of_the_receiver(
    process: Process,
) -> None:
    values = [case.value for case in METRICS["hand_off_quality"].cases(process)]
    assert len(values) == 50 * 2
    assert set(values) <= {0.0, *(1 / tries for tries in range(1, 7))}
    assert max(values) == 1.0


def test_what_was_handed_on_in_one_moment_stands_in_the_order_of_its_file() -> None:
    written = [
        structs.replace(report, at=REPORTS[0].at, span=Span(start=place, end=place + 1))
        for place, report in enumerate(REPORTS)
    ]
    turned = [structs.replace(each, id=f"ev_{-n:06}") for n, each in enumerate(written)]
    found, again = (
        [(case.facts["pair"], case.value) for case in METRICS["hand_off_quality"].cases(Process(r))]
        for r in (written, turned[::-1])
    )

    assert {pair for pair, _ in found} == {"architect → engineer", "engineer → qa"}
    assert found == again


def test_a_gate_knows_the_prompt_and_the_recipe_of_its_work(process: Process) -> None:
    cases = list(METRICS["gate_failure_rate"].cases(process))

    assert cases
    for case in cases:
        assert case.facts["prompt_version"].startswith(case.facts["role"])
        assert case.facts["recipe"] in ("web_app", "mobile")


@pytest.mark.parametrize("name", METRICS)
def test_slices_add_up_to_the_whole(process: Process, name: str) -> None:
    metric = METRICS[name]
    cases = list(metric.cases(process))
    assert metric.facts
    for fact in metric.facts:
        found = summed(cases, (fact,))
        assert sum(t.n for t in found.slices.values()) + found.n_left_aside == len(cases)
        assert found.whole.n == len(cases) - found.n_left_aside


@pytest.mark.parametrize("name", METRICS)
def test_values_lie_where_they_can(process: Process, name: str) -> None:
    for measure in measures(name, METRICS[name].unit, METRICS[name].cases(process), ()):
        assert measure.value is not None
        if METRICS[name].unit == "share":
            assert 0 <= measure.value <= 1
        if measure.low is not None and measure.high is not None:
            assert measure.low <= measure.value <= measure.high
