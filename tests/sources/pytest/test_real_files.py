"""Counts of an independent reader, over every real report of pytest: plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.real_files import params

from tracemill.sources.pytest_report import PytestReport

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize(
        "path",
        [
            *params("gates_runs", "*.report.json", "*.reportlog.jsonl"),
            *params("gates_pytest", "**/*.json"),
        ],
    ),
]
EXITS = {0: "passed", 1: "failed", 2: "error"}


def counts_by_hand(path: Path) -> Counter[str]:
    text = path.read_text()
    if path.suffix == ".json":
        report = json.loads(text)
        stated = {k: n for k, n in report["summary"].items() if k not in ("total", "collected")}
        uncollected = sum(node["outcome"] == "failed" for node in report["collectors"])
        return Counter(stated) + Counter(error=uncollected)
    outcomes: dict[str, str] = {}
    for line in text.splitlines():
        record = json.loads(line)
        if record["$report_type"] in ("TestReport", "CollectReport"):
            is_test = record["$report_type"] == "TestReport"
            if record["outcome"] != "passed" or (is_test and record["when"] == "call"):
                outcomes[record["nodeid"]] = record["outcome"]
    return Counter(outcomes.values())


def test_totals_agree_with_the_report(path: Path) -> None:
    found = read_gates(PytestReport(), path.read_bytes())

    assert found.statuses == counts_by_hand(path) == Counter(found.run.totals)
    assert found.quarantined == []
    assert_sums(found)


def test_failures_stand_where_the_report_says(path: Path) -> None:
    found = read_gates(PytestReport(), path.read_bytes())
    if path.suffix == ".jsonl":
        assert (found.run.status, found.failing(), found.run.tool_version) == (
            "passed",
            [],
            "9.2.0",
        )
        return
    report = json.loads(path.read_text())
    stated = {}
    for test in report["tests"]:
        crashes = [
            test[p]["crash"] for p in ("setup", "call", "teardown") if "crash" in test.get(p, {})
        ]
        if test["outcome"] in ("failed", "error"):
            stated[test["nodeid"]] = (
                crashes[0]["path"],
                crashes[0]["lineno"],
                crashes[0]["message"],
            )

    places = {
        f"{r.suite}::{r.name}": (r.path, r.line, r.message) for r in found.failing() if r.suite
    }
    assert places == stated
    assert found.run.status == EXITS[report["exitcode"]]
    assert found.run.root == report["root"]


def test_no_other_source_takes_it(path: Path) -> None:
    assert readers_of(path.read_bytes()) == ["pytest"]
