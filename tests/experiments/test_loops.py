"""Every loop is called by what it says calls it, and leads to everybody's prompt or back."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any, get_args

import msgspec
import pytest

from tests.analyze.histories import Team
from tests.analyze.projects import Projects
from tests.experiments.worlds import BEGIN
from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.cases import Case, measures
from tracemill.analyze.conclusions.complaints import messages
from tracemill.analyze.process import Process
from tracemill.experiments import Experiments, Filed, Outcome, judge
from tracemill.experiments.loops import find_calls, loop_of, plan_for, shipped_loops
from tracemill.experiments.planning import ceiling_for, power_of, units_for, usual_of
from tracemill.experiments.registry import CANARY, experiment_id
from tracemill.experiments.units import Span, is_treated
from tracemill.records.process.experiments import (
    Call,
    ExperimentDecision,
    ExperimentEvent,
    LoopName,
)
from tracemill.records.refs import Ref

NAMES: tuple[LoopName, ...] = get_args(LoopName)


def after(n_before: int = 40, n_now: int = 20, **changed: Any) -> Process:
    made = Projects()
    return Process(made.make(n_before) + made.make(n_now, **changed))


CALLED: dict[LoopName, Process] = {
    "gate_failures": Process(Team(1, fails={"api_contract": 0.4}).history(60)),
    "human_overrides": Process(Team(1, overridden={"tech_stack": 0.8}).history(60)),
    "downstream_feedback": after(sent_back=0.9),
    "quality_regression": after(quality=0.6, model="mini-2"),
    "token_efficiency": after(prompt="engineer.v2.0", tokens=9_000),
    "autonomy_calibration": after(overridden=0.9),
}


def calls(process: Process) -> list[Call]:
    slices = {
        loop.name: list(
            measures(
                loop.metric,
                METRICS[loop.metric].unit,
                METRICS[loop.metric].cases(process),
                loop.by,
            )
        )
        for loop in shipped_loops()
        if loop.metric
    }
    return list(find_calls(find_patterns(process).patterns, slices, ()))


@pytest.mark.parametrize("name", NAMES)
def test_what_calls_for_a_loop_calls_it(name: LoopName) -> None:
    found = [call for call in calls(CALLED[name]) if call.loop == name]

    assert found
    assert found[0].is_shown
    assert found[0].pattern


def test_a_quiet_team_calls_for_nothing() -> None:
    made = Projects()
    quiet = Process(made.make(60, passes=0.97))

    assert [call.loop for call in calls(quiet) if call.is_shown] == []


def test_loops_are_whole_and_can_be_counted() -> None:
    assert tuple(loop.name for loop in shipped_loops()) == NAMES
    for loop in shipped_loops():
        for aim in (loop.target, *loop.guards):
            assert aim.metric in METRICS
            assert "project" in METRICS[aim.metric].facts
        assert loop.guards
        assert set(loop.narrow) <= set(METRICS[loop.target.metric].facts)


@pytest.mark.parametrize(
    ("share", "n", "is_called"), [(0.5, 10, True), (0.4, 10, False), (1.0, 4, False)]
)
def test_half_of_the_decisions_overturned_calls_and_less_does_not(
    share: float, n: int, *, is_called: bool
) -> None:
    """Seen in a slice; more than half is a pattern of its own."""
    loop = next(each for each in shipped_loops() if each.name == "human_overrides")
    (found,) = measures("override_rate", "share", _decisions(share, n), loop.by)

    assert bool(list(find_calls((), {"human_overrides": [found]}, ()))) == is_called


def _decisions(share: float, n: int) -> Iterator[Case]:
    facts = {"decision": "tech_stack", "role": "architect"}
    for number in range(n):
        ref = Ref(kind="event", id=f"e{number}")
        yield Case(facts, float(number < share * n), ref, BEGIN)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("helps", [True, False])
def test_every_loop_leads_to_a_new_default_or_back(name: LoopName, *, helps: bool) -> None:
    loop = next(each for each in shipped_loops() if each.name == name)
    is_share = METRICS[loop.target.metric].unit == "share"
    usual = 0.6 if is_share else 6_000.0
    ceilings = {
        aim.metric: 20_000.0
        for aim in (loop.target, *loop.guards)
        if METRICS[aim.metric].unit == "mean"
    }
    plan = plan_for(loop, {"role": "architect"}, ("a.v1.0", "a.v1.1"), usual, ceilings)
    plan = msgspec.structs.replace(plan, horizon=150)
    name_, good, bad = experiment_id(plan, BEGIN), usual * 0.2, usual * 1.5
    random, outcomes = Random(1), []
    for day in range(150):
        unit = f"p{day}"
        value = usual
        if is_treated(name_, unit, 0.5):
            value = good if helps == (plan.target.better == "less") else bad
        drawn = float(random.random() < value) if is_share else random.gauss(value, 300)
        outcomes.append(Outcome(unit, BEGIN + timedelta(days=day), drawn))
    guards = [[Outcome(o.unit, o.at, 0.5) for o in outcomes] for _ in plan.guards]
    result = judge(
        Filed(name_, plan), [outcomes, *guards], Span(BEGIN), BEGIN + timedelta(days=400)
    )

    assert result.verdict == ("treatment" if helps else "control")
    way: list[dict[str, Any]] = [
        {"kind": "proposed", "plan": plan, "loop": name},
        {"kind": "started"},
    ]
    chosen = ExperimentDecision(chosen="treatment" if helps else "control", result=result)
    way.append({"kind": "decided", "decision": chosen})
    if helps:
        way += [{"kind": "rolled_out", "share": share} for share in (CANARY, 1.0)]
    events = [ExperimentEvent(experiment_id=name_, at=BEGIN, by="Ada", **each) for each in way]
    one = Experiments.of(events).by_id[name_]
    assert one.state == ("everywhere" if helps else "kept")


def test_the_loop_of_a_pattern_is_known() -> None:
    found = loop_of("gate_failure_root_causes")
    assert found is not None
    assert found.name == "gate_failures"
    assert loop_of("recipe_effectiveness") is None


def test_what_roles_have_to_say_is_put_together() -> None:
    made = Projects()
    (said,) = messages(Process(made.make(10) + made.make(10, sent_back=1.0)))

    assert (said.receiver, said.giver, said.n) == ("qa", "engineer", 10)
    assert said.observation == "no error codes"
    assert said.impact.startswith("work of 10 projects was sent back")
    assert "hand over to the qa" in said.suggestion
    assert len(said.records) == 3
    assert list(messages(Process(made.make(3)))) == []


@pytest.mark.parametrize(
    ("highest", "ceiling"), [(None, 1), (0.9, 1), (5.0, 8), (9_000.0, 20_000), (140.0, 300)]
)
def test_a_ceiling_leaves_room_above_what_was(highest: float | None, ceiling: float) -> None:
    values = [] if highest is None else [highest, highest / 2]
    usual = usual_of(Outcome(f"p{i}", BEGIN, value) for i, value in enumerate(values))

    assert ceiling_for(usual) == ceiling


def test_the_horizon_finds_the_least_gain_four_times_of_five() -> None:
    loop = shipped_loops()[0]
    plan = plan_for(loop, {"gate": "tests", "role": "engineer"}, ("e.v1.0", "e.v1.1"), 0.4, {})
    random = Random(2)
    usual = usual_of(Outcome(f"p{i}", BEGIN, float(random.random() < 0.4)) for i in range(60))
    needed = units_for(plan, usual)

    assert plan.target.only == {"gate": "tests", "role": "engineer"}
    assert plan.minimum_effect == pytest.approx(0.2)
    assert needed is not None
    assert power_of(msgspec.structs.replace(plan, horizon=needed), usual) == pytest.approx(
        0.8, abs=0.01
    )
