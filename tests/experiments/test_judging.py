"""Verdicts speak for what was planted, and for nothing where nothing was."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.experiments.worlds import BEGIN, FAILS, NEW, OLD, TOKENS, World, look, plan
from tracemill.experiments import Filed, Outcome, judge
from tracemill.experiments.units import Span, is_treated
from tracemill.records.process.experiments import PlannedMetric


@pytest.mark.parametrize(
    ("world", "verdict", "reason"),
    [
        (World(fails=(0.5, 0.1)), "treatment", "better"),
        (World(fails=(0.1, 0.5)), "control", "worse"),
        (World(fails=(0.5, 0.1), tokens=(6_000, 12_000)), "control", "worse_on_guard"),
        (World(fails=(0.4, 0.4)), "inconclusive", "horizon_reached"),
        (World(fails=(0.0, 0.0)), "control", "no_gain"),
    ],
)
def test_the_verdict_is_what_was_planted(world: World, verdict: str, reason: str) -> None:
    found = look(world.outcomes(200))

    assert (found.verdict, found.reasons) == (verdict, (reason,))
    assert found.n_units == 200


def test_an_effect_lies_in_its_interval_and_is_told_in_words() -> None:
    found = look(World(fails=(0.5, 0.1)).outcomes(200))

    assert found.target.low is not None
    assert found.target.high is not None
    assert found.target.low < -0.4 < found.target.high < 0
    assert [arm.uses for arm in found.target.arms] == [OLD, NEW]
    assert found.answers.helps == "gate_failure_rate 50% → 8%, better (-58 to -27 points at 95%)"
    assert found.answers.harms == "no loss is shown on tokens_per_success"
    assert found.answers.worth.startswith("yes")


def test_few_units_ask_for_more() -> None:
    few, more = (look(World(fails=(0.5, 0.3)).outcomes(n)) for n in (10, 40))

    assert few.verdict == more.verdict == "inconclusive"
    assert few.reasons == ("more_units_needed",)
    assert few.n_more is not None
    assert more.n_more is not None
    assert 0 < more.n_more < few.n_more
    assert 0 < (more.power or 0) < 1


def test_nothing_seen_yet_is_no_verdict() -> None:
    found = look([[], []])

    assert (found.verdict, found.n_units, found.target.effect) == ("inconclusive", 0, None)
    assert found.answers.helps == "gate_failure_rate: too little is seen"
    assert found.answers.harms == "nothing is seen of the guards"


def test_a_margin_must_be_ruled_out_and_more_units_do_so() -> None:
    guard = msgspec.structs.replace(TOKENS, margin=1_500.0)
    filed = plan(guards=(guard,), horizon=800)
    world = World(fails=(0.6, 0.1))

    assert look(world.outcomes(60), filed).reasons == ("guard_not_shown",)
    assert look(world.outcomes(400), filed).verdict == "treatment"


@pytest.mark.parametrize("world", [World(fails=(0.5, 0.1)), World()])
def test_one_look_says_nothing_before_its_horizon(world: World) -> None:
    filed = plan(looks="once", horizon=100)
    before, after = (look(world.outcomes(n), filed) for n in (99, 300))

    assert (before.verdict, before.n_more) == ("inconclusive", 1)
    assert after.n_units == 100
    assert after.left_aside["units after the last one that was planned"] == 200
    assert after.verdict == ("treatment" if world.fails[1] < 0.4 else "inconclusive")


def test_five_projects_an_arm_need_five_against_one() -> None:
    filed = plan(looks="once", horizon=10, guards=(), target=FAILS)

    def verdict(n_treated_fails: int) -> str:
        treated = [f"p{i}" for i in range(99) if is_treated("exp_1", f"p{i}", 0.5)][:5]
        control = [f"p{i}" for i in range(99) if not is_treated("exp_1", f"p{i}", 0.5)][:5]
        fails = dict.fromkeys(control, 1.0) | dict.fromkeys(treated, 0.0)
        fails |= dict.fromkeys(treated[:n_treated_fails], 1.0)
        return look([[Outcome(u, BEGIN, value) for u, value in fails.items()]], filed).verdict

    assert [verdict(n) for n in (0, 1, 2)] == ["treatment", "treatment", "inconclusive"]


def held_by(filter_: Any) -> list[list[Outcome]]:
    return [[each for each in held if filter_(each)] for held in World().outcomes(400)]


@pytest.mark.parametrize(
    ("held", "changed", "reason"),
    [
        (
            held_by(lambda o: is_treated("exp_1", o.unit, 0.5) or o.unit.endswith(("1", "2"))),
            {},
            "uneven_draw",
        ),
        (
            [[o._replace(uses=NEW) for o in held] for held in World().outcomes(40)],
            {},
            "crossed_arms",
        ),
        (
            [[o._replace(uses="architect.v2.0") for o in held] for held in World().outcomes(40)],
            {},
            "crossed_arms",
        ),
        (World().outcomes(40), {"is_plan_kept": False}, "changed_plan"),
    ],
)
def test_what_cannot_be_believed_is_invalid(
    held: list[list[Outcome]], changed: dict[str, Any], reason: str
) -> None:
    found = look(held, plan(horizon=1_000), **changed)

    assert (found.verdict, found.reasons) == ("invalid", (reason,))
    assert found.answers.helps == "not to be told"


def told_of(held: list[list[Outcome]]) -> dict[str, datetime]:
    return {each.unit: each.at for each in held[0]}


def test_silence_of_one_arm_is_invalid_and_of_both_takes_no_place() -> None:
    held = World().outcomes(400)
    fails = [each for each in held[0] if each.value]
    hushed = {each.unit for each in fails if is_treated("exp_1", each.unit, 0.5)}
    lost = {f"project_1_{number}" for number in range(0, 400, 4)}
    one_arm, both = ([o for o in held[0] if o.unit not in units] for units in (hushed, lost))
    filed = plan(horizon=250, guards=())

    assert look([one_arm], filed, told=told_of(held)).reasons == ("uneven_silence",)
    found = look([both], filed, told=told_of(held))
    assert (found.n_units, found.reasons) == (250, ("horizon_reached",))
    assert found.left_aside == {
        "units after the last one that was planned": 66,
        "units of which the target tells nothing": 84,
    }


def test_a_unit_begins_when_anything_is_told_of_it() -> None:
    held = World(gates_per_unit=1).outcomes(3)[:1]
    before = {"project_1_0": BEGIN - timedelta(days=1), "project_1_1": BEGIN - timedelta(days=8)}
    found = look(held, plan(guards=()), told={**told_of(held), **before})

    assert found.n_units == 1
    assert found.left_aside["units that began before or after it"] == 2


def test_other_roles_and_silent_reports_are_no_crossing() -> None:
    silent = World(fails=(0.5, 0.1), told=False).outcomes(200)
    beside = [[o._replace(uses="engineer.v9.0") for o in held] for held in silent]

    assert look(silent).verdict == look(beside).verdict == "treatment"


def test_units_count_once_their_window_has_closed_and_only_with_what_lies_in_it() -> None:
    held = World().outcomes(30)
    late = held[0][0]._replace(at=held[0][0].at + timedelta(days=8))
    found = judge(
        Filed("exp_1", plan()),
        [[*held[0], late], held[1]],
        Span(BEGIN, BEGIN + timedelta(days=20)),
        BEGIN + timedelta(days=15),
    )

    assert found.n_units == 9
    assert found.left_aside == {
        "units whose window is still open": 11,
        "units that began before or after it": 10,
        "cases after their unit's window": 1,
    }


def test_a_later_look_counts_earlier_units_as_an_earlier_one_did() -> None:
    held = World(fails=(0.5, 0.2)).outcomes(100)
    whole = look(held)
    early = look(held, until=BEGIN + timedelta(days=50))
    again = look([list(reversed(each)) for each in held])

    assert early.n_units < whole.n_units
    assert again == whole


def test_cases_of_one_unit_count_as_one() -> None:
    """Ten times the cases of the same units make nothing surer."""
    held = World(fails=(0.5, 0.3), gates_per_unit=1).outcomes(60)
    tenfold = [[o for o in each for _ in range(10)] for each in held]

    assert look(tenfold).target.low == look(held).target.low


def test_looks_at_nothing_rarely_speak_for_the_treatment() -> None:
    filed, n_wrong = plan(guards=(), horizon=120), 0
    for seed in range(60):
        held = World().outcomes(120, seed)[:1]
        days = range(20, 130, 10)
        looks = (look(held, filed, BEGIN + timedelta(days=day)) for day in days)
        n_wrong += any(each.verdict == "treatment" for each in looks)

    assert n_wrong <= 3


def test_a_mean_is_told_in_its_own_unit() -> None:
    filed = plan(
        target=PlannedMetric(metric="tokens_per_success", better="less", ceiling=20_000.0),
        guards=(), minimum_effect=500.0,
    )  # fmt: skip
    found = look(World(tokens=(9_000, 6_000)).outcomes(200)[1:], filed)

    assert found.verdict == "treatment"
    assert found.target.low is not None
    assert -5_000 < found.target.low < -3_000 < (found.target.high or 0) < -1_000
    assert re.fullmatch(
        r"tokens_per_success 8,9\d\d → 6,0\d\d, better \(-4,1\d\d to -1,4\d\d at 95%\)",
        found.answers.helps,
    )
