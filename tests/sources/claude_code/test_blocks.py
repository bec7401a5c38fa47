"""Blocks of Claude Code messages beyond texts, calls and results: kept, or counted as unread."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.claude_code.lines import agent, call, envelope, result, text, user
from tests.sources.reading import Found, jsonl, read

from tracemill.sources.claude_code import ClaudeCode


def read_session(*lines: Any) -> Found:
    return read(ClaudeCode(), jsonl(*lines))


def ran(block_type: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": block_type, "id": "s1", "name": name, "input": {"q": "x"}, **more}


def returned(block_type: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": block_type, "tool_use_id": "s1", "content": content, **more}


FOUND_PAGE = {"type": "web_search_result", "title": "T", "url": "u", "encrypted_content": "e"}
FOUND_TOOLS = {
    "type": "tool_search_tool_search_result",
    "tool_references": [{"type": "tool_reference", "tool_name": "Edit"}],
}


@pytest.mark.parametrize(
    ("called", "answered", "name", "content", "status"),
    [
        (
            ran("server_tool_use", "web_search"),
            returned("web_search_tool_result", [FOUND_PAGE]),
            "web_search",
            "T\nu",
            "ok",
        ),
        (
            ran("server_tool_use", "advisor"),
            returned("advisor_tool_result", {"type": "advisor_result", "text": "Wait"}),
            "advisor",
            "Wait",
            "ok",
        ),
        (
            ran("server_tool_use", "advisor"),
            returned("advisor_tool_result", {"type": "advisor_redacted_result"}),
            "advisor",
            "",
            "ok",
        ),
        (
            ran("server_tool_use", "web_fetch"),
            returned(
                "web_fetch_tool_result",
                {"type": "web_fetch_tool_result_error", "error_code": "unavailable"},
            ),
            "web_fetch",
            "unavailable",
            "error",
        ),
        (
            ran("server_tool_use", "bash_code_execution"),
            returned(
                "bash_code_execution_tool_result",
                {"type": "bash_code_execution_result", "stdout": "a", "return_code": 3},
            ),
            "bash_code_execution",
            "a",
            "error",
        ),
        (
            ran("server_tool_use", "tool_search_tool_regex"),
            returned("tool_search_tool_result", FOUND_TOOLS),
            "tool_search_tool_regex",
            "Edit",
            "ok",
        ),
        (
            ran("mcp_tool_use", "echo", server_name="home"),
            returned("mcp_tool_result", [text("boom")], is_error=True),
            "mcp__home__echo",
            "boom",
            "error",
        ),
    ],
)
def test_tools_that_run_beside_the_model_are_called_and_answered(
    called: dict[str, Any], answered: dict[str, Any], name: str, content: str, status: str
) -> None:
    found = read_session(user(0, "Go"), agent(1, called, of="m"), agent(2, answered, of="m"))
    _, step = found.steps

    assert [(made.id, made.name) for made in step.calls] == [("s1", name)]
    assert [(r.call_id, r.content, r.status) for r in step.results] == [("s1", content, status)]
    assert found.unread == []


@pytest.mark.parametrize(
    ("caller", "level"),
    [
        ({"type": "direct"}, "fixed"),
        ({"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}, "code"),
        ({"type": 5}, "fixed"),
        ("code_execution", "fixed"),
        (None, "fixed"),
    ],
)
def test_a_call_that_code_makes_is_told(caller: Any, level: str) -> None:
    found = read_session(user(0, "Go"), agent(1, ran("tool_use", "lint", caller=caller)))

    assert [made.tool_level for made in found.steps[1].calls] == [level]


def test_a_command_beside_the_model_keeps_its_exit_code() -> None:
    content = {"type": "code_execution_result", "stderr": "no", "return_code": 2}
    step, *_ = read_session(
        agent(1, ran("server_tool_use", "x"), returned("code_execution_tool_result", content))
    ).steps

    assert [result.exit_code for result in step.results] == [2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([{"type": "tool_reference", "tool_name": "Edit"}], "Edit"),
        ([{"type": "document", "source": {"data": "x"}}], "[document]"),
        ([{"type": "resource", "resource": {"uri": "u", "text": "t"}}], "t\nu"),
        ([text("a"), {"type": "image"}], "a\n[image]"),
    ],
)
def test_parts_of_a_result_stand_as_the_model_saw_them(content: Any, said: str) -> None:
    found = read_session(agent(1, call("t1")), user(2, [result("t1", content)]))

    assert [result.content for result in found.steps[0].results] == [said]
    assert found.unread == []


def test_a_file_in_a_prompt_stands_as_one() -> None:
    (step,) = read_session(user(0, [text("Read"), {"type": "document"}])).steps

    assert (step.speaker, step.text) == ("user", "Read\n\n[document]")


HOLOGRAM = {"type": "hologram", "text": "hello"}


@pytest.mark.parametrize(
    "lines",
    [
        [agent(0, text("Hi"), HOLOGRAM)],
        [user(0, [text("Hi"), HOLOGRAM])],
        [agent(0, call("t1")), user(1, [result("t1", [HOLOGRAM | {"text": None}])])],
    ],
)
def test_blocks_of_unknown_types_are_counted(lines: list[Any]) -> None:
    found = read_session(*lines)

    assert found.unread == ["unknown_part:hologram"]
    assert found.tally.n_used == len(lines)


@pytest.mark.parametrize(
    "line",
    [user(0, [HOLOGRAM]), envelope(0, type="assistant", message={"content": [HOLOGRAM]})],
)
def test_a_line_of_nothing_else_is_skipped_for_them(line: dict[str, Any]) -> None:
    found = read_session(user(9, "Go"), line)

    assert found.tally.skipped == {"unknown_part:hologram": 1}
    assert found.unread == []


def test_thoughts_that_the_vendor_hid_are_counted() -> None:
    hidden = {"type": "redacted_thinking", "data": "x"}

    assert read_session(agent(0, hidden, text("Hi"))).unread == ["hidden_thinking"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("cost-state", "cost_state"),
        ("artifact-comment-monitor", "artifact_comment_monitor"),
        ("marble-origami-reset", "marble_origami"),
        ("tomorrows-state", "unknown_type:tomorrows-state"),
    ],
)
def test_what_the_program_keeps_for_itself_is_passed_over_by_name(kind: str, reason: str) -> None:
    found = read(ClaudeCode(), jsonl(user(0, "Go"), {"type": kind, "sessionId": "s1"}))

    assert found.tally.skipped == {reason: 1}
