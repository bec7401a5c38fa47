"""Roles that are surer than they may be are told, with how far, and others are not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.analyze import calibrations
from tracemill.analyze.process import Process
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import GateReport, StageReport
from tracemill.records.process.calibration import Calibration
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Remainder

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(source="team-reports", source_version=1, uri="made", input_id="in_made")
Work = tuple[str, float, bool]
"""A project, how sure the agent was, and whether it was right."""


def reports(works: list[Work], role: str = "engineer") -> Iterator[TeamReport]:
    for number, (project, sure, is_right) in enumerate(works):
        stage = f"{role}_{number}"
        gate = GateReport(
            gate_id="g", stage=stage, retry_attempt=1, gate_result="pass" if is_right else "fail"
        )
        told: list[Any] = [
            (StageReport(stage_id=stage, agent_role=role), {"confidence": sure}),
            (gate, {}),
        ]
        for at, (report, values) in enumerate(told):
            yield TeamReport(
                id=f"ev_{role}_{number}_{at}", origin=ORIGIN, project_id=project, report=report,
                at=BEGIN + timedelta(minutes=number, seconds=at),
                remainder=Remainder(format="team-reports", values=values) if values else None,
            )  # fmt: skip


def works(seed: int, n: int, right: dict[int, float], per_project: int = 3) -> list[Work]:
    """Return work that is right as often as is planted for what is stated, in per cent."""
    random = Random(seed)
    drawn = (random.choice(sorted(right)) for _ in range(n))
    return [
        (f"project_{number // per_project}", float(sure), random.random() < right[sure])
        for number, sure in enumerate(drawn)
    ]


def one(planted: list[Work]) -> Calibration:
    (found,) = calibrations(Process(reports(planted))).roles
    return found


TRUE = {10: 0.1, 30: 0.3, 50: 0.5, 70: 0.7, 90: 0.9}


@pytest.mark.parametrize(
    ("right", "lean"),
    [
        ({70: 0.55, 90: 0.7}, "overconfident"),
        ({30: 0.5, 60: 0.8}, "underconfident"),
        (TRUE, "calibrated"),
    ],
)
def test_the_way_in_which_a_role_errs_is_told(right: dict[int, float], lean: str) -> None:
    found = one(works(1, 600, right))

    assert found.lean == lean
    assert found.gap_low is not None
    assert found.gap_high is not None
    assert found.gap_low < found.gap < found.gap_high
    assert found.says.startswith("the engineer is ")


def test_the_planted_bucket_is_told_with_its_share() -> None:
    found = one(works(2, 900, {70: 0.55, 90: 0.92}))
    sixties, eighties = found.buckets

    assert (sixties.low, sixties.high) == (0.6, 0.8)
    assert sixties.least < 0.55 < sixties.most < sixties.stated
    assert eighties.least < 0.92 < eighties.most
    assert found.is_monotone
    assert one(works(3, 900, {10: 0.9, 90: 0.2})).is_monotone is False


def test_the_error_of_a_calibrated_role_is_what_chance_does() -> None:
    found = one(works(4, 300, TRUE))

    assert found.ece == pytest.approx(found.ece_by_chance, abs=0.03)
    assert found.ece_low <= found.ece <= found.ece_high + 0.02
    assert one(works(4, 300, {90: 0.5})).ece > 5 * found.ece_by_chance


def test_few_projects_tell_nothing() -> None:
    assert one(works(5, 6, {90: 0.5})).lean == "not_enough_data"
    found = one(works(5, 30, {90: 0.5}, per_project=99))
    assert (found.lean, found.gap_low, found.n_projects) == ("not_enough_data", None, 1)


def test_work_of_one_project_makes_nothing_surer() -> None:
    few = works(6, 20, {90: 0.7}, per_project=1)
    tenfold = [work for work in few for _ in range(10)]

    assert one(tenfold).brier_low == pytest.approx(one(few).brier_low)
    assert one(tenfold).q_value == pytest.approx(one(few).q_value)


def test_calibrated_roles_are_rarely_accused() -> None:
    n_accused = sum(one(works(seed, 60, TRUE)).q_value <= 0.05 for seed in range(40))

    assert n_accused <= 6


def test_what_is_not_counted_is_told() -> None:
    planted = works(7, 30, TRUE)
    held = [each for each in reports(planted) if not each.id.endswith("_1_1")]
    silent = [
        TeamReport(
            id=f"ev_silent_{n}", at=BEGIN, origin=ORIGIN, project_id="p",
            report=StageReport(stage_id=f"s{n}", agent_role="qa"),
        )
        for n in range(4)
    ]  # fmt: skip
    found = calibrations(Process([*held, *silent]))

    assert found.left_aside == {"sure, and judged by no gate": 1, "not said how sure": 4}
    assert [each.n for each in found.roles] == [29]
    assert calibrations(Process([])).roles == ()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1), st.booleans()), min_size=1))
def test_figures_lie_where_they_can(planted: list[Work]) -> None:
    found = one(planted)

    assert abs(found.gap) <= found.ece + 1e-9 <= 1 + 1e-9
    assert found.brier == pytest.approx(
        sum((sure - right) ** 2 for _, sure, right in planted) / len(planted)
    )
    assert sum(bucket.n for bucket in found.buckets) == len(planted)
