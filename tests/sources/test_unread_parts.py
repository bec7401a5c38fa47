"""A part of a message whose type nobody has taught us is counted, and ends nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sources.reading import Found, jsonl, read

from tracemill.sources import load_source

HOLOGRAM = {"type": "hologram", "data": "x"}
TEXT = {"type": "text", "text": "Hi"}


def document(value: Any) -> bytes:
    return json.dumps(value).encode()


def codex(payload: dict[str, Any]) -> bytes:
    return jsonl({"type": "response_item", "timestamp": "2026-08-01T10:00:00Z", "payload": payload})


def opencode(role: str) -> bytes:
    info = {"id": "msg_1", "role": role, "sessionID": "ses_1"}
    return document({"info": {"id": "ses_1"}, "messages": [{"info": info, "parts": PARTS}]})


def pi(role: str) -> bytes:
    header = {"type": "session", "version": 3, "id": "s", "timestamp": "2026-08-01T10:00:00Z"}
    message = {"role": role, "content": PARTS}
    return jsonl(header, {"type": "message", "id": "e1", "parentId": None, "message": message})


def otlp(attribute: str, role: str) -> bytes:
    said = json.dumps([{"role": role, "parts": PARTS}])
    told = {"gen_ai.operation.name": "chat", attribute: said}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
    span = {"traceId": "aa", "spanId": "bb", "name": "chat", "attributes": attributes}
    return document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def langfuse(**more: Any) -> bytes:
    at = "2026-08-01T10:00:00Z"
    return jsonl({"id": "o1", "traceId": "t1", "type": "GENERATION", "startTime": at, **more})


def result_of(content: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": "c", "content": content}


PARTS = [TEXT, HOLOGRAM]
WRITTEN = [
    ("codex", codex({"type": "message", "role": "assistant", "content": PARTS})),
    ("codex", codex({"type": "message", "role": "developer", "content": PARTS})),
    ("codex", codex({"type": "function_call_output", "call_id": "c", "output": PARTS})),
    (
        "gemini-cli",
        jsonl({"type": "user", "id": "1", "content": [{"text": "Hi"}, {"hologram": 1}]}),
    ),
    (
        "gemini-cli",
        jsonl({"type": "gemini", "id": "1", "content": [{"text": "Hi"}, {"hologram": 1}]}),
    ),
    ("opencode", opencode("user")),
    ("opencode", opencode("assistant")),
    ("pi", pi("user")),
    ("pi", pi("assistant")),
    ("cursor", jsonl({"role": "user", "message": {"content": PARTS}})),
    ("cursor", jsonl({"role": "assistant", "message": {"content": PARTS}})),
    ("cline", document([{"role": "assistant", "content": PARTS}])),
    ("cline", document([{"role": "user", "content": PARTS}])),
    ("cline", document([{"role": "user", "content": [result_of(PARTS)]}])),
    ("otlp", otlp("gen_ai.input.messages", "user")),
    ("otlp", otlp("gen_ai.output.messages", "assistant")),
    ("langfuse", langfuse(input=[{"role": "user", "content": PARTS}])),
    ("langfuse", langfuse(output={"role": "assistant", "content": PARTS})),
    ("chat-messages", jsonl({"messages": [{"role": "user", "content": PARTS}]})),
    ("chat-messages", jsonl({"messages": [{"role": "assistant", "content": PARTS}]})),
    ("mini-swe-agent", document([{"role": "system", "content": PARTS}])),
    ("swe-agent", document({"trajectory": [], "history": [{"role": "user", "content": PARTS}]})),
]
"""Messages with a text and such a part, each as its format writes it."""


def said(found: Found) -> list[str]:
    return [step.text or step.results[0].content for step in found.steps]


@pytest.mark.parametrize(("name", "data"), WRITTEN)
def test_an_unknown_part_is_counted_and_the_others_are_kept(name: str, data: bytes) -> None:
    found = read(load_source(name), data)

    assert said(found) == ["Hi"]
    assert found.unread == ["unknown_part:hologram"]
    assert not found.quarantined


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (name, data)
        for name, data in WRITTEN
        if name in ("codex", "pi", "cursor", "cline")
        and b"output" not in data
        and b"tool_result" not in data
    ],
)
def test_a_message_of_nothing_else_is_skipped_for_it(name: str, data: bytes) -> None:
    found = read(load_source(name), data.replace(json.dumps(TEXT).encode() + b", ", b""))

    assert found.tally.skipped == {"unknown_part:hologram": 1}
    assert (found.steps, found.unread) == ([], [])


@pytest.mark.parametrize(
    ("part", "mark"),
    [
        ({"inlineData": {"mimeType": "image/png", "data": ""}}, "[image]"),
        ({"inlineData": {"mimeType": "audio/wav", "data": ""}}, "[audio]"),
        ({"fileData": {"mimeType": "application/pdf", "fileUri": ""}}, "[document]"),
    ],
)
def test_what_was_attached_to_a_gemini_message_stands_as_what_it_is(
    part: dict[str, Any], mark: str
) -> None:
    line = {"type": "user", "id": "1", "content": [{"text": "Look"}, part]}
    (step,) = read(load_source("gemini-cli"), jsonl(line)).steps

    assert step.text.split() == ["Look", mark]
    assert step.n_images == (mark == "[image]")


def test_a_part_that_later_histories_repeat_is_counted_once() -> None:
    asked, reply = {"role": "user", "content": PARTS}, {"role": "assistant", "content": "Well"}
    first = langfuse(input=[asked], output=reply)
    second = langfuse(input=[asked, reply, {"role": "user", "content": "And?"}])

    found = read(load_source("langfuse"), first + second.replace(b"o1", b"o2"))

    assert said(found) == ["Hi", "Well", "And?"]
    assert found.unread == ["unknown_part:hologram"]


def test_parts_that_openinference_wraps_once_more_are_read() -> None:
    prefix = "llm.input_messages.0.message"
    told = {
        "openinference.span.kind": "LLM",
        f"{prefix}.role": "user",
        f"{prefix}.contents.0.message_content.type": "text",
        f"{prefix}.contents.0.message_content.text": "Hi",
        f"{prefix}.contents.1.message_content.type": "image",
    }
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
    span = {"traceId": "aa", "spanId": "bb", "name": "llm", "attributes": attributes}
    data = document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})

    (step,) = read(load_source("otlp"), data).steps

    assert (step.text.split(), step.n_images) == (["Hi", "[image]"], 1)
