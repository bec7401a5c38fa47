"""The report of a stretch of time: three questions answered first, and nothing in it obeyed."""

import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from tests.analyze.histories import Team
from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.cases import Case
from tracemill.analyze.conclusions.before_and_after import compare
from tracemill.analyze.process import Process
from tracemill.records.process.patterns import Period
from tracemill.records.process.reports import LearningReport
from tracemill.report.chart import NARROW, WIDE, chart, spark
from tracemill.report.learning import html, markdown, summary, title

HOSTILE = "`</code><script>alert(1)</script>` | **x** [a](javascript:alert(1))"
MIDDLE = date(2026, 1, 8)
END = date(2026, 12, 31)


def is_early(case: Case) -> bool:
    return case.at is not None and case.at.date() < MIDDLE


def make(before: dict[str, Any], after: dict[str, Any]) -> LearningReport:
    """Return the report of a team that changed after a week."""
    early = [each for each in Team(1, **before).history(200) if each.at and each.at.date() < MIDDLE]
    late = [each for each in Team(2, **after).history(400) if each.at and each.at.date() >= MIDDLE]
    process = Process([*early, *late])
    cases = {name: list(metric.cases(process)) for name, metric in METRICS.items()}
    found = find_patterns(process)
    return LearningReport(
        kind="monthly",
        begin=MIDDLE,
        end=END,
        compared=compare(cases, lambda case: not is_early(case), is_early),
        patterns=tuple(each for each in found.patterns if each.verdict == "found"),
        n_watched=0,
        last_day=END,
    )


@pytest.fixture(scope="module")
def worse() -> LearningReport:
    return make({}, {"fails": {"tests": 0.5}})


def test_what_got_worse_why_and_what_to_change_come_first(worse: LearningReport) -> None:
    first, why, advice = summary(worse)
    assert "gate failure rate went from" in first
    assert why.startswith("**Why:** what stands out in all that is held: ")
    assert "the gate tests says no" in why
    assert "edge cases are not covered" in why
    assert "improve prompt" in advice
    lines = markdown(worse).splitlines()
    assert sum(line.startswith("- **") for line in lines[:8]) == 3


def test_what_repeats_names_records_that_can_be_reviewed(worse: LearningReport) -> None:
    (pattern, *_) = worse.patterns
    shown = ", ".join(f"`{ref.name}`" for ref in pattern.evidence[:3])
    assert shown
    assert f"  - shown by {shown}" in markdown(worse).splitlines()
    assert "tracemill review submit ID" in markdown(worse)


def test_what_got_better_is_not_called_worse() -> None:
    changes = {each.metric: each.change for each in make({"fails": {"tests": 0.5}}, {}).compared}
    assert changes["gate_failure_rate"] == "better"
    assert changes["gate_first_pass_rate"] == "better"
    assert "worse" not in changes.values()


def test_a_team_that_did_not_change_is_told_so() -> None:
    report = make({}, {})
    assert {each.change for each in report.compared} <= {"same", "unknown"}
    assert "nothing by more than chance" in summary(report)[0]


def test_all_that_is_held_says_what_its_last_month_brought(worse: LearningReport) -> None:
    alone = tuple(msgspec.structs.replace(each, before=None) for each in worse.compared)
    whole = msgspec.structs.replace(
        worse, kind="learning", begin=None, month=MIDDLE, compared=alone, lately=worse.compared
    )
    quiet = msgspec.structs.replace(whole, lately=make({}, {}).compared)
    first = [msgspec.structs.replace(each, change="unknown", q_value=None) for each in alone]
    lone = msgspec.structs.replace(whole, lately=tuple(first))

    assert "in January 2026, gate failure rate went from" in summary(whole)[0]
    assert "| metric | value | cases |" in markdown(whole)
    assert "unknown" not in markdown(whole)
    assert "in January 2026, nothing by more than chance" in summary(quiet)[0]
    assert "what stands out in all that is held: the gate tests says no" in summary(quiet)[1]
    assert "nothing can be said, as nothing is held of the month before" in summary(lone)[0]


def test_nothing_held_says_when_something_was() -> None:
    report = LearningReport(
        kind="weekly", begin=MIDDLE, end=END, compared=(), patterns=(), n_watched=2, last_day=END
    )
    assert str(END) in summary(report)[0]
    assert "no cause stands out in all that is held; 2 slices lie beyond" in summary(report)[1]
    of_two = msgspec.structs.replace(report, kind="learning", n_projects=2)
    assert "no cause stands out in these projects" in summary(of_two)[1]
    assert title(report) in markdown(report)


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts = 0
        self.addresses: list[str] = []
        self.feed(page)
        for part in page.split("<")[1:]:
            self.scripts += part.startswith("script")
            self.addresses += [word for word in part.split() if word.startswith(("href=", "src="))]


def test_the_page_runs_nothing_and_asks_nobody(worse: LearningReport) -> None:
    pattern = worse.patterns[0]
    reasons = tuple(_hostile(reason) for reason in pattern.reasons)
    patterns = (_with(pattern, says=HOSTILE, reasons=reasons), *worse.patterns[1:])
    page = html(_with(worse, patterns=patterns))
    found = Elements(page)
    assert found.scripts == 0
    assert found.addresses == []
    assert "alert(1)" in page


def test_a_chart_says_its_numbers() -> None:
    periods = [Period(month="2026-01", n=4, value=0.5), Period(month="2026-02", n=9, value=0.25)]
    made = chart("a & b", periods, "share")
    assert made.count("<circle") == 2
    assert "a &amp; b" in made
    assert "2026-02: 0.25 of 9" in made


@pytest.mark.parametrize("n_months", [1, 2, 9, 10, 15, 17, 40])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_months_of_a_chart_are_named_where_there_is_room(n_months: int, width: int) -> None:
    periods = [
        Period(month=f"{2020 + n // 12}-{n % 12 + 1:02}", n=1, value=n) for n in range(n_months)
    ]
    made = chart("pieces of work", periods, "mean", width)

    named = [float(x) for x in re.findall(r'<text x="([\d.]+)" [^>]*middle', made)]
    assert named
    assert all(later - earlier >= 55 for earlier, later in pairwise(named))
    assert max(named) < width
    assert f">{max(1, n_months - 1)}</text>" in made


def test_a_line_breaks_where_a_month_tells_nothing() -> None:
    months = ("2025-11", "2025-12", "2026-03", "2026-04")
    periods = [Period(month=month, n=1, value=1) for month in months]
    for made in (chart("pieces of work", periods, "mean"), spark(periods)):
        runs = re.findall(r'<polyline points="([^"]+)"', made)
        first, second = [[float(p.split(",")[0]) for p in run.split()] for run in runs]
        step = first[1] - first[0]
        assert second[0] - first[1] == pytest.approx(3 * step, abs=0.2)
        assert second[1] - second[0] == pytest.approx(step, abs=0.2)


def _hostile(reason: Any) -> Any:
    return _with(reason, text=HOSTILE)


def _with(record: Any, **changed: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(record, **changed)
