"""Attempts at artifacts are judged by rules on the spot, and kept as Tracemill reads them."""

from __future__ import annotations

import ast
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.sources.reading import read
from tracemill.capture.artifacts import ArtifactCollector, Rule, validate
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.sources.artifacts import Artifacts

MOMENT = datetime(2026, 2, 16, 10, 30, tzinfo=UTC)


def lacks_decorator(code: str) -> str | None:
    return None if "@view" in code else "Missing @view decorator"


def is_called_otherwise(code: str) -> str | None:
    name = next(
        node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)
    )
    return None if name.endswith("_view") else "The name must end with _view"


def uses_no_html(code: str) -> str | None:
    return None if "html(" in code else "Components use html()"


RULES = [
    Rule("has_view_decorator", "structural", lacks_decorator),
    Rule("name_ends_with_view", "convention", is_called_otherwise),
    Rule("uses_html", "domain", uses_no_html),
]


@pytest.mark.parametrize(
    ("code", "broken", "quality", "error_type"),
    [
        ("@view\ndef a_view(): return html('x')", [], 1.0, None),
        ("def a_view(): return html('x')", ["has_view_decorator"], 0.0, "has_view_decorator"),
        ("@view\ndef a(): return 'x'", ["name_ends_with_view", "uses_html"], 0.0, "name_ends_with_view"),
    ],
)  # fmt: skip
def test_every_rule_is_asked_and_the_first_broken_one_is_the_type_of_the_error(
    code: str, broken: list[str], quality: float, error_type: str | None
) -> None:
    found = validate(code, RULES)

    assert [each.rule for each in found.verdicts if each.error_message] == broken
    assert [each.kind for each in found.verdicts] == ["structural", "convention", "domain"]
    assert (found.quality, found.error_type) == (quality, error_type)
    assert found.is_passed is (not broken)
    assert found.time_ms >= 0


def test_what_a_rule_raises_is_not_swallowed() -> None:
    with pytest.raises(SyntaxError):
        validate("def", RULES)


def test_an_attempt_is_kept_in_a_file_of_its_day_and_read_as_it_was_told(tmp_path: Path) -> None:
    code = "def a_view(): return html('x')"
    said = [{"role": "user", "content": f"message {number}"} for number in range(7)]
    artifacts = ArtifactCollector(tmp_path / "traces")
    for number in range(2):
        artifacts.record(
            "Create a view",
            "view",
            code,
            validate(code, RULES),
            Path("views/a.py"),
            type_check_passed=True,
            said_before=said,
            retry_count=number,
            generation_time_ms=450,
            model="m-1",
            session_id="s-1",
            at=MOMENT,
        )
    (file,) = (tmp_path / "traces").iterdir()
    found = read(Artifacts(), file.read_bytes())
    event, _ = (event for event in found.events if isinstance(event, TeamReport))
    report = event.report

    assert file.name == "monty-traces-2026-02-16.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert isinstance(report, ArtifactReport)
    assert (event.at, event.session_id) == (MOMENT, "s-1")
    assert (report.artifact_type, report.user_request, report.generated_code) == (
        "view", "Create a view", code,
    )  # fmt: skip
    assert (report.file_path, report.agent_model) == ("views/a.py", "m-1")
    assert (report.validation_passed, report.type_check_passed) == (False, True)
    assert (report.retry_count, report.generation_time_ms) == (0, 450)
    assert [each.content for each in report.said_before] == [
        f"message {number}" for number in range(2, 7)
    ]
    assert [(v.rule, v.kind, v.failed, v.error_message) for v in report.validation_errors] == [
        ("has_view_decorator", "structural", True, "Missing @view decorator"),
        ("name_ends_with_view", "convention", False, None),
        ("uses_html", "domain", False, None),
    ]
    assert len(found.headers) == 1, "both are attempts at one thing"


def test_what_nobody_knows_is_left_out_of_the_line(tmp_path: Path) -> None:
    ArtifactCollector(tmp_path).record("Create", "view", "x = 1", validate("x = 1", []))
    (file,) = tmp_path.iterdir()
    line = json.loads(file.read_bytes())

    assert line.keys() == {
        "timestamp", "artifact_type", "user_request", "generated_code", "validation_passed",
        "validation_time_ms", "validation_errors", "conversation_context",
    }  # fmt: skip
    assert line["timestamp"].endswith("Z")


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "traces").write_text("a file")
    with pytest.raises(OSError, match="traces"):
        ArtifactCollector(tmp_path / "traces").record("a", "view", "b", validate("b", []))
