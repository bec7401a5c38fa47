"""What attempts at artifacts become, and that they come out as they went in."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.artifacts.attempts import DECORATOR, KEPT_OLDER, REQUEST, attempt
from tests.sources.laws import assert_adds_up, misshapen
from tests.sources.reading import Found, blocks_of, jsonl, read
from tests.sources.team_reports.lines import LINES

from tracemill.export.teams.team_files import team_files
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.render.team import write_report
from tracemill.sources import sources_of
from tracemill.sources.artifacts import Artifacts
from tracemill.sources.head import Head


def reports(found: Found) -> list[TeamReport]:
    return [event for event in found.events if isinstance(event, TeamReport)]


def report(line: dict[str, Any]) -> ArtifactReport:
    (event,) = reports(read(Artifacts(), jsonl(line)))
    assert isinstance(event.report, ArtifactReport)
    return event.report


@pytest.mark.parametrize("line", [attempt(), KEPT_OLDER])
def test_a_file_of_attempts_is_told_from_every_other_report(line: dict[str, Any]) -> None:
    def readers(data: bytes) -> list[str]:
        head = Head(Path("x.jsonl"), data)
        return [source.name for source in sources_of("file") if source.recognises(head)]

    assert readers(jsonl(line))[0] == "artifacts"
    assert "artifacts" not in readers(jsonl(*LINES.values()))


def test_attempts_at_one_thing_are_one_session_until_one_is_let_through() -> None:
    found = read(Artifacts(), jsonl(attempt(0, "decorator"), attempt(1), attempt(0)))
    first, second = found.headers
    said = found.steps_of(first)

    assert [step.speaker for step in said] == ["user", "agent", "user", "agent", "agent"]
    assert [step.is_replayed for step in said] == [True, True, False, False, False]
    assert said[2].text == REQUEST
    assert [step.calls[0].arguments["code"][-1] for step in said[3:]] == ["0", "1"]
    assert {step.calls[0].tool_level for step in said[3:]} == {"generated"}
    assert [step.results[0].status for step in said[3:]] == ["error", "ok"]
    assert said[3].results[0].content == (
        "validation failed\ntype check passed\ndecorator: lacks decorator"
    )
    assert first.models == ("m-1",)
    assert (first.n_steps, second.n_steps) == (5, 4)
    assert not found.quarantined


@pytest.mark.parametrize(
    ("lines", "n_sessions"),
    [
        ([attempt(0, "a"), attempt(1, "b"), attempt(2)], 1),
        ([attempt(0, "a"), attempt(1, file_path="other.py")], 2),
        ([attempt(0, "a"), attempt(1, user_request="Another")], 2),
        ([attempt(0, "a"), attempt(0, "a")], 2),
        ([attempt(0), attempt(1)], 2),
        ([attempt(0, "a"), attempt(1, retry_count=None)], 2),
    ],
    ids=["retried", "other file", "other request", "asked again", "let through", "not counted"],
)
def test_what_goes_on_is_told_by_request_verdict_and_retries(
    lines: list[dict[str, Any]], n_sessions: int
) -> None:
    assert len(read(Artifacts(), jsonl(*lines)).headers) == n_sessions


@pytest.mark.parametrize(
    ("more", "stated", "status"),
    [
        ({}, {"resolved": True}, "ok"),
        ({"type_check_passed": False}, {"resolved": False}, "error"),
        ({"validation_passed": False}, {"resolved": False}, "error"),
        ({"type_check_passed": None}, {"resolved": True}, "ok"),
        ({"validation_passed": None}, {}, None),
    ],
)
def test_rules_and_type_checker_say_whether_it_came_out(
    more: dict[str, Any], stated: dict[str, bool], status: str | None
) -> None:
    found = read(Artifacts(), jsonl(attempt(**more)))

    assert found.stated == stated
    assert [result.status for result in found.steps[-1].results] == ([status] if status else [])


def test_the_request_is_not_said_twice_where_the_context_ends_with_it() -> None:
    context = [{"role": "user", "content": "Hello"}, {"role": "user", "content": REQUEST}]
    found = read(Artifacts(), jsonl(attempt(conversation_context=context)))

    assert [step.text for step in found.steps if step.speaker == "user"] == ["Hello", REQUEST]


def test_what_older_lines_keep_in_their_metadata_counts() -> None:
    told = report(KEPT_OLDER)

    assert told.retry_count == 0
    assert [verdict.error_message for verdict in told.broken] == [DECORATOR]


@pytest.mark.parametrize(
    "line", [attempt(), attempt(1, "a", "b", notes=["x"], model="m-2"), KEPT_OLDER]
)
def test_a_line_is_written_again_as_it_was(line: dict[str, Any]) -> None:
    events = reports(read(Artifacts(), jsonl(line)))
    (file,) = team_files(events)

    assert json.loads(file.data) == line
    day = "unknown" if line is KEPT_OLDER else "2026-02-16"
    assert file.path == f"training_data/artifacts-{day}.jsonl"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("artifact_type", 1),
        ("user_request", []),
        ("generated_code", {}),
        ("file_path", 3),
        ("validation_passed", "yes"),
        ("type_check_passed", 1),
        ("retry_count", -1),
        ("generation_time_ms", "long"),
        ("validation_time_ms", -0.5),
        ("validation_errors.0.rule", 5),
        ("validation_errors.0.failed", "no"),
        ("validation_errors.0.error_message", 1),
        ("validation_errors.0.kind", "odd"),
        ("conversation_context.1.content", None),
        ("conversation_context.0.role", 7),
    ],
)
def test_a_wrong_type_is_refused_with_its_path(path: str, value: Any) -> None:
    line = copy.deepcopy(attempt(0, "a"))
    holder: Any = line
    *names, last = (int(name) if name.isdigit() else name for name in path.split("."))
    for name in names:
        holder = holder[name]
    holder[last] = value
    found = read(Artifacts(), jsonl(line))

    (bad,) = found.quarantined
    place = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split("."))
    assert f"`${place.removesuffix('.content')}" in bad.detail
    assert "odd" not in bad.detail
    assert not found.steps


@given(st.data())
def test_nothing_in_a_file_is_a_crash_and_blocks_do_not_matter(data: st.DataObject) -> None:
    objects = data.draw(misshapen([attempt(0, "a"), attempt(1), KEPT_OLDER], max_size=4))
    content = "\n".join(map(json.dumps, objects)).encode()
    whole = read(Artifacts(), content)

    assert_adds_up(whole)
    blocks = blocks_of(content, data.draw(st.integers(1, 99)))
    assert read(Artifacts(), blocks).records == whole.records
    for event in reports(whole):
        assert json.dumps(write_report(event), sort_keys=True) in {
            json.dumps(each, sort_keys=True) for each in objects
        }
