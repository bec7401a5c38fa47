"""Traces become sessions: each message once, each call with its result, agents told apart."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.sources.otlp.spans import (
    BEGIN,
    TRACE,
    agent,
    call,
    chat,
    log,
    logs,
    message,
    response,
    span,
    tool,
    traces,
)
from tests.sources.reading import Found, jsonl, read

from tracemill.records.sessions.trajectory import Usage
from tracemill.sources import SOURCES
from tracemill.sources.otlp import Otlp

ASK = message("user", "Weather in Paris?")
CALL = message("assistant", call("c1", "weather", place="Paris"))
RAIN = message("tool", response("c1", "rainy, 57°F"))
SAY = message("assistant", "It rains.")
THANKS = message("user", "Thanks")
BYE = message("assistant", "Any time.")
TALK = [
    chat(1, 0, [ASK], [CALL]),
    tool(2, 1.2, "c1", "weather"),
    chat(3, 3, [ASK, CALL, RAIN], [SAY]),
    chat(4, 9, [ASK, CALL, RAIN, SAY, THANKS], [BYE]),
]


def told(*spans: dict[str, Any]) -> Found:
    return read(Otlp(), jsonl(traces(spans)))


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


def test_each_message_is_told_once_though_every_call_repeats_all() -> None:
    found = told(*TALK)

    assert said(found) == [
        ("user", "Weather in Paris?"),
        ("agent", ""),
        ("agent", "It rains."),
        ("user", "Thanks"),
        ("agent", "Any time."),
    ]
    assert not any(step.is_replayed for step in found.steps)


def test_a_call_has_its_arguments_and_its_one_result() -> None:
    found = told(*TALK)
    step = found.steps[1]

    assert [(one.id, one.name, one.arguments) for one in step.calls] == [
        ("c1", "weather", {"place": "Paris"})
    ]
    assert [(one.call_id, one.content) for one in step.results] == [("c1", "done")]


def test_the_order_of_spans_in_the_file_does_not_matter() -> None:
    shuffled = list(TALK)
    random.Random(3).shuffle(shuffled)

    assert said(told(*shuffled)) == said(told(*TALK))


def test_tokens_count_once_and_without_the_cache() -> None:
    found = told(*TALK)

    assert found.steps[1].usage == Usage(input_tokens=30, output_tokens=7, cache_read_tokens=20)
    assert found.header.total_usage == Usage(
        input_tokens=90, output_tokens=21, cache_read_tokens=60
    )


def test_the_header_says_who_and_when() -> None:
    header = told(*TALK).header

    assert (header.agent, header.agent_version) == ("worker", "2.1")
    assert (header.session_id, header.models) == (TRACE, ("m-1",))
    assert header.started is not None
    assert header.started.timestamp() == BEGIN


def test_what_nobody_was_seen_to_say_is_context_from_before() -> None:
    found = told(chat(1, 0, [ASK, SAY, THANKS], [BYE]))

    assert [step.is_replayed for step in found.steps] == [True, True, False, False]


def test_a_conversation_spans_traces() -> None:
    named = {"key": "gen_ai.conversation.id", "value": {"stringValue": "talk-7"}}
    first, second = chat(1, 0, [ASK], [SAY]), chat(2, 5, [ASK, SAY, THANKS], [BYE])
    second["traceId"] = "f" * 32
    for one in (first, second):
        one["attributes"].append(named)
    found = told(first, second)

    assert found.header.session_id == "talk-7"
    assert len(found.steps) == 4


def test_an_agent_within_an_agent_is_a_subagent() -> None:
    found = told(
        chat(5, 2, [message("system", "Look it up."), ASK], [SAY], parent=4),
        agent(4, 1.6, 4, parent=3),
        tool(3, 1.5, "c1", "delegate", parent=1),
        chat(2, 0.5, [THANKS], [message("assistant", call("c1", "delegate"))], parent=1),
        agent(1, 0, 9),
    )
    main, inner = found.headers

    assert (main.is_subagent, inner.is_subagent) == (False, True)
    assert inner.parent_id == main.id
    assert inner.session_id == main.session_id == TRACE
    assert [step.speaker for step in found.steps_of(main)] == ["user", "agent"]
    assert [step.speaker for step in found.steps_of(inner)] == ["system", "user", "agent"]


def test_an_outer_agent_that_says_nothing_makes_no_subagent() -> None:
    found = told(agent(1, 0, 9), agent(2, 1, 8, parent=1), chat(3, 2, [ASK], [SAY], parent=2))

    assert not found.header.is_subagent


def test_a_model_call_told_by_two_tools_counts_once() -> None:
    found = told(chat(1, 0, [ASK], [SAY]), chat(2, 0.1, [ASK], [SAY], parent=1))

    assert len(found.steps) == 2
    assert found.header.total_usage == Usage(input_tokens=30, output_tokens=7, cache_read_tokens=20)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({}, "unknown", id="no status"),
        pytest.param({"status": {}}, "unknown", id="unset"),
        pytest.param({"status": {"code": 1}}, "ok", id="ok"),
        pytest.param({"status": {"code": 2, "message": "no"}}, "error", id="error"),
        pytest.param({"status": {"code": "STATUS_CODE_ERROR"}}, "error", id="error by name"),
    ],
)
def test_only_a_status_is_proof_of_success_or_failure(more: dict[str, Any], status: str) -> None:
    (step,) = told(tool(1, 0, "c1", **more)).steps

    assert [one.status for one in step.results] == [status]


def test_a_failed_model_call_is_told_as_an_error() -> None:
    failed = chat(1, 0, [ASK], [], status={"code": 2, "message": "overloaded"})
    _, step = told(failed).steps

    assert (step.speaker, step.text, step.is_error) == ("agent", "overloaded", True)


def test_calls_without_ids_find_their_results_by_name() -> None:
    wanted = message("assistant", call(None, "a"), call(None, "b"))
    bare = tool(2, 2, "", "b")
    found = told(chat(1, 0, [ASK], [wanted]), bare)
    step = found.steps[1]

    assert [one.name for one in step.calls] == ["a", "b"]
    assert [one.call_id for one in step.results] == [step.calls[1].id]


def test_reasoning_and_pictures_are_told_apart_from_text() -> None:
    picture = {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "aGk="}
    thought = message("assistant", {"type": "reasoning", "content": "Hm."}, "A cat.")
    found = told(chat(1, 0, [message("user", "What is it?", picture)], [thought]))
    asked, answered = found.steps

    assert (asked.text, asked.n_images) == ("What is it?\n\n[image]", 1)
    assert (answered.text, answered.reasoning) == ("A cat.", "Hm.")


OLD = {
    "gen_ai.system": "openai", "llm.request.type": "chat", "gen_ai.request.model": "m-1",
    "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Weather in Paris?",
    "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "It rains.",
    "gen_ai.completion.0.tool_calls.0.id": "c1", "gen_ai.completion.0.tool_calls.0.name": "look",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"at": "Paris"}',
    "gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.completion_tokens": "3",
}  # fmt: skip
INFERENCE = {
    "openinference.span.kind": "LLM", "llm.model_name": "m-1",
    "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.content": "Weather in Paris?",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "It rains.",
    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "look",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"at": "Paris"}',
    "llm.token_count.prompt": 5, "llm.token_count.completion": 3,
}  # fmt: skip


@pytest.mark.parametrize("given", [OLD, INFERENCE], ids=["OpenLLMetry", "OpenInference"])
def test_other_conventions_say_the_same(given: dict[str, Any]) -> None:
    found = told(span(1, 0, 1, given))

    assert said(found) == [("user", "Weather in Paris?"), ("agent", "It rains.")]
    assert [(c.id, c.name, c.arguments) for c in found.steps[1].calls] == [
        ("c1", "look", {"at": "Paris"})
    ]
    assert found.header.total_usage == Usage(input_tokens=5, output_tokens=3)


NOTES = [
    log("gen_ai.system.message", 0, {}, {"content": "Be kind."}),
    log("gen_ai.user.message", 0, {}, {"content": "Weather in Paris?"}),
    log("gen_ai.choice", 1, {}, {"index": 0, "message": {"content": "It rains."}}),
]
DETAILS = log(
    "gen_ai.client.inference.operation.details",
    1,
    {
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be kind."}]),
        "gen_ai.input.messages": json.dumps([ASK]),
        "gen_ai.output.messages": json.dumps([SAY]),
    },
)


@pytest.mark.parametrize("records", [NOTES, [DETAILS]], ids=["a log for each", "one log for all"])
@pytest.mark.parametrize("has_span", [True, False], ids=["with its span", "alone"])
def test_messages_in_logs_belong_to_their_span(
    records: list[dict[str, Any]], has_span: bool
) -> None:
    bare = span(1, 0, 1, {"gen_ai.operation.name": "chat", "gen_ai.response.model": "m-1"})
    requests = [logs(records), *([traces([bare])] if has_span else [])]
    found = read(Otlp(), jsonl(*requests))

    assert said(found) == [
        ("system", "Be kind."),
        ("user", "Weather in Paris?"),
        ("agent", "It rains."),
    ]
    assert found.header.models == (("m-1",) if has_span else ())


def test_what_tells_of_no_agent_is_counted() -> None:
    other = [span(7, 0, 1, {"http.method": "GET"}), span(8, 0, 1, {"db.system": "x"})]
    found = read(
        Otlp(),
        jsonl(
            traces([*other, *TALK]),
            logs([log("claude_code.api_request", 0, {})]),
            {"resourceMetrics": []},
        ),
    )

    assert found.tally.n_used == 4
    assert found.tally.skipped == {
        "span:get": 2, "log:claude_code-api_request": 1, "metrics": 1,
    }  # fmt: skip


def as_protobuf(request: dict[str, Any]) -> bytes:
    copied = json.loads(json.dumps(request))
    for resource in copied.get("resourceSpans", []) + copied.get("resourceLogs", []):
        for scope in resource.get("scopeSpans", []) + resource.get("scopeLogs", []):
            for one in scope.get("spans", []) + scope.get("logRecords", []):
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in one:
                        one[name] = base64.b64encode(bytes.fromhex(one[name])).decode()
    kind = ExportTraceServiceRequest if "resourceSpans" in copied else ExportLogsServiceRequest
    encoded: bytes = ParseDict(copied, kind()).SerializeToString()
    return encoded


def framed(*bodies: bytes) -> bytes:
    return b"".join(len(body).to_bytes(4, "big") + body for body in bodies)


def received(signal: str, body: bytes, kind: str) -> dict[str, Any]:
    return {"otlp_received": signal, "type": kind, "body": base64.b64encode(body).decode()}


REQUESTS = [traces(TALK), logs([log("gen_ai.user.message", 9.5, {}, {"content": "Hi"}, 9)])]
WRITTEN = {
    "lines": jsonl(*REQUESTS),
    "a document": json.dumps(REQUESTS[0], indent=2).encode(),
    "protobuf": as_protobuf(REQUESTS[0]),
    "framed protobuf": framed(*map(as_protobuf, REQUESTS)),
    "received": jsonl(
        received("traces", as_protobuf(REQUESTS[0]), "application/x-protobuf"),
        received("logs", json.dumps(REQUESTS[1]).encode(), "application/json"),
    ),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_however_it_is_written_it_says_the_same(form: str) -> None:
    found = read(Otlp(), WRITTEN[form])

    assert not found.quarantined
    assert said(found)[:4] == said(told(*TALK))[:4]
    assert found.header.session_id == TRACE
    assert found.steps[1].native_id == f"{1:016x}"


def test_a_session_that_is_long_is_told_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracemill.sources.otlp.reader.MAX_HELD_BYTES", 10)
    found = read(Otlp(), jsonl(*(traces([one]) for one in TALK)))

    assert len({header.id for header in found.headers}) == len(found.headers) == 4


def test_the_source_stands_in_the_table() -> None:
    assert SOURCES.load("otlp") is Otlp
