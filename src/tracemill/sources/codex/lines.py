"""Which parts of a Codex line are read; all others are passed over undecoded.

Rate limits, metadata, instructions of the harness and the history that a compaction repeats make
up much of a rollout. Every field may hold anything, and its reader looks what it is.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tracemill.sources.json_lines import BadShapeError, Shape


class Payload(msgspec.Struct, gc=False, kw_only=True):
    """An item of the model's history, an event, or a note about the session."""

    type: Any = None
    name: Any = None
    arguments: Any = None
    call_id: Any = None
    output: Any = None
    role: Any = None
    content: Any = None
    info: Any = None
    message: Any = None
    id: Any = None
    turn_id: Any = None
    other_call_id: Any = msgspec.field(name="callId", default=None)
    images: Any = None
    item: Any = None
    summary: Any = None
    text: Any = None
    error: Any = None
    namespace: Any = None
    function: Any = None
    input: Any = None
    action: Any = None
    tools: Any = None
    result: Any = None
    success: Any = None
    model: Any = None
    cwd: Any = None
    num_turns: Any = None
    reason: Any = None
    thread_name: Any = None
    session_id: Any = None
    parent_thread_id: Any = None
    cli_version: Any = None
    git: Any = None
    source: Any = None


class Envelope(msgspec.Struct, gc=False, kw_only=True):
    """A line of all but the oldest files."""

    type: Any = None
    timestamp: Any = None
    created_at: Any = None
    payload: Payload


class BareLine(Payload, gc=False, kw_only=True):
    """A line of the oldest files, which put no envelope around an item."""

    timestamp: Any = None
    created_at: Any = None
    record_type: Any = None


CodexLine = Envelope | BareLine


def _adapted(record: dict[str, Any]) -> CodexLine:
    payload = record.get("payload")
    if payload is None:
        return msgspec.convert(record, BareLine)
    if not isinstance(payload, dict):
        raise BadShapeError("expected an object as payload, found something else")
    return msgspec.convert(record, Envelope)


LINES: Final = Shape[CodexLine](msgspec.json.Decoder(Envelope).decode, _adapted)
"""Lines with the fields that are read; those without an envelope are read slowly."""
