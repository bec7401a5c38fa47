"""Gates, decisions and projects are judged by the tables of their modules, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partialmethod
from itertools import product
from typing import Any, get_args

import msgspec
import pytest

from tests.analyze.test_versions import BEGIN, Told
from tracemill.base.errors import UsageError
from tracemill.label.reports import LabelRules, label_reports
from tracemill.label.reports.decisions import decision_alignment
from tracemill.label.reports.gates import GateFacts, gate_quality
from tracemill.label.reports.outputs import WEIGHTS, OutputGrade, output_grade, output_quality
from tracemill.label.reports.rules import read_label_rules
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    HumanFeedback,
    ProjectReport,
    QaResults,
    QualitySignals,
    SecurityScan,
    SpeedMetrics,
)
from tracemill.records.process.labeled_reports import LabeledReport
from tracemill.records.refs import Span


def labeled(told: Told, rules: LabelRules | None = None) -> list[LabeledReport]:
    return list(label_reports(told.events, rules or LabelRules()))


def values(told: Told, name: str, rules: LabelRules | None = None) -> list[Any]:
    return [
        next((label.value for label in each.labels if label.name == name), None)
        for each in labeled(told, rules)
    ]


def fail(attempt: int | None = 1, **said: Any) -> GateReport:
    return GateReport(
        gate_id="g", stage="design", gate_result="fail", retry_attempt=attempt, **said
    )


TABLE = [
    (result, attempt, is_fixed, by_person)
    for result in ("pass", "fail", "ambiguous", None)
    for attempt, is_fixed, by_person in product((1, 3), (False, True), (False, True))
]


@pytest.mark.parametrize(("result", "attempt", "is_fixed", "by_person"), TABLE)
def test_a_gate_is_judged_by_the_table(
    result: Any, attempt: int, *, is_fixed: bool, by_person: bool
) -> None:
    facts = GateFacts(result, attempt, 3, is_fixed, by_person)
    if result == "pass":
        expected = "excellent" if attempt == 1 else "good"
    elif result == "fail":
        late = "acceptable" if by_person else "poor"
        expected = "good" if is_fixed and attempt == 1 else late
    else:
        expected = None

    assert gate_quality(facts) == expected
    literal = gate_quality(facts, any_pass_is_excellent=True)
    assert literal == ("excellent" if result == "pass" else expected)


@pytest.mark.parametrize(("most", "quality"), [(2, "poor"), (3, "good")])
def test_a_remedy_helps_before_the_attempts_are_used_up(most: int, quality: str) -> None:
    told = Told()
    told.add("p", fail(2, auto_fix_success=True))

    assert values(told, "gate.quality", LabelRules(max_retries=most)) == [quality]
    own = Told()
    own.add("p", fail(2, auto_fix_success=True), max_retries=most)
    assert values(own, "gate.quality") == [quality]


def test_an_escalation_belongs_to_the_last_no_of_its_stage_before_it() -> None:
    told = Told()
    told.add("p", fail(1))
    told.add("p", fail(2))
    told.add("q", fail(1))
    told.add("p", EscalationReport(stage="design", resolution="helped"))
    told.add("p", fail(3))

    assert values(told, "gate.quality") == ["poor", "acceptable", "poor", "poor"]
    (_, label) = (each.labels[0] for each in labeled(told)[:2])
    assert [ref.id for ref in label.evidence] == ["ev_1", "ev_3"]


def test_an_escalation_before_every_no_settles_none_and_one_without_a_moment_the_last() -> None:
    told = Told()
    told.add("p", EscalationReport(stage="design", resolution="helped"))
    told.add("p", fail(1))
    told.add("p", fail(2))

    assert values(told, "gate.quality") == ["poor", "poor"]
    told.events[0] = msgspec.structs.replace(told.events[0], at=None)
    assert values(told, "gate.quality") == ["poor", "acceptable"]
    told.events[1] = msgspec.structs.replace(told.events[1], at=None)
    assert values(told, "gate.quality") == ["poor", "acceptable"], "what has no moment comes last"


@pytest.mark.parametrize("at", [BEGIN, None], ids=["one moment", "no moment"])
def test_what_is_told_of_one_moment_stands_in_the_order_of_its_log(at: datetime | None) -> None:
    told = Told()
    for report in (fail(1), EscalationReport(stage="design", resolution="helped"), fail(2)):
        told.add("p", report)
    log = [
        msgspec.structs.replace(event, id=name, at=at, span=Span(start=number, end=number + 1))
        for number, (name, event) in enumerate(zip("cba", told.events, strict=True))
    ]
    told.events = log[::-1]

    assert values(told, "gate.quality") == ["acceptable", "poor"]
    assert [each.event.id for each in labeled(told)] == ["c", "a"]


class Compared(datetime):
    """A moment that counts how often it is compared."""

    n = 0

    def _counted(self, of: Any, other: Any) -> bool:
        Compared.n += 1
        found: bool = of(self, other)
        return found

    __lt__ = partialmethod(_counted, datetime.__lt__)
    __le__ = partialmethod(_counted, datetime.__le__)
    __ne__ = partialmethod(_counted, datetime.__ne__)


def test_time_grows_with_judgements_and_not_with_their_square() -> None:
    def comparisons(n: int) -> int:
        told = Told()
        for _ in range(n):
            told.add("p", fail(1))
            told.add("p", EscalationReport(stage="design", resolution="helped"))
        for place, event in enumerate(told.events):
            at = Compared.fromtimestamp(place, UTC)
            told.events[place] = msgspec.structs.replace(event, at=at)
        before = Compared.n
        labeled(told)
        return Compared.n - before

    assert 0 < comparisons(800) < 8 * comparisons(200)


def test_time_grows_with_what_stands_behind_and_not_with_its_square() -> None:
    def comparisons(n: int) -> int:
        told = Told()
        for report in (*[EscalationReport(stage="design")] * n, *[fail(1)] * n):
            told.add("p", report)
        at = Compared.fromtimestamp(0, UTC)
        told.events = [
            msgspec.structs.replace(event, at=at, span=Span(start=place, end=place + 1))
            for place, event in enumerate(told.events)
        ]
        before = Compared.n
        labeled(told)
        return Compared.n - before

    assert 0 < comparisons(800) < 8 * comparisons(200)


def test_a_no_of_another_log_at_the_same_moment_may_lie_before_an_escalation() -> None:
    told = Told()
    for report in (fail(1), EscalationReport(stage="design", resolution="helped"), fail(2)):
        told.add("p", report)
    for number, log in enumerate("bac"):
        event = told.events[number]
        own = msgspec.structs.replace(event.origin, uri=log)
        span = Span(start=number, end=number + 1)
        told.events[number] = msgspec.structs.replace(event, at=BEGIN, origin=own, span=span)

    assert values(told, "gate.quality") == ["poor", "acceptable"]


@pytest.mark.parametrize(
    ("said", "beyond", "quality"),
    [
        ({"human_override": True, "human_decision": "let it through"}, {}, "acceptable"),
        ({"human_override": True}, {}, "poor"),
        ({"human_decision": "look at it"}, {}, "poor"),
        ({}, {"escalated_to_human": True, "human_resolved": True}, "acceptable"),
        ({}, {"escalated_to_human": True, "human_resolved": False}, "poor"),
    ],
)
def test_a_person_settles_it_in_the_line_itself(
    said: dict[str, Any], beyond: dict[str, Any], quality: str
) -> None:
    told = Told()
    told.add("p", fail(1, **said), **beyond)

    assert values(told, "gate.quality") == [quality]


def test_an_escalation_without_an_end_settles_nothing() -> None:
    told = Told()
    told.add("p", fail(1))
    told.add("p", EscalationReport(stage="design"))

    assert values(told, "gate.quality") == ["poor"]


def test_a_gate_that_names_no_attempt_is_half_as_sure() -> None:
    told = Told()
    told.add("p", GateReport(gate_id="g", gate_result="pass"))
    told.add("p", GateReport(gate_id="g", gate_result="pass", retry_attempt=1))
    told.add("p", GateReport(gate_id="g", gate_result="ambiguous", retry_attempt=1))

    sure = [[label.confidence for label in each.labels] for each in labeled(told)]
    assert sure == [[0.5], [1.0], []]


@pytest.mark.parametrize(
    ("decision", "nearby", "alignment"),
    [
        (ApprovalReport(agent_recommendation="A", human_decision=" a "), (), "correct"),
        (ApprovalReport(agent_recommendation="A", human_decision="B"), ("b", "C"), "reasonable"),
        (ApprovalReport(agent_recommendation="A", human_decision="D"), ("b", "C"), "incorrect"),
        (ApprovalReport(agent_recommendation="A", human_decision="B"), (), "incorrect"),
        (ApprovalReport(decision_aligned=True), (), "correct"),
        (ApprovalReport(decision_aligned=False), ("B",), "incorrect"),
        (ApprovalReport(human_decision="B"), ("B",), None),
        (ApprovalReport(), (), None),
    ],
)
def test_advice_is_judged_by_the_decision(
    decision: ApprovalReport, nearby: tuple[str, ...], alignment: str | None
) -> None:
    assert decision_alignment(decision, nearby) == alignment


@pytest.mark.parametrize(
    ("beyond", "confidence", "is_default"),
    [
        ({}, 0.5, True),
        ({"human_confidence_rating": 80}, 0.8, False),
        ({"human_confidence_rating": 0}, 0.0, False),
        ({"human_confidence_rating": 101}, 0.5, True),
        ({"human_confidence_rating": "high"}, 0.5, True),
    ],
)
def test_how_sure_a_decision_is_is_said_or_stands_in(
    beyond: dict[str, Any], confidence: float, *, is_default: bool
) -> None:
    told = Told()
    told.add("p", ApprovalReport(decision_aligned=True), **beyond)
    (each,) = labeled(told)

    assert (each.labels[0].confidence, each.has_default_confidence) == (confidence, is_default)


def test_decisions_of_a_summary_count_where_no_lines_of_their_own_do() -> None:
    held = HumanFeedback(approval_decisions=(ApprovalReport(decision_aligned=True),))
    told = Told()
    told.add("p", ProjectReport(human_feedback=held))
    told.add("q", ProjectReport(human_feedback=held))
    told.add("q", ApprovalReport(decision_aligned=False))
    found = [each for each in labeled(told) if isinstance(each.event.report, ApprovalReport)]

    assert [(each.event.project_id, each.labels[0].value) for each in found] == [
        ("p", "correct"),
        ("q", "incorrect"),
    ]


@pytest.mark.parametrize(
    ("parts", "quality"),
    [
        ((1.0, 1.0, 1.0, 1.0), 1.0),
        ((0.0, 0.0, 0.0, 0.0), 0.0),
        ((0.4, 1.0, 1.0, 1.0), 0.85),
        ((0.8, 1.0, 1.0, 0.0), 0.70),
        ((1.0, 0.0, 1.0, 1.0), 0.70),
        ((None, 1.0, 1.0, 1.0), None),
        ((1.0, None, 1.0, 1.0), None),
        ((1.0, 1.0, None, 1.0), None),
        ((1.0, 1.0, 1.0, None), None),
    ],
)
def test_a_score_is_of_four_parts_and_unknown_where_one_is(
    parts: tuple[float | None, ...], quality: float | None
) -> None:
    assert output_quality(dict(zip(WEIGHTS, parts, strict=True))) == quality


@pytest.mark.parametrize(
    ("quality", "grade"),
    [
        (1.0, "production_ready"),
        (0.85, "production_ready"),
        (0.8499, "needs_minor_fixes"),
        (0.70, "needs_minor_fixes"),
        (0.6999, "needs_rework"),
        (0.0, "needs_rework"),
    ],
)
def test_a_grade_begins_at_its_limit(quality: float, grade: str) -> None:
    assert output_grade(quality) == grade
    assert grade in get_args(OutputGrade)


@pytest.mark.parametrize(
    ("scan", "is_clean"),
    [
        (None, None),
        (SecurityScan(), None),
        (SecurityScan(vulnerabilities_found=0), 1.0),
        (SecurityScan(vulnerabilities_found=2, false_positives=2), 1.0),
        (SecurityScan(vulnerabilities_found=2, critical=0, major=0, minor=2), 1.0),
        (SecurityScan(critical=0, major=1), 0.0),
        (SecurityScan(critical=1), 0.0),
        (SecurityScan(vulnerabilities_found=2), None),
        (SecurityScan(critical=0), None),
    ],
)
def test_a_scan_is_clean_without_serious_faults(
    scan: SecurityScan | None, is_clean: float | None
) -> None:
    told = Told()
    told.add("p", ProjectReport(quality_signals=QualitySignals(security_scan=scan)))

    assert values(told, "output.security_clean") == [is_clean]


def whole(coverage: float = 0.9) -> ProjectReport:
    return ProjectReport(
        quality_signals=QualitySignals(
            test_results=QaResults(test_coverage_percent=coverage),
            security_scan=SecurityScan(vulnerabilities_found=0),
            performance_metrics=SpeedMetrics(within_slo=True),
        )
    )


def test_nobody_complained_is_known_only_where_somebody_ever_did() -> None:
    silent, some = Told(), Told()
    silent.add("p", whole())
    for project in ("p", "q", "r"):
        some.add(project, whole())
    some.add("q", DownstreamReport(severity="major", feedback="no error codes"))
    some.add("r", DownstreamReport(severity="minor", feedback="a typo"))

    assert values(silent, "output.grade") == [None]
    assert values(some, "output.no_major_rework") == [1.0, 0.0, 1.0]
    assert values(some, "output.quality") == [0.975, 0.725, 0.975]
    assert values(some, "output.grade") == [
        "production_ready", "needs_minor_fixes", "production_ready",
    ]  # fmt: skip


def test_a_project_that_is_told_of_twice_is_judged_once() -> None:
    told = Told()
    told.add("q", DownstreamReport(severity="minor", feedback="a typo"))
    told.add("p", whole(coverage=0.1))
    told.add("p", whole(coverage=0.5))

    assert values(told, "output.test_coverage") == [0.5]


def test_rules_of_a_team_are_read_or_refused() -> None:
    assert read_label_rules("max_retries = 2\n") == LabelRules(max_retries=2)
    with pytest.raises(UsageError, match=r"labels\.toml"):
        read_label_rules("max_retries = 0\n")
    with pytest.raises(UsageError, match="no such key: 'max_retry'"):
        read_label_rules("max_retry = 2\n")
