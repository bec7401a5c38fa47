"""A level is reached where all that it asks for is counted and met; what nobody tells is not."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from tests.analyze.histories import Team
from tests.analyze.test_versions import Told, shares
from tracemill.analyze.conclusions.maturity import NAMES, Around, backtest, levels
from tracemill.analyze.conclusions.versions import Naming, VersionCounts
from tracemill.analyze.process import Process
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import ApprovalReport, GateReport
from tracemill.records.process.maturity import Criterion, MaturityReport
from tracemill.report.maturity import html, markdown, summary

DAY = date(2026, 2, 1)
NOTHING = Around(
    labels=(0, 0), prompts=(), recipes=(), n_rolled_out=0, n_tried=0, n_suggestions=0,
    n_beaten=0, n_retired=0,
)  # fmt: skip


def ask(process: Process, asks: str, around: Around = NOTHING, day: date = DAY) -> Criterion:
    found = [each for level in levels(process, around, day) for each in level.criteria]
    (one,) = [each for each in found if asks in each.asks]
    return one


def test_nothing_held_is_no_level_and_mostly_unknown() -> None:
    found = levels(Process([]), NOTHING, DAY)

    assert not any(each.is_reached for each in found)
    assert [each.name for each in found] == list(NAMES.values())
    assert found[0].criteria[0].verdict == "unknown"


GATE = GateReport(
    gate_id="g", gate_result="fail", gate_result_reason="why", stage="s", agent_role="r",
    retry_attempt=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "met"),
        ({"gate_result_reason": None}, "not_met"),
        ({"gate_result": "pass", "gate_result_reason": None}, "met"),
        ({"agent_role": None}, "not_met"),
        ({"retry_attempt": None}, "not_met"),
    ],
)
def test_a_gate_says_all_that_is_asked_of_it(changed: dict[str, Any], verdict: str) -> None:
    told = Told()
    told.add("p", msgspec.structs.replace(GATE, **changed))

    assert ask(Process(told.events), "all that is asked of it").verdict == verdict


def test_the_first_level_is_reached_by_whole_records_and_right_rules() -> None:
    told = Told()
    told.add("p", GATE)
    told.add("p", ApprovalReport(decision_id="d", human_reasoning="so"))
    right, wrong = (NOTHING._replace(labels=(k, 100)) for k in (95, 94))

    assert levels(Process(told.events), right, DAY)[0].is_reached
    assert not levels(Process(told.events), wrong, DAY)[0].is_reached
    assert not levels(Process(told.events), right, DAY)[1].is_reached


def quarters(first: float, second: float) -> Process:
    """Return gates of two quarters that fail so often."""
    events: list[TeamReport] = []
    for month, share in ((11, first), (1, second)):
        told = Told()
        told.work("architect.v1.0", shares(100 - round(100 * share), 100))
        year = 2025 if month == 11 else 2026
        at = datetime(year, month, 5, tzinfo=UTC)
        events += [
            msgspec.structs.replace(each, at=at, id=f"{month}_{each.id}", project_id=f"{month}")
            for each in told.events
        ]
    return Process(events)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [(0.30, 0.20, "met"), (0.30, 0.25, "met"), (0.30, 0.27, "not_met"), (0.2, 0.3, "not_met")],
)
def test_quarters_are_compared(first: float, second: float, verdict: str) -> None:
    found = ask(quarters(first, second), "gates pass more often")

    assert found.value == pytest.approx(first - second)
    assert found.verdict == verdict
    unknown = ask(quarters(first, second), "gates pass more often", day=date(2026, 8, 1))
    assert unknown.verdict == "unknown"


@pytest.mark.parametrize(
    ("asks", "around", "verdict"),
    [
        ("tried before", {"n_rolled_out": 2, "n_tried": 2}, "met"),
        ("tried before", {"n_rolled_out": 2, "n_tried": 1}, "not_met"),
        ("tried before", {}, "unknown"),
        ("proposals follow", {"n_suggestions": 1}, "met"),
        ("in use no more", {"n_beaten": 2, "n_retired": 1}, "not_met"),
        ("in use no more", {"n_beaten": 2, "n_retired": 2}, "met"),
        ("five examples", {}, "unknown"),
    ],
)
def test_what_is_known_around_the_work_counts(
    asks: str, around: dict[str, Any], verdict: str
) -> None:
    assert ask(Process([]), asks, NOTHING._replace(**around)).verdict == verdict


def test_the_order_of_versions_is_foretold_from_other_domains() -> None:
    told = Told()
    for domain in ("saas", "fintech", "healthtech"):
        told.work("architect.v1.0", shares(10, 40), domain=domain)
        told.work("architect.v1.1", shares(35, 40), domain=domain)
    told.work("architect.v1.0", shares(40, 40), domain="ecommerce")
    told.work("architect.v1.1", shares(2, 40), domain="ecommerce")
    process = Process(told.events)
    versions = VersionCounts(process, Naming("prompt_version")).told(
        ["architect.v1.0", "architect.v1.1"]
    )

    assert backtest(process, [versions]) == (3, 4)
    assert backtest(process, []) == (0, 0)
    assert ask(process, "new domain", NOTHING._replace(prompts=[versions])).verdict == "not_met"


def test_projects_profit_from_what_was_learned() -> None:
    told = Told()
    told.work("architect.v1.0", shares(10, 40))
    told.work("architect.v1.1", shares(39, 40))
    process = Process(told.events)
    versions = VersionCounts(process, Naming("prompt_version")).told(
        ["architect.v1.0", "architect.v1.1"]
    )
    found = ask(process, "nine projects of ten", NOTHING._replace(prompts=[versions]))

    assert (found.value, found.n) == (0.5, 80)
    assert found.verdict == "not_met"


def test_the_report_says_what_is_lacking() -> None:
    found = levels(Process(Team(1).history(30)), NOTHING, DAY)
    report = MaturityReport(day=DAY, level=0, levels=found, targets=())
    said = markdown(report)

    assert summary(report)[0] == "**Reached:** below the first level."
    assert "lacks" in summary(report)[1]
    assert said.count("\n## Level") == 4
    assert "| every judgement of a gate says all that is asked of it | yes | 100% | 100% |" in said
    assert "<table>" in html(report)
