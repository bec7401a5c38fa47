"""The reports that plugins of pytest write: a document, or a log of lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of
from tests.sources.reading import jsonl

from tracemill.sources.pytest_report import PytestReport

NODE = "tests/test_a.py::TestA::test_b[x::y]"
CRASH = {"path": "/src/tests/test_a.py", "lineno": 9, "message": "assert 1 == 2"}


def phase(outcome: str = "passed", **more: Any) -> dict[str, Any]:
    return {"outcome": outcome, "duration": 0.5, **more}


def outcome_of(outcome: str, **phases: Any) -> dict[str, Any]:
    return {"nodeid": NODE, "lineno": 3, "outcome": outcome, "setup": phase(), **phases}


def document(*tests: dict[str, Any], exitcode: int = 1, **more: Any) -> bytes:
    fields = {"created": 1e9, "duration": 2.5, "exitcode": exitcode, "root": "/src"}
    return json.dumps({**fields, "environment": {}, "summary": {}, "tests": tests, **more}).encode()


def report(when: str, outcome: str = "passed", **more: Any) -> dict[str, Any]:
    where = ["tests/test_a.py", 3, "TestA.test_b[x::y]"]
    said = {"nodeid": NODE, "location": where, "when": when, "outcome": outcome, "duration": 0.5}
    return {**said, "$report_type": "TestReport", "longrepr": None, "start": 1e9, **more}


START = {"pytest_version": "9.2.0", "$report_type": "SessionStart"}


def log(*reports: dict[str, Any], exit_code: int | None = 1) -> bytes:
    end = [{"exitstatus": exit_code, "$report_type": "SessionFinish"}]
    return jsonl(START, *reports, *(end if exit_code is not None else []))


def read(data: bytes) -> Gates:
    found = read_gates(PytestReport(), data)
    assert_sums(found)
    return found


def test_document() -> None:
    found = read(document(outcome_of("failed", call=phase("failed", crash=CRASH, longrepr="long"))))
    run = found.run

    assert (run.tool, run.gate, run.status, run.root, run.exit_code) == ("pytest", "test", "failed", "/src", 1)  # fmt: skip
    assert (run.at, run.duration_s) == (datetime(2001, 9, 9, 1, 46, 37, 500_000, tzinfo=UTC), 2.5)
    (result,) = found.results
    assert (result.suite, result.name) == ("tests/test_a.py::TestA", "test_b[x::y]")
    assert (result.path, result.line) == ("/src/tests/test_a.py", 9)
    assert (result.message, result.text, result.duration_s) == ("assert 1 == 2", "long", 1.0)


def test_a_passing_test_points_at_where_it_stands() -> None:
    (result,) = read(document(outcome_of("passed", call=phase()), exitcode=0)).results

    assert (result.path, result.line, result.status) == ("tests/test_a.py", 4, "passed")


@pytest.mark.parametrize("outcome", ["passed", "failed", "error", "skipped", "xfailed", "xpassed"])
def test_outcomes_of_the_document_are_taken_as_they_are(outcome: str) -> None:
    assert read(document(outcome_of(outcome))).run.totals == {outcome: 1}


def test_an_outcome_of_a_plugin_is_unknown() -> None:
    assert read(document(outcome_of("rerun"), outcome_of("passed"), exitcode=0)).statuses == {"unknown": 1, "passed": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("exit_code", "status"),
    [(0, "passed"), (1, "failed"), (2, "error"), (3, "error"), (4, "error"), (5, "unknown")],
)
def test_exit_code_is_the_verdict(exit_code: int, status: str) -> None:
    assert read(document(outcome_of("passed"), exitcode=exit_code)).run.status == status
    assert read(log(report("call"), report("teardown"), exit_code=exit_code)).run.status == status


def test_a_report_of_only_totals_keeps_them() -> None:
    run = read(document(summary={"passed": 3, "failed": 1, "total": 4, "collected": 4})).run

    assert run.totals == {"passed": 3, "failed": 1}


def test_a_module_that_cannot_be_collected_is_an_error() -> None:
    node = {"nodeid": "tests/test_a.py", "outcome": "failed", "longrepr": "a\nE   ImportError: b"}
    line = {"$report_type": "CollectReport", **node}
    for found in (read(document(collectors=[node], exitcode=2)), read(log(line, exit_code=2))):
        (result,) = found.results
        assert found.run.status == "error"
        assert (result.suite, result.name, result.path) == (None, "tests/test_a.py", "tests/test_a.py")  # fmt: skip
        assert (result.status, result.message) == ("error", "ImportError: b")


@pytest.mark.parametrize(
    ("longrepr", "message"),
    [
        ("('/src/a.py', 4, 'Skipped: no net')", "no net"),
        (["/src/a.py", 4, "Skipped: no net"], "no net"),
        ("('/src/a.py', 4, \"Skipped: isn't\")", "isn't"),
    ],
)
def test_a_skipped_test_says_why(longrepr: Any, message: str) -> None:
    skipped = phase("skipped", longrepr=longrepr)
    found = read(document(outcome_of("skipped", setup=skipped), exitcode=0))
    logged = read(log(report("setup", **skipped), report("teardown"), exit_code=0))

    assert [r.message for r in (*found.results, *logged.results)] == [message, message]
    assert {r.line for r in (*found.results, *logged.results)} == {4}


LONG = {
    "reprcrash": CRASH,
    "reprtraceback": {"reprentries": [{"data": {"lines": ["one", "two"]}}, {"data": {"lines": ["E  x"]}}, 3]},
}  # fmt: skip
WAS_EXPECTED = {"wasxfail": "reason"}


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        ([report("setup"), report("call"), report("teardown")], "passed"),
        ([report("setup"), report("call", "failed", longrepr=LONG), report("teardown")], "failed"),
        ([report("setup", "failed", longrepr=LONG), report("teardown")], "error"),
        ([report("setup"), report("call"), report("teardown", "failed", longrepr=LONG)], "error"),
        ([report("call", "failed"), report("teardown", "failed")], "error"),
        ([report("call", "skipped", longrepr=LONG, **WAS_EXPECTED), report("teardown")], "xfailed"),
        ([report("call", **WAS_EXPECTED), report("teardown")], "xpassed"),
        ([report("setup")], "unknown"),
        ([report("call", "failed")], "failed"),
    ],
)
def test_phases_of_a_log_make_one_result(reports: list[dict[str, Any]], status: str) -> None:
    found = read(log(*reports))

    (result,) = found.results
    assert result.status == status
    assert (result.suite, result.name) == ("tests/test_a.py::TestA", "test_b[x::y]")


def test_a_log_gives_the_whole_text_of_a_failure() -> None:
    (result,) = read(log(report("call", "failed", longrepr=LONG), report("teardown"))).results

    assert (result.path, result.line) == ("/src/tests/test_a.py", 9)
    assert (result.message, result.text) == ("assert 1 == 2", "one\ntwo\nE  x")
    assert result.duration_s == 1.0


def test_repeated_runs_are_attempts() -> None:
    first = [report("setup"), report("call", "rerun", longrepr=LONG)]
    again = [report("setup"), report("call"), report("teardown")]

    (result,) = read(log(*first, *again, exit_code=0)).results

    assert (result.status, result.attempts) == ("passed", 2)


def test_interleaved_tests_are_told_apart() -> None:
    other = {"nodeid": "b.py::test_c"}
    found = read(log(report("setup"), report("setup", **other), report("call", "failed", **other),
                     report("call"), report("teardown"), report("teardown", **other)))  # fmt: skip

    assert [(r.name, r.status) for r in found.results] == [("test_b[x::y]", "passed"), ("test_c", "failed")]  # fmt: skip


def test_a_cut_log_proves_no_pass() -> None:
    whole = [report("setup"), report("call"), report("teardown")]

    assert read(log(*whole, exit_code=None)).run.status == "unknown"


def test_lines_that_are_no_reports_are_counted() -> None:
    found = read(log({"$report_type": "WarningMessage"}, {"$report_type": "New"}, exit_code=0))

    assert found.tally.skipped == {"warning": 1, "unknown_type:new": 1}


@pytest.mark.parametrize("data", [b"{}", b"[]", b"<a/>", b'{"tests": [{"nodeid": 1}]}', b""])
def test_what_is_no_report_makes_no_run(data: bytes) -> None:
    assert read(data).runs == []


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [(document(), True), (log(), True), (b'{"summary": {}, "created": 1}', False)],
)
def test_reports_are_told_by_their_fields(data: bytes, *, is_ours: bool) -> None:
    assert (readers_of(data) == ["pytest"]) is is_ours
