"""A run of tests that two reports tell of is one run wherever runs are shown and counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tracemill.cli.app import call

JUNIT = """<testsuites name="pytest tests"><testsuite name="pytest" failures="1" tests="2"
 time="2.501" timestamp="2026-03-01T12:00:00.100000+00:00"><testcase classname="tests.test_a"
 name="test_b" time="1"/><testcase classname="tests.test_a" name="test_c" time="1"><failure
 message="no">no</failure></testcase></testsuite></testsuites>"""
DOCUMENT = {
    "created": 1772366402.6, "duration": 2.5, "exitcode": 1, "root": "/src", "summary": {},
    "environment": {}, "tests": [
        {"nodeid": f"tests/test_a.py::test_{name}", "lineno": 1, "outcome": outcome}
        for name, outcome in (("b", "passed"), ("c", "failed"))
    ],
}  # fmt: skip


def test_two_reports_of_one_run_are_one_run_with_two_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "junit.xml").write_text(JUNIT)
    (tmp_path / "in" / "report.json").write_text(json.dumps(DOCUMENT))

    def asked(*words: str) -> Any:
        assert call([*words, "--json", "--workspace", str(tmp_path / "ours")]) == 0
        return json.loads(capsys.readouterr().out)

    told = asked("run", str(tmp_path / "in"))
    (row,) = asked("gate", "list")["rows"]
    shown = asked("gate", "show", *row["reports"])

    assert told["store"]["gates"] == {"failed": 1}
    assert told["store"]["links"] == {"same_run": 1}
    assert (shown["row"]["id"], shown["run"]["title"]) == (row["id"], "pytest tests")
    assert [Path(uri).name for uri in (row["uri"], *shown["reports"])] == [
        "report.json",
        "junit.xml",
    ]
    (link,) = asked("link", "list")["rows"]
    for name in (link["from"], link["to"]):
        assert call(["explain", name, "--workspace", str(tmp_path / "ours")]) == 3
        assert f"tracemill gate show {row['id']}" in capsys.readouterr().err
    assert asked("gate", "trend")["total"] == 1
    assert call(["gate", "show", row["id"], "--workspace", str(tmp_path / "ours")]) == 0
    assert "Also told    " in capsys.readouterr().out
