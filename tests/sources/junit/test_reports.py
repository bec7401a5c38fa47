"""JUnit XML as its writers write it, each with its own way to say the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.gate_reading import Gates, read_gates, readers_of

from tracemill.sources.junit import JUnit

TRACEBACK = (
    "def test_b():\n&gt;   assert 1 == 2\nE   assert 1 == 2\n\ntests/test_a.py:7: AssertionError"
)
PYTEST = f"""<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite
 name="pytest" errors="0" failures="1" skipped="2" tests="4" time="1.5"
 timestamp="2026-03-01T10:00:00+01:00" hostname="h">
<testcase classname="tests.test_a.TestA" name="test_a[x-&gt;y]" time="0.25" />
<testcase classname="tests.test_a" name="test_b" time="0.1"><failure
 message="assert 1 == 2">{TRACEBACK}</failure><system-out>noise</system-out></testcase>
<testcase classname="tests.test_a" name="test_c"><skipped type="pytest.skip" message="no"/></testcase>
<testcase classname="tests.test_a" name="test_d"><skipped type="pytest.xfail" message=""/></testcase>
</testsuite></testsuites>"""


def junit(body: str) -> Gates:
    return read_gates(JUnit(), body.encode())


def suite(cases: str, attributes: str = 'name="s"') -> str:
    return f"<testsuite {attributes}>{cases}</testsuite>"


def test_pytest_report() -> None:
    found = junit(PYTEST)
    run = found.run

    assert (run.tool, run.gate, run.status, run.title) == (
        "pytest",
        "test",
        "failed",
        "pytest tests",
    )
    assert run.totals == {"failed": 1, "passed": 1, "skipped": 1, "xfailed": 1}
    assert (run.at, run.duration_s) == (datetime(2026, 3, 1, 9, tzinfo=UTC), 1.5)
    passed, failed, *_ = found.results
    assert (passed.suite, passed.name) == ("tests.test_a.TestA", "test_a[x->y]")
    assert (passed.duration_s, passed.path) == (0.25, None)
    assert (failed.path, failed.line) == ("tests/test_a.py", 7)
    assert failed.message == "assert 1 == 2"
    assert failed.text is not None
    assert failed.text.endswith("AssertionError")


def test_a_result_stands_on_its_bytes() -> None:
    data = PYTEST.encode()

    spans = [result.span for result in read_gates(JUnit(), data).results]

    assert all(data[span.start :].startswith(b"<testcase ") for span in spans)
    assert [data[: span.end].rsplit(b"<", 1)[1][:9] for span in spans] == [
        b"testcase ", *[b"/testcase"] * 3
    ]  # fmt: skip


def test_a_module_that_cannot_be_collected_is_an_error() -> None:
    body = (
        '<testsuites name="pytest tests"><testsuite name="pytest" errors="1" tests="1">'
        '<testcase classname="" name="tests.test_a" time="0"><error message="collection failure">'
        "tests/test_a.py:3: in &lt;module&gt;\n    import b\nE   ImportError: b</error></testcase>"
        "</testsuite></testsuites>"
    )

    found = junit(body)

    assert found.run.status == "error"
    (result,) = found.results
    assert (result.suite, result.name) == (None, "tests.test_a")
    assert (result.path, result.line) == ("tests/test_a.py", 3)


@pytest.mark.parametrize(
    ("attributes", "tool", "gate"),
    [
        ('name="jest tests"', "jest", "test"),
        ('name="nextest-run"', "cargo-nextest", "test"),
        ('name="Mocha Tests"', "mocha", "test"),
        ('name="AllTests"', "googletest", "test"),
        ('name="a" xmlns:xsi="x" xsi:noNamespaceSchemaLocation="u/surefire-test-report.xsd"', "surefire", "test"),
        ('name="/src/a.js" package="org.eslint"', "eslint", "lint"),
        ('name="mypy"', "mypy", "types"),
        ('name="com.example.Tests" package="com.example"', None, "test"),
    ],
)  # fmt: skip
def test_writer_is_known_by_what_it_signs_with(
    attributes: str, tool: str | None, gate: str
) -> None:
    run = junit(suite("", attributes)).run

    assert (run.tool, run.gate) == (tool, gate)


def test_go_is_known_by_its_property() -> None:
    run = junit(
        suite('<properties><property name="go.version" value="go1.22.1 linux/amd64"/></properties>')
    ).run

    assert (run.tool, run.tool_version) == ("go", "1.22.1")


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ('<testcase name="a"/>', ("passed", None)),
        ('<testcase name="a"><failure/></testcase>', ("failed", None)),
        ('<testcase name="a"><failure type="E">x</failure></testcase>', ("failed", "E")),
        ('<testcase name="a"><failure>\n why\n more</failure></testcase>', ("failed", "why")),
        ('<testcase name="a"><failure><![CDATA[<b>]]></failure></testcase>', ("failed", "<b>")),
        ('<testcase name="a"><error message="m"/></testcase>', ("error", "m")),
        ('<testcase name="a"><skipped/><failure message="m"/></testcase>', ("failed", "m")),
        ('<testcase name="a" status="notrun"/>', ("skipped", None)),
        ('<testcase name="a" status="run" result="suppressed"/>', ("skipped", None)),
    ],
)
def test_outcome(case: str, expected: tuple[str, str | None]) -> None:
    (result,) = junit(suite(case)).results

    assert (result.status, result.message) == expected


def test_a_test_that_passed_at_the_third_try_is_told_apart() -> None:
    flaky = '<testcase name="a"><flakyFailure message="m"/><flakyError/></testcase>'
    failed = '<testcase name="b"><failure/><rerunFailure/></testcase>'

    found = junit(suite(flaky + failed + '<testcase name="c"/>'))

    assert [(r.status, r.attempts) for r in found.results] == [("passed", 3), ("failed", 2), ("passed", None)]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("1.5", 1.5), ("1,234.5", 1234.5), ("0,123", 0.123), ("1,234,567", 1234567.0), ("", None), ("x", None), ("-1", None), ("inf", None)],
)  # fmt: skip
def test_duration(said: str, seconds: float | None) -> None:
    (result,) = junit(suite(f'<testcase name="a" time="{said}"/>')).results

    assert result.duration_s == seconds


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<testsuite tests="5" failures="1" errors="0" skipped="1"/>', {"failed": 1, "passed": 3, "skipped": 1}),
        ('<testsuites tests="3"><testsuite tests="3" failures="0"/></testsuites>', {"passed": 3}),
        ('<testsuites><testsuite tests="2" failures="1"/><testsuite tests="1"/></testsuites>', {"failed": 1, "passed": 2}),
        ('<testsuite tests="x" failures="99999999999999999999"/>', {}),
    ],
)  # fmt: skip
def test_totals_of_a_report_without_cases_are_those_that_it_declares(
    body: str, expected: dict[str, int]
) -> None:
    assert junit(body).run.totals == expected


def test_nested_suites_name_a_test_without_a_class() -> None:
    inner = suite('<testcase name="t" line="3"/>', 'name="inner" file="a.spec.ts"')

    (result,) = junit(
        f'<testsuites name="all"><testsuite name="outer">{inner}</testsuite></testsuites>'
    ).results

    assert (result.suite, result.path, result.line) == ("all outer inner", "a.spec.ts", 3)


def test_findings_of_a_linter_are_read_back() -> None:
    body = (
        '<testsuites name="ruff"><testsuite name="/src/a.py" package="org.ruff" tests="1">'
        '<testcase name="org.ruff.F401" classname="/src/a" line="3" column="8">'
        '<failure message="`os` unused">line 3, col 8, `os` unused</failure></testcase>'
        "</testsuite></testsuites>"
    )

    found = junit(body)

    assert (found.run.tool, found.run.gate, found.run.status) == ("ruff", "lint", "failed")
    (result,) = found.results
    assert (result.rule, result.path, result.line, result.column) == ("F401", "/src/a.py", 3, 8)
    assert (result.suite, result.name) == (None, None)


def test_a_linter_names_the_place_in_its_text() -> None:
    case = (
        '<testcase name="org.eslint.no-undef" classname="/src/a"><failure message="m">'
        "<![CDATA[line 4, col 9, Error - m (no-undef)]]></failure></testcase>"
    )

    (result,) = junit(suite(case, 'package="org.eslint" name="/src/a.js"')).results

    assert (result.rule, result.line, result.column) == ("no-undef", 4, 9)


def test_a_linter_without_findings_has_passed() -> None:
    found = junit(
        suite(
            '<testcase name="No errors found" classname="ruff"/>',
            'name="ruff" package="org.ruff" tests="1"',
        )
    )

    assert (found.run.status, found.run.totals, found.results) == ("passed", {}, [])
    assert found.tally.skipped == {"no_finding": 1}


def test_a_scanner_of_secrets_is_not_quoted() -> None:
    said = '{"RuleID":"k","File":"a.py","StartLine":1,"EndLine":2,"Secret":"SHY","Match":"SHY","Commit":"0f"}'
    case = f'<testcase name="k in a.py"><failure message="k was found" type="K">{said.replace(chr(34), "&#34;")}</failure></testcase>'

    found = junit(suite(case, 'name="gitleaks"'))

    assert found.run.gate == "security"
    (result,) = found.results
    assert (result.rule, result.path, result.line, result.end_line, result.commit) == (
        "k",
        "a.py",
        1,
        2,
        "0f",
    )
    assert "SHY" not in str(found.records)


def test_properties_say_where_a_run_belongs() -> None:
    said = {
        "GITHUB_SHA": "0f1e",
        "git.branch": "main",
        "GITHUB_RUN_ID": "42",
        "GITHUB_RUN_ATTEMPT": "2",
    }
    properties = "".join(
        f'<property name="{name}" value="{value}"/>' for name, value in said.items()
    )

    run = junit(suite(f"<properties>{properties}</properties>")).run

    assert (run.commit, run.branch, run.run_id, run.attempt) == ("0f1e", "main", "42", 2)


@pytest.mark.parametrize(
    ("cases", "status"),
    [('<testcase name="a"/>', "unknown"), ('<testcase name="a"><failure/></testcase>', "failed")],
)
def test_a_cut_report_proves_a_failure_but_no_pass(cases: str, status: str) -> None:
    found = junit(f'<testsuite name="s">{cases}<testcase name="b"')

    assert found.run.status == status
    assert [bad.reason for bad in found.quarantined] == ["truncated"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "truncated"),
        ("{}", "not_xml"),
        ("<a><testsuite/></a>", "bad_shape"),
        ("<testsuite></testsuites>", "not_xml"),
        ('<!DOCTYPE t [<!ENTITY a "b">]><testsuite name="&a;"/>', "not_xml"),
        ('<?xml version="1.0" encoding="rot13"?><testsuite/>', "bad_encoding"),
    ],
)
def test_what_is_no_report_is_quarantined(body: str, reason: str) -> None:
    found = junit(body)

    assert [bad.reason for bad in found.quarantined] == [reason]
    assert found.results == []


@pytest.mark.parametrize(
    ("body", "is_ours"),
    [
        (PYTEST, True),
        ("<testsuite/>", True),
        ("\ufeff<!-- c --><?pi?>\n<j:testsuites xmlns:j='x'>", True),
        ('<!DOCTYPE t [<!ENTITY a "b">]>\n<testsuite name="&a;"/>', True),
        ("<testsuitesx/>", False),
        ("<coverage/>", False),
        ('{"testsuites": 1}', False),
        ("<?a" * 20_000, False),
    ],
)
def test_reports_are_told_by_their_first_element(body: str, *, is_ours: bool) -> None:
    assert (readers_of(body.encode()) == ["junit"]) is is_ours


def test_a_report_in_utf_16_is_read() -> None:
    data = '<?xml version="1.0" encoding="utf-16"?><testsuite><testcase name="é"/></testsuite>'.encode("utf-16")  # fmt: skip
    (result,) = read_gates(JUnit(), data).results

    assert result.name == "é"


def test_memory_is_bounded_by_one_tag() -> None:
    def endless() -> Any:
        yield b"<testsuite><testcase><failure>"
        for _ in range(200):
            yield b"x" * 100_000

    found = read_gates(JUnit(), endless())

    assert [bad.reason for bad in found.quarantined] == ["truncated"]
    assert found.results == []
