"""Which parts of a Codex line are read; all others are passed over undecoded.

Rate limits, metadata, instructions of the harness and the history that a compaction repeats make
up much of a rollout. A line that does not fit is no failure here: it is read again, slowly and
whole.
"""

from __future__ import annotations

from typing import Any, Final, TypedDict

import msgspec


class _Counts(TypedDict, total=False):
    """What an event tells of tokens."""

    total_token_usage: Any
    last_token_usage: Any


class _Item(TypedDict, total=False):
    """An item, event or note; every field may hold anything, and its reader looks what it is."""

    type: Any
    name: Any
    arguments: Any
    call_id: Any
    output: Any
    role: Any
    content: Any
    info: _Counts | None
    message: Any
    id: Any
    callId: Any
    images: Any
    item: Any
    summary: Any
    text: Any
    error: Any
    namespace: Any
    function: Any
    input: Any
    action: Any
    tools: Any
    result: Any
    success: Any
    model: Any
    cwd: Any
    turn_id: Any
    num_turns: Any
    reason: Any
    thread_name: Any
    session_id: Any
    parent_thread_id: Any
    cli_version: Any
    git: Any
    source: Any


class _Line(_Item, total=False):
    """One line: an envelope around an item, or an item itself in the oldest files."""

    payload: _Item | None
    timestamp: Any
    created_at: Any
    record_type: Any


decode_line: Final = msgspec.json.Decoder(_Line).decode
"""Returns the object on a line, with the fields that are read."""
