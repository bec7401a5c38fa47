"""What the headless output of Claude Code becomes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.claude_stream.lines import (
    SESSION,
    agent,
    answer,
    call,
    init,
    line,
    result,
    text,
    user,
)
from tests.sources.reading import Found, head_of, jsonl, read_file
from tests.sources.reading import read as read_with
from tests.sources.real_files import assert_accounted, counts_of, params

from tracemill.records.events.event import Compaction
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.claude_code.stream import ClaudeStream


def read(*lines: Any) -> Found:
    return read_with(ClaudeStream(), jsonl(*lines))


def test_a_stream_is_a_session_of_claude_code() -> None:
    found = read(
        init(),
        agent("m1", text("I look.")),
        agent("m1", call("c1")),
        user([answer("c1", "Exit code 2\nno", is_error=True)], tool_use_result="Error"),
        agent("m2", text("Done.")),
    )

    header = found.header
    assert (header.agent, header.agent_version) == ("claude-code", "2.1.0")
    assert (header.session_id, header.cwd, header.models) == (SESSION, "/srv/app", ("model-1",))
    look, done = found.steps
    assert (look.text, len(look.calls), done.text) == ("I look.", 1, "Done.")
    assert [(made.status, made.exit_code) for made in look.results] == [("error", 2)]


def test_the_end_tells_what_the_run_cost() -> None:
    found = read(
        init(),
        agent("m1", text("a"), output=1),
        agent("m2", text("b"), spawner="t1", output=2),
        result(inputTokens=50, outputTokens=30, cacheReadInputTokens=7),
    )

    main, side = found.headers
    assert main.total_usage == Usage(input_tokens=45, output_tokens=28, cache_read_tokens=7)
    assert side.total_usage == Usage(input_tokens=5, output_tokens=2)
    assert (side.is_subagent, side.parent_id) == (True, main.id)


def test_without_an_end_the_messages_are_counted() -> None:
    found = read(init(), agent("m1", text("a")), agent("m2", text("b")))

    assert found.header.total_usage == Usage(input_tokens=10, output_tokens=6)


def test_a_compaction_is_told() -> None:
    details = {"trigger": "auto", "pre_tokens": 900}

    found = read(init(), line("system", subtype="compact_boundary", compact_metadata=details))

    assert [(e.trigger, e.tokens_before) for e in found.events if isinstance(e, Compaction)] == [
        ("auto", 900)
    ]


def test_what_the_harness_put_in_was_not_typed() -> None:
    found = read(init(), user("Go"), user("Go on", isSynthetic=True))

    assert [step.speaker for step in found.steps] == ["user", "system"]


def test_other_lines_are_passed_over_by_name() -> None:
    found = read(init(), line("stream_event"), line("system", subtype="status"), line("newest"))

    assert found.tally.skipped == {
        "stream_event": 1,
        "system_status": 1,
        "unknown_type:newest": 1,
    }


@pytest.mark.foreign
@pytest.mark.parametrize("path", params("stream_json", "**/claude-code-stream.jsonl"))
def test_the_real_stream(path: Any) -> None:
    found = read_file(ClaudeStream(), path)

    assert_accounted(found)
    assert ClaudeStream().recognises(head_of(path))
    assert not ClaudeCode().recognises(head_of(path))
    assert counts_of(found) == {
        "trajectories": 1,
        "user steps": 1,
        "agent steps": 2,
        "thinking steps": 1,
        "calls": 3,
        "results": 3,
        "ok results": 3,
        "input_tokens": 100,
        "output_tokens": 37,
        "cache_read_tokens": 10,
    }
