"""What examples brought: points for a hundred of them, real ones and made-up ones apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tracemill.analyze.conclusions.gains import Learned, by_origin, learning_gains
from tracemill.records.models.evaluations import Evaluation, SliceScore
from tracemill.records.models.training import DataSlice, Stage, TrainingRecipe, TrainingRun
from tracemill.stats import shares_interval, wilson

RECIPE = TrainingRecipe(
    name="small", base="base", template="compact",
    stages=(Stage(name="only", data=(DataSlice(),), learning_rate=1e-3),),
)  # fmt: skip


def learned(name: str, before: str = "base", /, **counts: int) -> Learned:
    run = TrainingRun(id=name, recipe=RECIPE, status="finished")
    numbers = {"n_real": 0, "n_made_up": 0, "n_unknown": 0, **counts}
    return Learned(run, frozenset({before}), **numbers)


def evaluated(subject: str, passed: int, suite: str = "replay", n: int = 100) -> Evaluation:
    score = SliceScore(name="all", n=n, passed=passed, **wilson(passed, n)._asdict())
    return Evaluation(
        id=f"{subject}-{suite}-{passed}", suite_id=suite, suite=suite, subject=subject,
        at=datetime(2026, 3, 1, tzinfo=UTC), slices=(score,),
    )  # fmt: skip


def gained(*models: Learned, **evaluations: Any) -> list[tuple[Any, ...]]:
    found = learning_gains(models, evaluations["of"])
    return [(each.model, each.origin, each.points, each.points_per_100) for each in found]


def test_a_model_is_held_against_the_one_before_it_on_the_same_suite() -> None:
    found = gained(
        learned("run_1", n_real=200),
        learned("run_2", "run_1", n_made_up=400),
        of=[
            evaluated("run_2", 70), evaluated("run_1", 68), evaluated("base", 50),
            evaluated("run_1", 10), evaluated("run_2", 90, suite="other"),
        ],
    )  # fmt: skip

    assert found == [
        ("run_1", "real", pytest.approx(18), pytest.approx(9)),
        ("run_2", "made_up", pytest.approx(2), pytest.approx(0.5)),
    ], "the latest evaluation counts, and only suites on which both were"


@pytest.mark.parametrize(
    ("counts", "origin"),
    [
        ({"n_real": 1}, "real"),
        ({"n_made_up": 1}, "made_up"),
        ({"n_real": 1, "n_made_up": 1}, "mixed"),
        ({"n_real": 9, "n_unknown": 1}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_examples_are_of_one_origin_or_of_none(counts: dict[str, int], origin: str) -> None:
    assert learned("run", **counts).origin == origin


def test_nothing_new_brings_nothing_for_a_hundred() -> None:
    found = gained(learned("run_1"), of=[evaluated("run_1", 60), evaluated("base", 50)])

    assert found == [("run_1", "unknown", pytest.approx(10), None)]


def test_origins_are_summed_over_models_that_learned_from_one_alone() -> None:
    models = [
        learned("a", n_real=100), learned("b", n_real=300), learned("c", n_made_up=50),
        learned("d", n_real=10, n_made_up=10),
    ]  # fmt: skip
    evaluations = [
        evaluated("base", 50), evaluated("base", 50, suite="other"),
        evaluated("a", 60), evaluated("a", 54, suite="other"), evaluated("b", 55),
        evaluated("c", 49), evaluated("d", 99),
    ]  # fmt: skip

    real, made_up = by_origin(list(learning_gains(models, evaluations)))

    assert (real.n_models, real.n_examples) == (2, 400)
    assert real.points == pytest.approx(7 + 5), "two suites of one model are one gain, their mean"
    assert real.points_per_100 == pytest.approx(3)
    assert real.low is not None
    assert real.high is not None
    assert real.low < 3 < real.high
    assert made_up.n_models == 1
    assert made_up.points_per_100 == pytest.approx(-2)


def test_a_gain_has_newcombes_interval() -> None:
    (found,) = learning_gains(
        [learned("a", n_real=50)], [evaluated("a", 56, n=70), evaluated("base", 48, n=80)]
    )
    expected = shares_interval((48, 56), (80, 70))

    assert (found.low, found.high) == pytest.approx((100 * expected.low, 100 * expected.high))
    (alone, _) = by_origin([found])
    assert (alone.low, alone.high) == pytest.approx((2 * found.low, 2 * found.high))


def test_what_nobody_measured_is_unknown() -> None:
    real, made_up = by_origin(list(learning_gains([learned("a", n_real=5)], [evaluated("a", 60)])))

    assert (real.points, real.points_per_100, real.n_models) == (None, None, 0)
    assert (real.low, real.high) == (None, None)
    assert (made_up.points, made_up.points_per_100) == (None, None)
