"""Which parts of a Codex line are read; all others are passed over undecoded.

Rate limits, metadata, permissions and the history that a compaction repeats make
up much of a rollout. Every field may hold anything, and its reader looks what it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, final

import msgspec

from tracemill.base.lines import Line
from tracemill.sources.reading.json_fields import MAX_COUNT, moment
from tracemill.sources.reading.json_lines import BadShapeError, Shape, UndecodedError

_Believable = Annotated[int, msgspec.Meta(ge=0, lt=MAX_COUNT)]


class TokenUsage(msgspec.Struct, gc=False):
    """Tokens of a reply, or of all so far; the prompt counts what the cache served."""

    input_tokens: _Believable | None = None
    output_tokens: _Believable | None = None
    cached_input_tokens: _Believable | None = None
    cache_write_input_tokens: _Believable | None = None
    reasoning_output_tokens: _Believable | None = None


class TokenInfo(msgspec.Struct, gc=False):
    """What an event tells of tokens, in the shape that nearly all have."""

    total_token_usage: TokenUsage | None = None
    last_token_usage: TokenUsage | None = None


class Passthrough(msgspec.Struct, gc=False):
    """What newer versions note of a message for themselves."""

    content_item_kinds: Any = None


class Common(msgspec.Struct, gc=False, kw_only=True):
    """What is read of the items and events of which a rollout mostly consists."""

    type: Any = None
    name: Any = None
    namespace: Any = None
    arguments: Any = None
    call_id: Any = None
    output: Any = None
    role: Any = None
    content: Any = None
    summary: Any = None
    info: Any = None
    id: Any = None
    turn_id: Any = None
    internal_chat_message_metadata_passthrough: Any = None


class Payload(Common, gc=False, kw_only=True):
    """An item of the model's history, an event, or a note about the session."""

    message: Any = None
    other_call_id: Any = msgspec.field(name="callId", default=None)
    images: Any = None
    item: Any = None
    text: Any = None
    error: Any = None
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
    usage: Any = None
    thread_token_usage: Any = None
    session_id: Any = None
    parent_thread_id: Any = None
    cli_version: Any = None
    git: Any = None
    source: Any = None
    base_instructions: Any = None


class _Fitting(Common, gc=False, kw_only=True):
    """A payload that tells its type, its tokens and its notes as it should."""

    type: str | None = None
    info: TokenInfo | None = None
    internal_chat_message_metadata_passthrough: Passthrough | None = None


class _Dated(msgspec.Struct, gc=False, kw_only=True):
    """What stands around a payload."""

    type: str = ""
    timestamp: datetime | None = None
    created_at: Any = None
    metadata: Any = None
    """What newer versions note of an item in the history."""


class CommonLine(_Dated, gc=False, kw_only=True):
    """A line of all but the oldest files, with what is read of most of them."""

    payload: _Fitting


class Envelope(_Dated, gc=False, kw_only=True):
    """The same line, with all that is read of any."""

    payload: Payload


@final
class BareLine(Payload, gc=False, kw_only=True):
    """A line of the oldest files, which put no envelope around an item."""

    timestamp: Any = None
    created_at: Any = None
    record_type: Any = None


CodexLine = CommonLine | Envelope | BareLine


def _adapted(record: dict[str, Any]) -> CodexLine:
    payload = record.get("payload")
    if payload is None:
        return msgspec.convert(record, BareLine)
    if not isinstance(payload, dict):
        raise BadShapeError("expected an object as payload, found something else")
    at = moment(record.get("timestamp") or record.get("created_at"))
    fitting = {"type": _name(record.get("type")), "timestamp": at}
    payload = {**payload, "type": _name(payload["type"])} if "type" in payload else payload
    return msgspec.convert({**record, **fitting, "payload": payload}, Envelope)


def _name(kind: object) -> str:
    """Return a type that no table need fear to look up."""
    return kind if isinstance(kind, str) else ""


LINES: Final = Shape[CodexLine](msgspec.json.Decoder(CommonLine).decode, _adapted)
"""Lines with the fields that are read of most; those without an envelope are read slowly."""
_WHOLE: Final = msgspec.json.Decoder(Envelope)


def whole(payload: Common, line: Line) -> Payload:
    """Return a payload with all that is read of any: the fields of one cost more than its bytes.

    Raises:
        UndecodedError: what was passed over at first is no text.
    """
    if isinstance(payload, Payload):
        return payload
    try:
        return _WHOLE.decode(line.raw).payload
    except (UnicodeDecodeError, msgspec.DecodeError):
        raise UndecodedError from None
