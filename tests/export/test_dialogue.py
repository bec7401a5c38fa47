"""A session as plain dialogue, with what came of it at the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trajectories import agent, step, trajectory, user
from tracemill.cli.app import call
from tracemill.export import TRAJECTORY_EXPORTERS, Known
from tracemill.flows.views.session_export import _quality
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

SHIPPED = {"outcome.merged": True, "quality.tests_passed": True, "outcome.reverted": False}
CODE = "class JWTService:\n    def token(self): ..."


def written(*steps: Step, **known: Any) -> str:
    exporter = TRAJECTORY_EXPORTERS.load("dialogue")()
    document = exporter.document(trajectory(len(steps)), steps, known=Known(**known))
    return exporter.encode(document).decode()


def test_a_spec_and_its_implementation_stand_as_they_were_said() -> None:
    made = ToolCall(
        id="c1",
        name="generate_artifact",
        arguments={"artifact_type": "service", "name": "JWTService", "code": CODE},
    )
    text = written(
        step(0, "system", "You are an expert in services."),
        user(1, "I need to implement this spec:\n# Auth\nRequirements: JWT tokens"),
        agent(
            2,
            "I'll start with a service.",
            calls=(made,),
            results=(ToolResult(call_id="c1", content="saved", status="ok"),),
        ),
        user(3, "Good! Now add the login endpoint."),
        agent(4, "Done."),
        labels=SHIPPED,
        quality=1.0,
        outcome="achieved",
    )

    assert text == (
        "System: You are an expert in services.\n\n"
        "User: I need to implement this spec:\n"
        "       # Auth\n"
        "       Requirements: JWT tokens\n\n"
        "Model: I'll start with a service.\n"
        "       result = generate_artifact(\n"
        "           artifact_type='service',\n"
        "           name='JWTService',\n"
        '           code="""class JWTService:\n'
        '           def token(self): ...""",\n'
        "       )\n\n"
        "Tool: saved\n\n"
        "User: Good! Now add the login endpoint.\n\n"
        "Model: Done.\n\n"
        "Outcome: Branch merged, all tests pass, no rollback\n"
        "Quality: 1.0 (positive example)\n"
    )


@pytest.mark.parametrize(
    ("known", "ending"),
    [
        ({}, "Outcome: Unknown\nQuality: unknown"),
        ({"outcome": "abandoned"}, "Outcome: Abandoned\nQuality: unknown"),
        (
            {"labels": {"outcome.merged": False}, "quality": 0.0, "outcome": "failed"},
            "Outcome: Closed without a merge\nQuality: 0.0 (negative example)",
        ),
        (
            {"labels": {"outcome.merged": True, "quality.tests_passed": False}, "quality": 0.5},
            "Outcome: Branch merged, tests fail\nQuality: 0.5 (mixed example)",
        ),
    ],
)
def test_the_end_says_what_is_known_and_no_more(known: dict[str, Any], ending: str) -> None:
    assert written(user(0), agent(1), **known).rstrip().endswith(ending)


def test_failures_are_told_and_copies_are_not() -> None:
    failing = ToolCall(id="c", name="Bash", arguments={"command": "ls x"})
    refused = ToolResult(call_id="c", content="no such file", status="error")
    text = written(
        user(0, "copied in", is_replayed=True),
        agent(1, "the harness is out of order", is_error=True),
        agent(2, "", calls=(failing,), results=(refused,)),
    )

    assert text.startswith("Model: result = Bash(command='ls x')\n\nTool (error): no such file\n\n")


def test_three_quotes_within_a_text_end_no_text() -> None:
    made = ToolCall(id="c", name="write", arguments={"code": 'a\n"""b"""'})

    line = written(agent(0, "", calls=(made,))).partition("code=")[2]
    assert line.count('"""') == 2


@pytest.mark.parametrize(
    ("labels", "quality"),
    [
        (SHIPPED, 1.0),
        ({"outcome.merged": True, "quality.tests_passed": False}, 0.5),
        ({"outcome.merged": True}, None),
        ({"quality.tests_passed": True}, None),
        ({"outcome.merged": False, "quality.tests_passed": True}, 0.0),
        ({**SHIPPED, "outcome.reverted": True}, 0.0),
    ],
)
def test_quality_is_what_became_of_the_branch(
    labels: dict[str, bool], quality: float | None
) -> None:
    assert _quality(labels) == quality


def test_a_merged_session_of_the_example_says_so(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(tmp_path / "ws"), "--quiet"]
    assert call(["run", *place]) == 0
    capsys.readouterr()
    assert call(["session", "list", "--jsonl", "--limit", "0", *place]) == 0
    names = [line.split('"')[3] for line in capsys.readouterr().out.splitlines()]

    texts = []
    for name in names:
        assert call(["session", "export", name, "--format", "dialogue", *place]) == 0
        texts.append(capsys.readouterr().out)

    ending = "Outcome: Branch merged, all tests pass, no rollback\nQuality: 1.0 (positive example)"
    assert sum(text.rstrip().endswith(ending) for text in texts) == 1
