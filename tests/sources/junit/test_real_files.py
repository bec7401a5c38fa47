"""Counts of an independent reader, over every real JUnit report: regular expressions."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.real_files import params

from tracemill.sources.junit import JUnit

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize(
        "path", [*params("gates_runs", "*.junit.xml"), *params("gates_security", "*.xml")]
    ),
]
LINTERS = ("structlog.ruff.junit.xml", "junit_simple.xml")


def counts_by_hand(text: str) -> Counter[str]:
    found = Counter(
        {
            "failed": len(re.findall(r"<failure\b", text)),
            "error": len(re.findall(r"<error\b", text)),
            "skipped": len(re.findall(r"<skipped\b", text)),
        }
    )
    found["passed"] = len(re.findall(r"<testcase\b", text)) - found.total()
    return +found


def test_totals_agree_with_an_independent_count_and_with_the_report(path: Path) -> None:
    text = path.read_text()
    found = read_gates(JUnit(), path.read_bytes())

    assert found.statuses == counts_by_hand(text)
    assert found.run.totals == counts_by_hand(text)
    suites = re.findall(r"<testsuite [^>]*>", text)
    for name, status in (("failures", "failed"), ("errors", "error"), ("skipped", "skipped")):
        stated = sum(int(n) for suite in suites for n in re.findall(rf' {name}="(\d+)"', suite))
        assert found.statuses[status] == stated
    assert_sums(found)


def test_verdict_is_that_of_the_runner(path: Path) -> None:
    run = read_gates(JUnit(), path.read_bytes()).run
    stdout = path.with_name(path.name.replace(".junit.xml", ".stdout.txt"))

    if stdout.exists() and stdout != path:
        last = stdout.read_text().splitlines()[-1]
        expected = "failed" if "failed" in last else "error" if "error" in last else "passed"
        assert run.status == expected
    else:
        assert run.status == ("failed" if path.name in LINTERS else "passed")


def test_failures_stand_where_the_report_says(path: Path) -> None:
    text = path.read_text()
    failing = read_gates(JUnit(), path.read_bytes()).failing()
    places = [(result.path, result.line) for result in failing]

    if path.name == "structlog.ruff.junit.xml":
        stated = re.findall(
            r'<testcase name="org.ruff.([A-Z0-9]+)"[^>]* line="(\d+)" column="(\d+)"', text
        )
        assert [(r.rule, str(r.line), str(r.column)) for r in failing] == stated
        assert {result.path for result in failing} == set(
            re.findall(r'testsuite name="([^"]+)"', text)
        )
    elif path.name == "junit_simple.xml":
        assert places == [("auth.py", 1), ("auth.py", 2)]
        assert [result.commit for result in failing] == ["0" * 16, None]
        assert "a secret" not in str([result.text for result in failing])
    else:
        said = [
            html.unescape(each)
            for each in re.findall(
                r"<(?:failure|error)[^>]*>(.*?)</(?:failure|error)>", text, re.DOTALL
            )
        ]
        named = [re.findall(r"^(\S+?\.py):(\d+): ", each, re.MULTILINE) for each in said]
        assert len(named) == len(places)
        for (where, line), places_in_text in zip(places, named, strict=True):
            assert (where, str(line)) in places_in_text
            assert (where or "").startswith("tests/")


def test_no_other_source_takes_it(path: Path) -> None:
    assert readers_of(path.read_bytes()) == ["junit"]
