"""What OpenClaw's telemetry becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.laws import NAMES, TEXTS, assert_sound
from tests.sources.openclaw_telemetry.lines import (
    DIRECT,
    MAIN,
    SUBAGENT,
    drawn,
    endings,
    heard,
    kept,
    line,
    start,
    tool,
)
from tests.sources.pi import lines as pi
from tests.sources.reading import Found, head_of, jsonl, read_file
from tests.sources.reading import read as read_with
from tests.sources.real_files import assert_accounted, counts_of, params

from tracemill.sources.pi.openclaw import OpenClawTelemetry


def read(*lines: Any) -> Found:
    return read_with(OpenClawTelemetry(), jsonl(*lines))


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


def test_telemetry_tells_calls_and_how_they_ended() -> None:
    found = read(
        heard("Go"),
        start("Go"),
        start("Go", messages=[]),
        tool("start", "exec", DIRECT, params={"command": "ls"}),
        tool("end", "exec", DIRECT, success=False),
        line("message.sending", channel="chat", content="Done"),
        line("message.out", channel="chat", content="Done"),
    )

    assert said(found) == [("user", "Go"), ("agent", ""), ("agent", "Done")]
    assert [(made.name, made.arguments) for made in found.steps[1].calls] == [
        ("exec", {"command": "ls"})
    ]
    assert [made.status for made in found.steps[1].results] == ["error"]
    assert found.tally.skipped == {"message_in": 1, "repeated_start": 1, "message_sending": 1}
    assert found.header.agent == "openclaw"


def test_a_prompt_that_nobody_sent_was_put_in() -> None:
    assert said(read(heard("Go"), start("Run the periodic tasks"))) == [
        ("system", "Run the periodic tasks")
    ]


def test_messages_take_the_place_of_what_was_told_while_they_came() -> None:
    messages = kept(
        pi.user("Go"), pi.reply("I look", pi.call("c1")), pi.done("c1", "a\nb"), pi.reply("Done")
    )
    found = read(
        heard("Go"),
        start("Go"),
        start("Go", messages=[]),
        tool("start", "exec"),
        tool("end", "exec", success=True),
        line("message.out", channel="chat", content="Done"),
        start("More", messages=messages),
        start("Even more", messages=messages),
    )

    assert said(found) == [
        ("user", "Go"),
        ("agent", "I look"),
        ("agent", "Done"),
        ("system", "More"),
        ("system", "Even more"),
    ]
    assert [made.content for made in found.steps[1].results] == ["a\nb"]


def test_a_subagent_is_a_trajectory_of_its_own() -> None:
    found = read(
        start("Go"),
        start("look for a", SUBAGENT),
        tool("start", "exec", SUBAGENT),
        tool("start", "exec"),
        tool("end", "exec", SUBAGENT, success=True),
    )

    main, side = found.headers
    assert (side.is_subagent, side.parent_id, side.session_id) == (True, main.id, main.session_id)
    assert [len(step.results) for step in found.steps_of(side)] == [0, 1]
    assert [len(step.results) for step in found.steps_of(main)] == [0, 0]


def test_other_sessions_of_the_agent_are_no_subagents() -> None:
    found = read(start("Go"), start("Hello", "agent:main:chat:group:9"))

    assert [(header.is_subagent, header.parent_id) for header in found.headers] == [
        (False, None),
        (False, None),
    ]
    assert len({header.session_id for header in found.headers}) == 2


@given(st.lists(drawn(NAMES, TEXTS) | endings(NAMES, TEXTS), max_size=20))
def test_steps_stay_numbered_whatever_is_told_again(told: list[Any]) -> None:
    assert_sound(read(*told))


@pytest.mark.foreign
@pytest.mark.parametrize("path", params("openclaw", "inspect-scout-telemetry/*.jsonl"))
def test_the_real_telemetry(path: Path) -> None:
    found = read_file(OpenClawTelemetry(), path)
    counts = counts_of(found)
    expected = {
        "sample-telemetry.jsonl": {"user steps": 3, "calls": 14, "ok results": 14},
        "crux1-sample-telemetry.jsonl": {"user steps": 1, "calls": 7, "ok results": 7},
    }[path.name]

    assert_accounted(found)
    assert OpenClawTelemetry().recognises(head_of(path))
    assert {name: counts[name] for name in expected} == expected
    assert MAIN not in {header.session_id for header in found.headers}
