"""Which trajectories a Claude Code file holds, and what their headers say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.claude_code.lines import SESSION, agent, call, envelope, result, text, user, uuid
from tests.sources.reading import Found, jsonl, read

from tracemill.sources.claude_code import ClaudeCode

SOURCE = ClaudeCode()


def texts_by_agent(found: Found) -> dict[bool, list[list[str]]]:
    """Return the texts of each trajectory, subagents apart from main ones."""
    texts: dict[bool, list[list[str]]] = {False: [], True: []}
    for header in found.headers:
        texts[header.is_subagent].append([step.text for step in found.steps_of(header)])
    return texts


def test_the_header_says_where_and_when() -> None:
    found = read(SOURCE, jsonl(user(2, "Go"), agent(1, text("Yes")), user(3, [result("t1")])))

    header = found.header
    assert (header.session_id, header.agent, header.agent_version) == (
        SESSION,
        "claude-code",
        "2.1.63",
    )
    assert (header.cwd, header.branch, header.models) == ("/srv/app", "main", ("model-1",))
    assert header.started == datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC)
    assert header.ended == datetime(2026, 3, 1, 10, 0, 3, tzinfo=UTC)
    assert header.n_steps == 3
    assert found.records[-2] is header


def test_the_header_names_each_folder_that_a_line_stands_in_once() -> None:
    moved = user(3, [result("t1")], cwd="/srv/other")
    found = read(SOURCE, jsonl(user(1, "Go"), agent(2, text("Yes")), moved, user(4, "Back")))

    assert found.header.folders == ("/srv/app", "/srv/other")


def test_subagent_lines_in_a_main_file_are_trajectories_of_their_own() -> None:
    def side(number: int, parent: str | None) -> dict[str, Any]:
        return {"isSidechain": True, "parentUuid": parent, "uuid": uuid(number)}

    data = jsonl(
        user(1, "Go"),
        agent(2, call("t1", "Task"), call("t2", "Task")),
        user(10, "look for a", **side(10, None)),
        user(20, "look for b", **side(20, uuid(2))),
        agent(11, text("a is here"), **side(11, uuid(10))),
        agent(21, text("b is here"), **side(21, uuid(20))),
        user(3, [result("t1", "a is here"), result("t2", "b is here")]),
    )

    found = read(SOURCE, data)

    assert texts_by_agent(found) == {
        False: [["Go", ""]],
        True: [["look for a", "a is here"], ["look for b", "b is here"]],
    }
    main, *subagents = found.headers
    assert {subagent.parent_id for subagent in subagents} == {main.id}
    assert {subagent.session_id for subagent in subagents} == {SESSION}


def test_the_chain_of_a_subagent_goes_through_lines_that_are_passed_over() -> None:
    progress = envelope(11, type="progress", isSidechain=True, data={})
    data = jsonl(
        user(10, "look", isSidechain=True),
        progress,
        agent(12, text("found"), isSidechain=True),
    )

    assert texts_by_agent(read(SOURCE, data)) == {False: [], True: [["look", "found"]]}


def test_a_subagent_file_has_no_known_parent() -> None:
    more: dict[str, Any] = {"isSidechain": True, "agentId": "a1b2c3"}

    found = read(SOURCE, jsonl(user(1, "look", **more), agent(2, text("found"), **more)))

    assert (found.header.is_subagent, found.header.parent_id) == (True, None)
    assert [step.speaker for step in found.steps] == ["system", "agent"]


def test_subagents_are_told_apart_by_their_ids() -> None:
    lines = [
        user(n, f"said to {name}", isSidechain=True, agentId=name)
        for n, name in enumerate(["x", "y", "x"], start=1)
    ]

    found = read(SOURCE, jsonl(*lines))

    assert texts_by_agent(found)[True] == [["said to x", "said to x"], ["said to y"]]


def test_a_file_of_several_sessions_is_one_trajectory() -> None:
    data = jsonl(user(1, "a", sessionId="old"), user(2, "b", sessionId="new"))

    named = read(SOURCE, data, uri="file:///x/new.jsonl").header
    unnamed = read(SOURCE, data, uri="file:///x/full.jsonl").header

    assert (named.session_id, unnamed.session_id) == ("new", "old")
    assert named.id == unnamed.id


def test_a_session_without_a_name_is_like_no_other() -> None:
    line = user(1, "a")
    del line["sessionId"]

    header = read(SOURCE, jsonl(line)).header

    assert header.session_id == header.id


def test_copies_of_a_message_are_dropped_and_namesakes_are_kept() -> None:
    data = jsonl(
        user(1, "a"),
        user(1, "a", sessionId="copied"),
        user(1, "another"),
        agent(2, text("yes"), call("t1")),
        agent(2, text("yes"), call("t1")),
    )

    found = read(SOURCE, data)

    assert [step.text for step in found.steps] == ["a", "another", "yes"]
    assert found.tally.skipped == {"duplicate_uuid": 2}


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([{"type": "ai-title", "aiTitle": "A"}, {"type": "ai-title", "aiTitle": "B"}], "B"),
        ([{"type": "custom-title", "customTitle": "C"}, {"type": "ai-title", "aiTitle": "A"}], "C"),
        ([{"type": "summary", "summary": "S", "leafUuid": uuid(1)}], "S"),
        ([{"type": "summary", "summary": "Of another", "leafUuid": uuid(77)}], None),
        ([{"type": "ai-title", "aiTitle": 5}], None),
    ],
)
def test_the_title_is_the_persons_then_the_models_then_its_own_summary(
    lines: list[dict[str, Any]], title: str | None
) -> None:
    before = read(SOURCE, jsonl(*lines, user(1, "Go"))).header
    behind = read(SOURCE, jsonl(user(1, "Go"), *lines)).header

    assert (before.title, behind.title) == (title, title)


def test_an_id_does_not_depend_on_where_the_file_lies() -> None:
    data = jsonl(user(1, "Go"), agent(2, call("t1", "TodoWrite", todos=[])))

    here, there = read(SOURCE, data, uri="/a/x.jsonl"), read(SOURCE, data, uri="/b/y.jsonl")

    assert here.header.id == there.header.id
    assert [event.id for event in here.events] == [event.id for event in there.events]
