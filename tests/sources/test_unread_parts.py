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
        if name in ("codex", "pi", "cursor") and b'"message"' in data
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
