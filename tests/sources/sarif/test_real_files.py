"""Counts of an independent reader, over every real list of findings: plain json."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.real_files import params

from tracemill.sources import load_source

Place = tuple[Any, ...]
pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize(
        "path",
        [
            *params(
                "gates_runs", "*.sarif", "*.ruff.json", "*.mypy.jsonl", "*.bandit.json", "*.pylint*"
            ),
            *params("gates_security", "*.sarif"),
            *params("gates_coverage", "**/pylint_report.txt"),
        ],
    ),
]


def of_sarif(text: str) -> list[Place]:
    found = []
    for run in json.loads(text)["runs"]:
        for result in run["results"]:
            where = result["locations"][0]["physicalLocation"]
            path = urlparse(where["artifactLocation"]["uri"]).path
            found.append(
                (
                    result["ruleId"],
                    path,
                    where["region"]["startLine"],
                    where["region"]["startColumn"],
                )
            )
    return found


def of_ruff(text: str) -> list[Place]:
    return [
        (r["code"], r["filename"], r["location"]["row"], r["location"]["column"])
        for r in json.loads(text)
    ]


def of_mypy(text: str) -> list[Place]:
    rows = [json.loads(line) for line in text.splitlines()]
    return [(r["code"], r["file"], r["line"], r["column"] + 1) for r in rows]


def of_bandit(text: str) -> list[Place]:
    return [
        (r["test_id"], r["filename"], r["line_number"], r["col_offset"] + 1)
        for r in json.loads(text)["results"]
    ]


def of_pylint(text: str) -> list[Place]:
    if not text.startswith("{"):
        rows = re.findall(r"^(\S+\.py):(\d+): \[(\w+)", text, re.MULTILINE)
        return [(rule, path, int(line), None) for path, line, rule in rows]
    return [
        (r["messageId"], r["path"], r["line"], r["column"] + 1)
        for r in json.loads(text)["messages"]
    ]


BY_HAND = {
    "sarif": of_sarif,
    "ruff": of_ruff,
    "mypy": of_mypy,
    "bandit": of_bandit,
    "pylint": of_pylint,
}


def test_every_finding_stands_where_the_report_says(path: Path) -> None:
    data = path.read_bytes()
    (name,) = readers_of(data)
    found = read_gates(load_source(name), data)
    expected = BY_HAND[name](data.decode())

    assert name in path.name or path.suffix == ".sarif"
    assert [(r.rule, r.path, r.line, r.column) for r in found.results] == expected
    assert found.run.totals == Counter(failed=len(expected))
    assert found.run.status == "failed"
    assert found.quarantined == []
    assert_sums(found)
