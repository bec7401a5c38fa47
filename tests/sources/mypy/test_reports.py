"""Errors of mypy, one a line of JSON."""

from __future__ import annotations

from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.reading import jsonl

from tracemill.sources.findings_reports import Mypy

ROW = {
    "file": "a.py",
    "line": 5,
    "column": 4,
    "end_line": 6,
    "end_column": 9,
    "message": "Returning Any",
    "hint": "See the docs",
    "code": "no-any-return",
    "severity": "error",
}
LINES = jsonl(ROW, {**ROW, "severity": "note", "code": None})


def test_columns_count_from_one() -> None:
    found = read_gates(Mypy(), LINES)

    assert_sums(found)
    assert (found.run.tool, found.run.gate, found.run.status) == ("mypy", "types", "failed")
    error, note = found.results
    assert (error.rule, error.path, error.line, error.column) == ("no-any-return", "a.py", 5, 5)
    assert (error.end_line, error.end_column, error.text) == (6, 10, "See the docs")
    assert (note.status, note.rule) == ("noted", None)


def test_notes_alone_do_not_fail_the_gate() -> None:
    assert read_gates(Mypy(), jsonl({**ROW, "severity": "note"})).run.status == "passed"


def test_a_place_that_is_unknown_stays_unknown() -> None:
    (result,) = read_gates(Mypy(), jsonl({**ROW, "line": -1, "column": -1})).results

    assert (result.line, result.column) == (None, None)


def test_a_crash_among_the_lines_is_quarantined() -> None:
    found = read_gates(Mypy(), LINES + b"mypy: INTERNAL ERROR\n")

    assert [bad.reason for bad in found.quarantined] == ["not_json"]


def test_errors_are_told_by_their_fields() -> None:
    assert readers_of(LINES) == ["mypy"]
    assert readers_of(b'{"file": "a.py", "line": 5}\n') == []
