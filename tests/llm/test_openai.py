"""What is sent to an endpoint, and what is made of its answers."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import msgspec
import pytest
from openai import OpenAI

from tracemill.llm import AskSettings, SubjectConfig, SubjectError, UnreachableError
from tracemill.llm.openai import OpenAISubject, chat_request, read_completion
from tracemill.llm.protocol import spoken
from tracemill.records.datasets.examples import Message

TOOLS = ({"type": "function", "function": {"name": "read", "parameters": {}}},)
CALL = {"id": "c", "type": "function", "function": {"name": "read", "arguments": '{"path":"a"}'}}
USAGE = {"prompt_tokens": 9, "completion_tokens": 3}


def completion(finish: str = "stop", **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": None, **message}
    return {"choices": [{"index": 0, "finish_reason": finish, "message": said}], "usage": USAGE}


def test_request_writes_arguments_as_texts_and_names_what_is_answered() -> None:
    asked = [
        Message(role="user", content="Read a."),
        spoken(calls=[{"name": "read", "arguments": {"path": "a"}}]),
        Message(role="tool", content="x = 1", tool_call_id="call_0", name="read"),
    ]

    request = chat_request(asked, TOOLS, AskSettings(max_tokens=5))

    assert request["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"path":"a"}'
    assert request["messages"][2]["tool_call_id"] == "call_0"
    assert (request["tools"], request["max_tokens"]) == ([*TOOLS], 5)
    assert "tools" not in chat_request(asked[:1], (), AskSettings())


def test_a_schema_is_sent_where_one_is_asked_for() -> None:
    schema = {"type": "object", "properties": {"request": {"type": "string"}}}
    asked = [Message(role="user", content="Ask.")]

    request = chat_request(asked, (), AskSettings(schema=schema))

    assert request["response_format"]["json_schema"]["schema"] == schema
    assert "response_format" not in chat_request(asked, (), AskSettings())


def test_answer_holds_call_counts_and_why_it_ended() -> None:
    answer = read_completion(completion("tool_calls", tool_calls=[CALL]), 0.5, None)

    assert answer.calls == ({"name": "read", "arguments": {"path": "a"}},)
    assert (answer.finish, answer.n_prompt_tokens, answer.n_answer_tokens) == ("tool_calls", 9, 3)
    assert answer.raw is None


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ({"name": "read", "arguments": "{"}, "not_json"),
        ({"name": "read", "arguments": '{"a": %s}' % ("[" * 100 + "]" * 100)}, "not_json"),
        ({"name": "read", "arguments": "[1]"}, "not_an_object"),
        ({"name": "", "arguments": "{}"}, "no_name"),
        ({"name": "\ud800", "arguments": "{}"}, "no_name"),
        ({"name": ["read"], "arguments": "{}"}, "no_name"),
        ("read", "not_an_object"),
        (None, "not_an_object"),
        ({"name": "read", "arguments": {"path": "\ud800"}}, "not_json"),
    ],
)
def test_call_that_cannot_be_read_is_told_under_its_reason(function: object, fault: str) -> None:
    answer = read_completion(completion(tool_calls=[{**CALL, "function": function}]), 0.0, None)

    assert (answer.calls, answer.faults) == ((), (fault,))


def test_calls_that_are_no_objects_leave_the_others_readable() -> None:
    answer = read_completion(completion(tool_calls=["read", CALL, None]), 0.0, None)

    assert [call["name"] for call in answer.calls] == ["read"]
    assert answer.faults == ("not_an_object", "not_an_object")


def test_half_a_character_in_an_answer_can_be_kept() -> None:
    answer = read_completion(completion(content="so\ud800"), 0.0, None)

    assert msgspec.json.decode(msgspec.json.encode(answer.message), type=Message).content == "so?"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"choices": []},
        {"choices": ["x"]},
        {"choices": None},
        {**completion(), "usage": "9"},
        completion(content=[1]),
        completion(tool_calls="read"),
    ],
)
def test_what_is_no_completion_is_no_answer(given: dict[str, Any]) -> None:
    with pytest.raises(SubjectError, match="expected a chat completion"):
        read_completion(given, 0.0, None)


def client(handler: Any) -> OpenAI:
    transport = httpx2.MockTransport(handler)
    return OpenAI(
        base_url="http://model.test/v1",
        api_key="none",
        max_retries=0,
        http_client=httpx2.Client(transport=transport),
    )


def test_endpoint_is_asked_for_the_model_by_name() -> None:
    seen: list[dict[str, Any]] = []

    def reply(request: httpx2.Request) -> httpx2.Response:
        seen.append(json.loads(request.content))
        return httpx2.Response(200, json=completion(content="Hello."))

    config = SubjectConfig(backend="openai", model="small", name="the small one")
    subject = OpenAISubject(config, client(reply))
    answer = subject.answer([Message(role="user", content="Hi.")], (), AskSettings())
    subject.close()

    assert answer.message.content == "Hello."
    assert seen[0]["model"] == "small"
    assert answer.seconds is not None


def test_endpoint_that_refuses_is_an_error_without_what_it_said() -> None:
    config = SubjectConfig(backend="openai", model="small")
    subject = OpenAISubject(config, client(lambda _: httpx2.Response(500, text="hush")))

    with pytest.raises(UnreachableError, match="gave no answer: InternalServerError") as caught:
        subject.answer([Message(role="user", content="Hi.")], (), AskSettings())
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_question_that_an_endpoint_refuses_does_not_tell_that_nobody_is_there(status: int) -> None:
    config = SubjectConfig(backend="openai", model="small")
    subject = OpenAISubject(config, client(lambda _: httpx2.Response(status, text="too long")))

    with pytest.raises(SubjectError, match="gave no answer") as caught:
        subject.answer([Message(role="user", content="Hi.")], (), AskSettings())
    assert not isinstance(caught.value, UnreachableError)
