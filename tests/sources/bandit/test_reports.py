"""The JSON report of bandit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of

from tracemill.sources.findings_reports import Bandit

ROW = {
    "code": "1 import pickle\n",
    "col_offset": 0,
    "end_col_offset": 13,
    "filename": "src/a.py",
    "issue_confidence": "HIGH",
    "issue_severity": "LOW",
    "issue_text": "Consider possible security implications of pickle.",
    "line_number": 17,
    "line_range": [17, 18],
    "test_id": "B403",
    "test_name": "blacklist",
}


def report(*rows: dict[str, Any], **fields: Any) -> bytes:
    said = {"errors": [], "generated_at": "2026-03-01T10:00:00Z", "metrics": {}}
    return json.dumps({**said, **fields, "results": rows}).encode()


def read(data: bytes) -> Gates:
    found = read_gates(Bandit(), data)
    assert_sums(found)
    return found


def test_an_issue_names_rule_and_place() -> None:
    found = read(report(ROW))

    assert (found.run.gate, found.run.status) == ("security", "failed")
    assert found.run.at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    (result,) = found.results
    assert (result.rule, result.name, result.severity) == ("B403", "blacklist", "LOW")
    assert (result.path, result.line, result.column) == ("src/a.py", 17, 1)
    assert (result.end_line, result.end_column) == (18, 14)


def test_neither_code_nor_password_is_kept() -> None:
    said = {
        "test_id": "B105",
        "issue_text": "Possible hardcoded password: 'SHY'",
        "code": "p = 'SHY'",
    }

    (result,) = read(report({**ROW, **said})).results

    assert result.message == "Possible hardcoded password"
    assert "SHY" not in str(result)


def test_a_file_that_could_not_be_read_is_an_error() -> None:
    found = read(report(errors=[{"filename": "b.py", "reason": "syntax error"}, 3]))

    assert found.run.status == "error"
    (result,) = found.results
    assert (result.status, result.path, result.message) == ("error", "b.py", "syntax error")


def test_a_clean_run_has_passed() -> None:
    assert read(report()).run.status == "passed"


def test_reports_are_told_by_their_fields() -> None:
    metrics = {f"src/{i}.py": {"loc": i} for i in range(5000)}

    assert readers_of(report(ROW)) == ["bandit"]
    assert readers_of(report(ROW, metrics=metrics)) == ["bandit"]
    assert readers_of(b'{"errors": [], "results": []}') == []
