"""Places of slices are told apart only where chance leaves them apart."""

from typing import Any

import pytest

from tests.analyze.histories import Team
from tracemill.analyze import METRICS, rank
from tracemill.analyze.process import Process
from tracemill.records.process.calibration import Ranking

FIXES = {"a": 0.9, "b": 0.85, "c": 0.3}


def ranked(metric: str, by: tuple[str, ...], n: int, seed: int = 1, **planted: Any) -> Ranking:
    process = Process(Team(seed, **planted).history(n))
    return rank(metric, METRICS[metric].cases(process), by)


def remedies(n: int, fixes: dict[str, float], seed: int = 1) -> Ranking:
    team = Team(seed, fails={"tests": 0.5, "docs": 0.5})
    team.fixes = fixes
    process = Process(team.history(n))
    cases = METRICS["auto_fix_success_rate"].cases(process)
    return rank("auto_fix_success_rate", cases, ("strategy",))


def test_remedies_are_ranked_with_the_places_that_chance_leaves_open() -> None:
    found = remedies(120, FIXES)
    places = {e.measure.slice["strategy"]: (e.best, e.worst, e.verdict) for e in found.ranked}

    assert places == {"a": (1, 2, "best"), "b": (1, 2, "best"), "c": (3, 3, "worst")}
    assert found.n_questions == 3
    for each in found.ranked:
        low, high = each.measure.low, each.measure.high
        assert low is not None
        assert high is not None
        assert low < FIXES[each.measure.slice["strategy"]] < high


def test_85_of_100_against_60_of_100_is_told() -> None:
    found = remedies(200, {"stub": 0.85, "refactor": 0.6})

    assert [each.measure.slice["strategy"] for each in found.ranked] == ["stub", "refactor"]
    assert [each.verdict for each in found.ranked] == ["best", "worst"]


def test_few_cases_leave_every_place_open() -> None:
    found = remedies(3, FIXES)

    assert {(each.best, each.worst) for each in found.ranked} == {(1, len(found.ranked))}
    assert {each.verdict for each in found.ranked} == {"not_enough_data"}


def test_equal_remedies_are_rarely_told_apart() -> None:
    fixes = dict.fromkeys("abc", 0.6)
    found = (remedies(40, fixes, seed).ranked for seed in range(30))
    n_apart = sum(any(e.verdict != "not_enough_data" for e in each) for each in found)

    assert n_apart <= 4


@pytest.mark.parametrize(
    ("metric", "by", "planted", "best"),
    [
        ("pass_rate_after_hand_off", "pair", {"fails": {"docs": 0.4}}, "architect → engineer"),
        ("gate_failure_rate", "gate", {"fails": {"docs": 0.4, "tests": 0.3}}, "api_contract"),
        (
            "tokens_per_success",
            "prompt_version",
            {"tokens": {"engineer.v1.0": 9_000}},
            "architect.v1.0",
        ),
    ],
)
def test_the_best_comes_first_whichever_way_is_better(
    metric: str, by: str, planted: dict[str, Any], best: str
) -> None:
    found = ranked(metric, (by,), 150, **planted)
    values = [each.measure.value or 0 for each in found.ranked]

    if metric != "tokens_per_success":
        assert found.ranked[0].measure.slice[by] == best
    assert values == sorted(values, reverse=metric == "pass_rate_after_hand_off")
    assert found.ranked[0].best == 1
