"""SARIF logs as tools write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of

from tracemill.records.events.gates import GateResult
from tracemill.sources.sarif import Sarif

RULES = [
    {"id": "R1", "name": "NoEval", "defaultConfiguration": {"level": "error"}},
    {"id": "R2", "messageStrings": {"m": {"text": "Use {1}, not {0} {9}"}}},
]
REGION = {
    "startLine": 3,
    "startColumn": 5,
    "endLine": 4,
    "endColumn": 2,
    "snippet": {"text": "SHY"},
}


def place(uri: str | None = "src/a.py", **artifact: Any) -> dict[str, Any]:
    location = {"uri": uri, **artifact} if uri else artifact
    return {"physicalLocation": {"artifactLocation": location, "region": REGION}}


def result(**said: Any) -> dict[str, Any]:
    return {"ruleId": "R1", "message": {"text": "m"}, "locations": [place()], **said}


def run(
    *results: dict[str, Any], driver: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    return {
        "tool": {"driver": {"name": "semgrep", "rules": RULES, **(driver or {})}},
        "results": results,
        **fields,
    }


def log(*runs: dict[str, Any]) -> bytes:
    return json.dumps({"version": "2.1.0", "runs": runs}).encode()


def read(*runs: dict[str, Any]) -> Gates:
    found = read_gates(Sarif(), log(*runs))
    assert_sums(found)
    return found


def only(**said: Any) -> GateResult:
    (found,) = read(run(result(**said), artifacts=[{"location": {"uri": "b.py"}}])).results
    return found


def test_a_result_names_rule_and_place() -> None:
    found = only()

    assert (found.rule, found.name, found.severity, found.status) == (
        "R1",
        "NoEval",
        "error",
        "failed",
    )
    assert (found.path, found.line, found.column) == ("src/a.py", 3, 5)
    assert (found.end_line, found.end_column, found.message) == (4, 2, "m")
    assert "SHY" not in str(found)


def test_each_run_is_a_gate_run() -> None:
    found = read(run(result()), run(driver={"name": "mypy", "version": "1.2"}))

    assert [(r.tool, r.gate, r.status) for r in found.runs] == [
        ("semgrep", "security", "failed"),
        ("mypy", "types", "passed"),
    ]
    assert found.runs[1].tool_version == "1.2"
    assert len({r.id for r in found.runs}) == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"level": "warning"}, "failed"),
        ({"level": "note"}, "noted"),
        ({"level": "none"}, "noted"),
        ({"kind": "pass"}, "passed"),
        ({"kind": "notApplicable"}, "skipped"),
        ({"kind": "review"}, "noted"),
        ({"kind": "fail"}, "failed"),
        ({"suppressions": [{"kind": "inSource"}]}, "skipped"),
        ({"suppressions": [{"status": "rejected"}]}, "failed"),
        ({"suppressions": []}, "failed"),
        ({"baselineState": "absent"}, "skipped"),
    ],
)
def test_what_fails_the_gate(said: dict[str, Any], status: str) -> None:
    assert only(**said).status == status


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"ruleId": None, "ruleIndex": 1}, ("R2", "warning")),
        ({"ruleId": None, "rule": {"id": "R1"}}, ("R1", "error")),
        ({"ruleId": "R9"}, ("R9", "warning")),
        ({"ruleIndex": 99}, ("R1", "error")),
        ({"ruleIndex": -1, "ruleId": None}, (None, "warning")),
    ],
)
def test_the_rule_is_found_by_index_or_id(said: dict[str, Any], expected: tuple[str, str]) -> None:
    found = only(**said)

    assert (found.rule, found.severity) == expected


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (place("file:///src/a%20b.py"), "/src/a b.py"),
        (place("src/%C3%A9.py"), "src/é.py"),
        (place("no file associated with this alert"), None),
        (place(None, index=0), "b.py"),
        (place(None, index=7), None),
        ({}, None),
    ],
)
def test_paths(location: dict[str, Any], path: str | None) -> None:
    assert only(locations=[location]).path == path


def test_a_message_of_the_rule_takes_its_arguments() -> None:
    message = {"id": "m", "arguments": ["eval", "ast"]}

    assert only(ruleId="R2", message=message).message == "Use ast, not eval {9}"


def test_a_scanner_that_quotes_secrets_is_not_quoted() -> None:
    driver = {
        "name": "secretlint",
        "rules": [{"id": "R1", "shortDescription": {"text": "A secret"}}],
    }

    (found,) = read(run(result(message={"text": "found SHY"}), driver=driver)).results

    assert found.message == "A secret"


def test_an_invocation_says_when_and_how_it_ended() -> None:
    said = {
        "startTimeUtc": "2026-03-01T10:00:00Z",
        "endTimeUtc": "2026-03-01T10:00:02.5Z",
        "exitCode": 2,
    }
    provenance = [
        {"revisionId": "0f1e", "branch": "main", "repositoryUri": "https://example.com/r"}
    ]
    (made,) = read(
        run(
            invocations=[{**said, "executionSuccessful": False}],
            versionControlProvenance=provenance,
        )
    ).runs

    assert (made.status, made.exit_code, made.duration_s) == ("error", 2, 2.5)
    assert made.at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (made.commit, made.branch) == ("0f1e", "main")


def test_a_run_that_was_not_made_is_unknown() -> None:
    (made,) = read({"tool": {"driver": {"name": "x"}}, "results": None}).runs

    assert made.status == "unknown"


def test_a_run_without_a_tool_is_quarantined() -> None:
    assert [bad.reason for bad in read({"results": []}).quarantined] == ["bad_shape"]


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [
        (log(run(result())), True),
        (b'{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [', True),
        (b'{"version": "2.1.0", "runs": []}', False),
        (b'{"version": "1", "runs": [{"tool": "x"}]}', False),
    ],
)
def test_logs_are_told_by_their_schema_or_their_runs(data: bytes, *, is_ours: bool) -> None:
    assert (readers_of(data) == ["sarif"]) is is_ours
