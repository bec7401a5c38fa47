"""Coverage reports: the same file measured, in the forms in which tools say it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of

from tracemill.records.events.gates import Coverage
from tracemill.sources.coverage_report import CoverageReport

COBERTURA = """<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>
<coverage version="7.1" timestamp="1700000000000" lines-valid="4" lines-covered="3" line-rate="0.75"
 branches-valid="2" branches-covered="1" branch-rate="0.5"><sources><source> /src </source></sources>
<packages><package name="p"><classes><class name="a.py" filename="p/a.py" line-rate="0.75">
<methods><method name="f"><lines><line number="2" hits="1"/></lines></method></methods>
<lines><line number="1" hits="2"/><line number="2" hits="1" branch="true"
 condition-coverage="50% (1/2)"/><line number="5" hits="0"/><line number="7" hits="010"/></lines>
</class></classes></package></packages></coverage>"""
LCOV = """TN:
SF:p/a.py
FN:1,f
DA:1,2
DA:2,1,hash
DA:5,0
DA:7,10
BRDA:2,0,0,1
BRDA:2,0,1,-
LF:4
LH:3
BRF:2
BRH:1
end_of_record
"""
SUMMARY = {
    "covered_lines": 3,
    "num_statements": 4,
    "num_branches": 2,
    "covered_branches": 1,
    "percent_covered": 66.7,
}
COVERAGE_PY = json.dumps(
    {
        "meta": {
            "format": 3,
            "version": "7.1",
            "timestamp": "2026-03-01T10:00:00",
            "branch_coverage": True,
        },
        "files": {
            "p/a.py": {"executed_lines": [1, 2, 7], "missing_lines": [5], "summary": SUMMARY}
        },
        "totals": SUMMARY,
    }
)
FORMS = {"cobertura": COBERTURA, "lcov": LCOV, "coverage.py": COVERAGE_PY}
MEASURED = Coverage(
    line_rate=0.75,
    branch_rate=0.5,
    n_lines=4,
    n_covered_lines=3,
    n_branches=2,
    n_covered_branches=1,
)


def read(text: str) -> Gates:
    found = read_gates(CoverageReport(), text.encode())
    assert_sums(found)
    return found


def measured(text: str) -> Coverage:
    coverage = read(text).run.coverage
    assert coverage is not None
    return coverage


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_the_same(form: str) -> None:
    found = read(FORMS[form])

    assert (found.run.gate, found.run.status, found.run.totals) == (
        "coverage",
        "unknown",
        {"noted": 1},
    )
    assert found.run.coverage == MEASURED
    (result,) = found.results
    assert result.path == "p/a.py"
    assert result.coverage is not None
    assert result.coverage.missed_lines == (5,)
    assert (result.coverage.n_lines, result.coverage.branch_rate) == (4, 0.5)


def test_cobertura_says_where_and_when() -> None:
    run = read(COBERTURA).run

    assert (run.root, run.tool_version) == ("/src", "7.1")
    assert run.at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_seconds_are_a_time_too() -> None:
    run = read('<coverage line-rate="1" timestamp="1700000000"/>').run

    assert run.at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_branches_that_were_not_measured_have_no_rate() -> None:
    text = '<coverage line-rate="1" branch-rate="0" branches-valid="0"/>'

    assert (measured(text).branch_rate, measured(text).n_branches) == (None, None)


CUT = COBERTURA[: COBERTURA.index("</classes>")]
UNSTATED = CUT.replace('lines-valid="4" lines-covered="3" line-rate="0.75"', 'line-rate=""')


def test_cut_report_has_the_totals_that_it_states() -> None:
    found = read(CUT)

    assert [each.reason for each in found.quarantined] == ["truncated"]
    assert found.run.coverage == MEASURED
    assert len(found.results) == 1


def test_classes_of_a_cut_report_are_no_totals() -> None:
    unstated = UNSTATED.replace('branches-valid="2" branches-covered="1" branch-rate="0.5"', "")

    assert len(read(unstated).results) == 1
    assert read(unstated).run.coverage is None
    assert measured(CUT.replace('lines-valid="4" lines-covered="3"', "")) == Coverage(
        line_rate=0.75, branch_rate=0.5, n_branches=2, n_covered_branches=1
    )


def test_what_is_not_stated_is_summed() -> None:
    text = LCOV.replace("LF:4\nLH:3\nBRF:2\nBRH:1\n", "")

    assert measured(text + text.replace("a.py", "b.py")) == Coverage(
        line_rate=0.75,
        branch_rate=0.5,
        n_lines=8,
        n_covered_lines=6,
        n_branches=4,
        n_covered_branches=2,
    )


def test_a_last_file_without_its_end_is_kept() -> None:
    assert [result.path for result in read("SF:a.c\nDA:1,1\nSF:b.c\nDA:1,0\n").results] == [
        "a.c",
        "b.c",
    ]


def test_a_file_without_lines_has_no_rate() -> None:
    assert measured("SF:a.c\nend_of_record\n").line_rate is None


def test_lines_of_another_kind_are_quarantined() -> None:
    found = read(LCOV + "hello\n")

    assert [bad.reason for bad in found.quarantined] == ["bad_shape"]


def test_coverage_of_a_change() -> None:
    stats = {
        "a.py": {
            "violation_lines": [2, 4],
            "covered_lines": [1, 3],
            "violations": [[2, None], [4, None]],
        }
    }
    report = {"report_name": ["XML"], "diff_name": "main...HEAD", "src_stats": stats}
    found = read(json.dumps({**report, "total_num_lines": 4, "total_num_violations": 2}))

    assert (found.run.tool, found.run.gate, found.run.status) == (
        "diff-cover",
        "coverage",
        "unknown",
    )
    assert found.run.coverage == Coverage(line_rate=0.5, n_lines=4, n_covered_lines=2)
    (result,) = found.results
    assert result.coverage is not None
    assert result.coverage.missed_lines == (2, 4)


def test_quality_of_a_change_is_a_linters_run() -> None:
    stats = {
        "a.py": {"violation_lines": [2], "violations": [[2, "E225 missing space"], [3, "odd"]]}
    }
    found = read(json.dumps({"report_name": "pycodestyle", "diff_name": "d", "src_stats": stats}))

    assert (found.run.tool, found.run.gate, found.run.status) == ("pycodestyle", "lint", "failed")
    assert [(r.rule, r.path, r.line, r.message) for r in found.results] == [
        ("E225", "a.py", 2, "missing space"),
        (None, "a.py", 3, "odd"),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_reports_are_told_by_what_they_hold(form: str) -> None:
    assert readers_of(FORMS[form].encode()) == ["coverage"]


@pytest.mark.parametrize(
    "text", ["<coverage/>", "SF:\n", "TN:x\nSF:a\nhello", '{"meta": {}, "files": {}}']
)
def test_what_only_looks_like_coverage_is_not_taken(text: str) -> None:
    assert readers_of(text.encode()) == []
