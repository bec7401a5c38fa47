"""Counts of an independent reader, over every real coverage report: regular expressions, json."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.real_files import params

from tracemill.sources.coverage_report import CoverageReport

pytestmark = pytest.mark.foreign
XML = [*params("gates_runs", "*.coverage.xml"), *params("gates_coverage", "**/*.xml")]
LCOV = [*params("gates_runs", "*.lcov"), *params("gates_coverage", "**/*.lcov")]
JSON = params("gates_runs", "*.coverage.json")
DIFF = params("gates_coverage", "**/*_report.json")


@pytest.mark.parametrize("path", [*XML, *LCOV, *JSON, *DIFF])
def test_no_other_source_takes_it(path: Path) -> None:
    found = read_gates(CoverageReport(), path.read_bytes())

    assert readers_of(path.read_bytes()) == ["coverage"]
    assert found.quarantined == []
    assert_sums(found)


@pytest.mark.parametrize("path", XML)
def test_cobertura(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    found = read_gates(CoverageReport(), path.read_bytes())
    outside = re.sub(r"<methods>.*?</methods>", "", text, flags=re.DOTALL)
    hits = re.findall(r"<line [^>]*hits=\"(\d+)\"", outside)
    coverage = found.run.coverage

    assert coverage is not None
    assert coverage.line_rate == float(re.findall(r' line-rate="([^"]+)"', text)[0])
    assert (coverage.n_lines, coverage.n_covered_lines) == (len(hits), sum(n != "0" for n in hits))
    assert [result.path for result in found.results] == re.findall(r' filename="([^"]+)"', text)
    measured = re.findall(r"\((\d+)/(\d+)\)", text)
    assert (coverage.n_branches, coverage.n_covered_branches) == (
        (sum(int(n) for _, n in measured), sum(int(n) for n, _ in measured))
        if measured
        else (None, None)
    )
    missed = [
        int(n)
        for each in re.findall(r"<line [^>]*hits=\"0\"[^>]*>", outside)
        for n in re.findall(r'number="(\d+)"', each)
    ]
    assert sorted(
        n for r in found.results if r.coverage for n in r.coverage.missed_lines
    ) == sorted(missed)


@pytest.mark.parametrize("path", LCOV)
def test_lcov(path: Path) -> None:
    text = path.read_text()
    found = read_gates(CoverageReport(), path.read_bytes())
    coverage = found.run.coverage

    assert coverage is not None
    hits = re.findall(r"^DA:\d+,(\d+)", text, re.MULTILINE)
    assert (coverage.n_lines, coverage.n_covered_lines) == (len(hits), sum(n != "0" for n in hits))
    assert [r.path for r in found.results] == re.findall(r"^SF:(.+)", text, re.MULTILINE)
    taken = re.findall(r"^BRDA:.*,(\S+?)\s*$", text, re.MULTILINE)
    assert (coverage.n_branches or 0, coverage.n_covered_branches or 0) == (
        len(taken),
        sum(n not in "0-" for n in taken),
    )


@pytest.mark.parametrize("path", JSON)
def test_coverage_py(path: Path) -> None:
    report = json.loads(path.read_text())
    found = read_gates(CoverageReport(), path.read_bytes())
    coverage, totals = found.run.coverage, report["totals"]

    assert coverage is not None
    assert (coverage.n_lines, coverage.n_covered_lines) == (
        totals["num_statements"],
        totals["covered_lines"],
    )
    assert coverage.branch_rate == pytest.approx(totals["percent_branches_covered"] / 100)
    assert {r.path: list(r.coverage.missed_lines) for r in found.results if r.coverage} == {
        file: said["missing_lines"] for file, said in report["files"].items()
    }


@pytest.mark.parametrize("path", DIFF)
def test_diff_cover(path: Path) -> None:
    report = json.loads(path.read_text())
    found = read_gates(CoverageReport(), path.read_bytes())
    places = [
        (file, line)
        for file, said in report["src_stats"].items()
        for line in said["violation_lines"]
    ]

    if found.run.gate == "lint":
        assert [(r.path, r.line) for r in found.results] == places
        assert (found.run.totals, found.run.status) == ({"failed": 3}, "failed")
    else:
        assert found.run.coverage is not None
        assert found.run.coverage.line_rate == report["total_percent_covered"] / 100
        assert [
            (r.path, n) for r in found.results if r.coverage for n in r.coverage.missed_lines
        ] == places
