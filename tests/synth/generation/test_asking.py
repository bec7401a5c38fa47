"""What is read out of a model's answers, however it says it, and what it is held to."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.llm.protocol import tool_call
from tracemill.records.datasets.examples import Message
from tracemill.synth.generation.asking import (
    REQUEST_SCHEMA,
    Turn,
    Wanted,
    WantedCall,
    ask_follow_up,
    ask_request,
    ask_turn,
    read_object,
    read_request,
    read_turn,
    turn_schema,
)

READ: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "read_file",
        "description": "Read a file.",
        "parameters": {
            "type": "object",
            "properties": {"path": {"type": "string"}, "line": {"type": "integer"}},
            "required": ["path"],
        },
    },
}
CALL = {"calls": [{"name": "read_file", "arguments": {"path": "a.py"}}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"request": "Where is it?"}', Wanted("Where is it?")),
        ('Sure!\n```json\n{"request": " Where is it? "}\n```', Wanted("Where is it?")),
        ("Where is it?", "not_json"),
        ('{"request": "Where', "not_json"),
        ('["Where is it?"]', "not_json"),
        ('{"request": "Hi"}', "no_request"),
        ('{"request": 3}', "no_request"),
        ('{"question": "Where is it?"}', "no_request"),
        (json.dumps({"request": "x" * 601}), "no_request"),
    ],
)
def test_a_request_is_read_or_its_fault_is_named(text: str, expected: object) -> None:
    assert read_request(text) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (CALL, Turn(calls=(WantedCall("read_file", {"path": "a.py"}),))),
        ({"answer": " It is in a.py. "}, Turn(answer="It is in a.py.")),
        ({"answer": " "}, "no_turn"),
        ({"calls": []}, "no_turn"),
        ({"calls": CALL["calls"] * 5}, "no_turn"),
        ({"calls": ["read_file"]}, "no_turn"),
        ({"calls": [{"name": "read_file"}]}, "no_turn"),
        ({"calls": [{"name": "fly", "arguments": {}}]}, "unknown_tool"),
        ({**CALL, "answer": "It is."}, Turn(calls=(WantedCall("read_file", {"path": "a.py"}),))),
        ({}, "no_turn"),
    ],
)
def test_a_turn_is_read_or_its_fault_is_named(said: dict[str, Any], expected: object) -> None:
    assert read_turn(json.dumps(said), [READ]) == expected


@given(st.text())
def test_no_answer_breaks_the_reading(text: str) -> None:
    assert read_object(text) is None or isinstance(read_object(text), dict)
    assert isinstance(read_turn(text, [READ]), Turn | str)


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        (CALL, True),
        ({"answer": "It is."}, True),
        ({**CALL, "answer": "It is."}, False),
        ({"calls": [{"name": "read_file", "arguments": {}}]}, False),
        ({"calls": [{"name": "fly", "arguments": {}}]}, False),
        ({"calls": []}, False),
    ],
)
def test_the_schema_of_a_turn_lets_nothing_else_through(said: dict[str, Any], fits: bool) -> None:
    schema = turn_schema([READ])

    assert jsonschema.Draft202012Validator(schema).is_valid(said) == fits


def test_without_tools_only_an_answer_fits() -> None:
    validator = jsonschema.Draft202012Validator(turn_schema([]))

    assert (validator.is_valid({"answer": "It is."}), validator.is_valid(CALL)) == (True, False)
    assert not jsonschema.Draft202012Validator(REQUEST_SCHEMA).is_valid({"request": ""})


def test_a_question_holds_definition_part_fragment_and_tools() -> None:
    system, user = ask_request("You make examples.", "single-call", "A tool returned:\n1 failed")
    assert system.content == "You make examples."
    assert "`single-call`" in user.content
    assert "1 failed" in user.content
    assert "From real work" not in ask_request("You make examples.", "tdd", None)[1].content
    (told, *_) = ask_turn("You make examples.", [READ], [])
    assert "- read_file(path, line?): Read a file." in told.content


def test_results_are_shown_as_what_a_user_says() -> None:
    call = tool_call("read_file", {"path": "a.py"})
    said = [
        Message(role="user", content="Where is it?"),
        Message(role="assistant", tool_calls=(call, call)),
        Message(role="tool", content="x = 1", name="read_file"),
        Message(role="tool", content="y = 2", name="read_file"),
    ]
    (_, asked, called, results) = ask_turn("You make examples.", [READ], said)

    assert asked.content == "Where is it?"
    assert json.loads(called.content)["calls"][0]["name"] == "read_file"
    assert results.role == "user"
    assert results.content.count("Result of read_file") == 2
    assert ask_follow_up("x", said)[-1].content.startswith("Now you are the developer")
