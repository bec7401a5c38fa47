"""Findings of ruff, in the three forms that name a rule and a place."""

from __future__ import annotations

import json

import pytest
from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of
from tests.sources.reading import jsonl

from tracemill.sources.findings_reports import Ruff

ROW = {
    "cell": None,
    "code": "F401",
    "name": "unused-import",
    "filename": "/src/a.py",
    "location": {"row": 3, "column": 8},
    "end_location": {"row": 3, "column": 10},
    "message": "`os` imported but unused",
    "fix": None,
    "severity": "error",
}
LIST = json.dumps([ROW, {**ROW, "code": None}], indent=2).encode()
LINES = jsonl(ROW, ROW)
ANNOTATED = (
    b"::error title=ruff (F401),file=/src/a%2Cb.py,line=3,col=8,endLine=3,endColumn=10::"
    b"a.py:3:8: F401 `os` imported but unused\n"
)


def read(data: bytes) -> Gates:
    found = read_gates(Ruff(), data)
    assert_sums(found)
    return found


@pytest.mark.parametrize("data", [LIST, LINES, ANNOTATED], ids=["json", "json-lines", "github"])
def test_each_form_names_rule_and_place(data: bytes) -> None:
    found = read(data)

    assert (found.run.tool, found.run.gate, found.run.status) == ("ruff", "lint", "failed")
    result = found.results[0]
    assert (result.rule, result.severity, result.status) == ("F401", "error", "failed")
    assert (result.line, result.column, result.end_line, result.end_column) == (3, 8, 3, 10)
    assert result.message == "`os` imported but unused"


def test_paths_are_kept_as_said() -> None:
    assert [result.path for result in read(LIST).results] == ["/src/a.py"] * 2
    assert [result.path for result in read(ANNOTATED).results] == ["/src/a,b.py"]


def test_a_finding_stands_on_its_bytes() -> None:
    spans = [result.span for result in read(LIST).results]

    assert [json.loads(LIST[span.start : span.end])["code"] for span in spans] == ["F401", None]


def test_a_syntax_error_has_no_rule() -> None:
    assert [result.rule for result in read(LIST).results] == ["F401", None]


def test_a_clean_run_has_passed() -> None:
    found = read(b"[]")

    assert (found.run.status, found.run.totals) == ("passed", {})


def test_a_row_of_something_else_is_quarantined() -> None:
    found = read(json.dumps([ROW, {"a": 1}, 3]).encode())

    assert [bad.reason for bad in found.quarantined] == ["bad_shape", "not_an_object"]


def test_lines_of_another_kind_are_counted() -> None:
    found = read(ANNOTATED + b"Found 1 error.\n\n")

    assert (found.run.totals, found.tally.skipped) == ({"failed": 1}, {"no_finding": 1})


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [
        (LIST, True),
        (LINES, True),
        (ANNOTATED, True),
        (b"::error title=Build,file=a::x", False),
        (b"[]", False),
        (b'[{"code": "F401"}]', False),
    ],
)
def test_findings_are_told_by_their_fields(data: bytes, *, is_ours: bool) -> None:
    assert (readers_of(data) == ["ruff"]) is is_ours
