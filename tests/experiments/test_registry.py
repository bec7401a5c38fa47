"""Where an experiment stands follows from its events, and what cannot follow is refused."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.experiments.worlds import BEGIN, TOKENS, World, look, plan
from tracemill.base.errors import NotFoundError, PolicyError, UsageError
from tracemill.experiments import Experiments
from tracemill.experiments.plan_file import check_plan, read_plan
from tracemill.experiments.registry import experiment_id
from tracemill.experiments.units import Span, is_treated
from tracemill.records.process.experiments import (
    ArmName,
    ExperimentDecision,
    ExperimentEvent,
    ExperimentEventKind,
    ExperimentPlan,
)

PLAN = plan()
ID = experiment_id(PLAN, BEGIN)
SHOWN = look(World(fails=(0.5, 0.1)).outcomes(200))
OPEN = look(World().outcomes(20))
HARM = look(World(fails=(0.1, 0.5)).outcomes(200))


def event(kind: ExperimentEventKind, day: int = 1, **more: Any) -> ExperimentEvent:
    at = BEGIN + timedelta(days=day)
    return ExperimentEvent(kind=kind, experiment_id=ID, at=at, **{"by": "Ada", **more})


def decided(arm: ArmName, result: Any = SHOWN) -> ExperimentEvent:
    return event("decided", 10, decision=ExperimentDecision(chosen=arm, result=result))


PROPOSED = event("proposed", 0, plan=PLAN)
STARTED = event("started", 1)
CANARY = event("rolled_out", 20, share=0.25, result=SHOWN)
ALL = event("rolled_out", 40, share=1.0, result=SHOWN)
WAY = [PROPOSED, STARTED, decided("treatment"), CANARY, ALL]


@pytest.mark.parametrize(
    ("n", "state", "share"),
    [
        (1, "proposed", 0), (2, "running", 0.5), (3, "decided", 0), (4, "canary", 0.25),
        (5, "everywhere", 1),
    ],
)  # fmt: skip
def test_a_change_goes_from_half_to_a_quarter_to_all(n: int, state: str, share: float) -> None:
    known = Experiments.of(WAY[:n])

    assert known.by_id[ID].state == state
    assert [draw.share for draw in known.draws().draws] == ([share] if share else [])


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_it_can_be_taken_back_from_anywhere(n: int) -> None:
    known = Experiments.of([*WAY[:n], event("rolled_back", 50, reason="pages fail")])

    assert known.by_id[ID].state == "rolled_back"
    assert known.by_id[ID].events[-1].reason == "pages fail"
    assert known.draws().draws == ()


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([PROPOSED, event("rolled_back")], "proposed: it cannot be rolled back; expected: started"),
        ([PROPOSED, CANARY], "cannot be rolled out"),
        ([PROPOSED, STARTED, STARTED], "running: it cannot be started"),
        ([PROPOSED, STARTED, CANARY], "cannot be rolled out; expected: decided"),
        ([*WAY, CANARY], "everywhere: it cannot be rolled out; expected: rolled back"),
        ([PROPOSED, STARTED, decided("control"), CANARY], "kept: .* expected: nothing more"),
        ([PROPOSED, STARTED, event("stopped"), STARTED], "stopped: it cannot be started"),
        ([PROPOSED, event("started", by=" ")], "--by"),
    ],
)
def test_what_cannot_follow_is_refused_with_what_can(
    events: list[ExperimentEvent], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        Experiments.of(events)


@pytest.mark.parametrize("result", [OPEN, HARM])
def test_a_change_that_is_not_shown_is_not_taken_over(result: Any) -> None:
    with pytest.raises(PolicyError, match=result.verdict):
        Experiments.of([PROPOSED, STARTED, decided("treatment", result)])
    known = Experiments.of([PROPOSED, STARTED, decided("control", result)])
    assert known.by_id[ID].state == "kept"


def test_a_loss_on_the_canary_ends_the_roll_out() -> None:
    harmed = event("rolled_out", 40, share=1.0, result=HARM)

    with pytest.raises(PolicyError, match="rollback"):
        Experiments.of([*WAY[:4], harmed])


def test_what_is_everywhere_is_drawn_until_a_later_experiment_goes_on_from_it() -> None:
    known = Experiments.of(WAY)
    later = plan(name="more", control=PLAN.treatment, treatment="architect.v1.2")
    begun = {"experiment_id": "exp_2", "at": BEGIN, "by": "Ada"}
    known.apply(ExperimentEvent(kind="proposed", plan=later, **begun))  # type: ignore[arg-type]
    assert [draw.treatment for draw in known.draws().draws] == ["architect.v1.1"]

    known.apply(ExperimentEvent(kind="started", **begun))  # type: ignore[arg-type]
    assert [draw.treatment for draw in known.draws().draws] == ["architect.v1.2"]


def test_units_belong_to_the_draw_in_which_they_began() -> None:
    one = Experiments.of(WAY).by_id[ID]

    assert one.drawn == Span(BEGIN + timedelta(days=1), BEGIN + timedelta(days=10))
    assert one.canary == Span(BEGIN + timedelta(days=20), BEGIN + timedelta(days=40))
    assert Experiments.of(WAY[:1]).by_id[ID].drawn is None
    assert Experiments.of(WAY[:2]).by_id[ID].canary is None


def test_a_plan_that_was_changed_afterwards_is_told() -> None:
    changed = msgspec.structs.replace(PROPOSED, plan=plan(minimum_effect=0.01))

    assert Experiments.of([PROPOSED]).by_id[ID].is_plan_kept
    assert not Experiments.of([changed]).by_id[ID].is_plan_kept


def test_one_is_found_by_name_and_by_the_beginning_of_its_id() -> None:
    known = Experiments.of(WAY)

    assert known.find("errors") is known.find(ID[:8]) is known.by_id[ID]
    with pytest.raises(NotFoundError, match="known: errors"):
        known.find("other")


@given(st.text(max_size=20), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_a_larger_share_only_adds_units(unit: str, shares: list[float]) -> None:
    arms = [is_treated(ID, unit, share) for share in sorted(shares)]

    assert all(now <= then for now, then in pairwise(arms))
    assert arms == [is_treated(ID, unit, share) for share in sorted(shares)]


def test_half_of_many_units_are_drawn() -> None:
    n = sum(is_treated(ID, f"project_{number}", 0.5) for number in range(4_000))

    assert 1_900 < n < 2_100


TEXT = """\
name = "errors"
says = "name the errors"
control = "architect.v1.0"
treatment = "architect.v1.1"
horizon = 200
minimum_effect = 0.1
[target]
metric = "gate_failure_rate"
better = "less"
only = { gate = "api_contract" }
[[guards]]
metric = "tokens_per_success"
better = "less"
ceiling = 20000
"""


def test_a_plan_is_read_from_a_file() -> None:
    assert read_plan(TEXT, "plan.toml") == PLAN


def test_a_plan_of_whole_numbers_is_the_one_that_a_journal_gives_back() -> None:
    filed = check_plan(plan(window_days=7, minimum_effect=2, target=TOKENS), "made")
    read = msgspec.json.decode(msgspec.json.encode(filed), type=ExperimentPlan)

    assert experiment_id(read, BEGIN) == experiment_id(filed, BEGIN)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("horizon = 200", "horizon = 1", "horizon"),
        ("horizon = 200", "horizons = 200", "horizons"),
        ("architect.v1.1", "architect.v1.0", "expected two arms"),
        ("minimum_effect = 0.1", "minimum_effect = 2", "below the ceiling of 1"),
        ("name =", "name", "plan.toml"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_plan(TEXT.replace(old, new), "plan.toml")
