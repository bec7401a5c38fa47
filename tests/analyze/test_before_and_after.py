"""A stretch of time stands beside the one before it, and in the line of its months."""

from datetime import UTC, datetime

from tracemill.analyze.cases import Case
from tracemill.analyze.conclusions.before_and_after import compare
from tracemill.records.refs import Ref


def cases(*months: int) -> list[Case]:
    return [
        Case({}, float(number % 2), Ref(kind="event", id=f"e{number}"), datetime(2025, 1, 1, tzinfo=UTC)
             .replace(year=2024 + month // 12, month=month % 12 + 1))
        for month in months
        for number in range(2)
    ]  # fmt: skip


def test_the_months_go_up_to_the_time_and_no_further() -> None:
    held = cases(0, 1, 2, 3)
    (found,) = compare(
        {"gate_failure_rate": held},
        lambda case: case.at is not None and case.at.month == 3,
        lambda case: case.at is not None and case.at.month == 2,
    )

    assert [(each.month, each.n) for each in found.months] == [
        ("2024-01", 2), ("2024-02", 2), ("2024-03", 2),
    ]  # fmt: skip
    assert [each.month for each in found.now.periods] == ["2024-03"]


def test_a_year_of_months_is_told() -> None:
    held = cases(*range(20))
    (found,) = compare({"gate_failure_rate": held}, lambda _: True, lambda _: False)

    assert [each.month for each in found.months][::11] == ["2024-09", "2025-08"]


def test_cases_without_a_moment_stand_in_no_month() -> None:
    held = [Case({}, 1.0, Ref(kind="event", id="e"))]
    (found,) = compare({"gate_failure_rate": held}, lambda _: True, lambda _: False)

    assert found.months == ()
