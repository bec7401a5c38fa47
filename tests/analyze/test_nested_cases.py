"""Cases that stand in one session or project say together hardly more than one of them."""

from random import Random
from typing import Any

from tests.analyze.test_versions import Told
from tests.trajectories import trajectory
from tracemill.analyze import METRICS
from tracemill.analyze.cases import Case, Tally, measures
from tracemill.analyze.process import Process
from tracemill.analyze.work import session_work
from tracemill.records.events.team_projects import GateReport
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.stats import wilson


def test_calls_of_one_session_say_less_than_those_of_many() -> None:
    def found(*sessions: tuple[int, int]) -> tuple[float, float]:
        process = Process([])
        for number, (n, failed) in enumerate(sessions):
            activity = Activity(
                trajectory_id=f"t{number}", input_id="i", n_calls=n, n_ended=n, n_errors=failed
            )
            work = session_work(
                trajectory(id=f"t{number}", session_id=f"s{number}"), activity, tells_refusals=True
            )
            process.sessions.append(work)
        cases = METRICS["tool_error_rate"].cases(process)
        (made,) = measures("tool_error_rate", "share", cases, ())
        assert made.low is not None
        assert made.high is not None
        return made.low, made.high

    assert found((100, 30)) == wilson(0.3, 1)
    assert found(*[(1, 0)] * 7, *[(1, 1)] * 3) == wilson(3, 10)
    low, high = found(*[(10, 0)] * 7, *[(10, 10)] * 3)
    assert (low, high) == wilson(3, 10)
    low, high = found(*[(10, 3)] * 10)
    assert (low, high) == wilson(30, 100)


def test_attempts_of_one_project_say_less_than_those_of_many() -> None:
    def found(metric: str, *projects: tuple[int, int]) -> tuple[float | None, float | None]:
        told = Told()
        for number, (n, failed) in enumerate(projects):
            for attempt in range(n):
                result: Any = "fail" if attempt < failed else "pass"
                told.add(f"p{number}", GateReport(
                    gate_id="g", stage="design", gate_result=result, retry_attempt=1,
                    human_override=attempt < failed,
                ))  # fmt: skip
        cases = METRICS[metric].cases(Process(told.events))
        (made,) = measures(metric, "share", cases, ())
        return made.low, made.high

    for metric in ("gate_failure_rate", "gate_override_rate"):
        assert found(metric, (100, 30)) == wilson(0.3, 1)
        assert found(metric, *[(10, 0)] * 7, *[(10, 10)] * 3) == wilson(3, 10)
        assert found(metric, *[(1, 0)] * 7, *[(1, 1)] * 3) == wilson(3, 10)
    assert found("gate_first_pass_rate", *[(10, 3)] * 10) == wilson(70, 100)


def test_what_is_left_of_cases_without_some_is_summed_as_if_counted_alone() -> None:
    random = Random(21)
    for _ in range(60):
        whole, part, left = Tally(), Tally(), Tally()
        for _ in range(random.randint(2, 40)):
            cluster = random.choice([None, "a", "b", "c", "d"])
            ref = Ref(kind="trajectory", id="t")
            case = Case({}, float(random.randint(0, 1)), ref, cluster=cluster)
            whole.add(case)
            (part if random.random() < 0.5 else left).add(case)
        rest = whole.without(part)

        assert rest.n == left.n
        assert rest.independent == left.independent
        both = Tally()
        both.join(part)
        both.join(left)
        assert both.independent == whole.independent


def test_cases_that_are_counted_after_a_question_are_in_the_next_answer() -> None:
    def case(cluster: str) -> Case:
        return Case({}, 1.0, Ref(kind="trajectory", id="t"), cluster=cluster)

    asked, joined, fresh = Tally(), Tally(), Tally()
    for tally in (asked, joined, fresh):
        for name in ("a", "b"):
            tally.add(case(name))
    more = Tally()
    assert asked.independent == joined.independent == (2, 2)
    for _ in range(50):
        for tally in (asked, fresh, more):
            tally.add(case("c"))
    joined.join(more)

    assert asked.independent == joined.independent == fresh.independent
    assert fresh.independent[1] < 3
