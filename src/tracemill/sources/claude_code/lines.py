"""Which parts of a Claude Code line are read; all others are passed over undecoded.

Two thirds of a session are reports of progress, and tool results in a structured form that
repeats what the model was shown. Signatures of thoughts and bytes of pictures go by as well. A
line that does not fit is no failure here: it is read again, slowly and whole.
"""

from __future__ import annotations

from typing import Any, Final, TypedDict

import msgspec

from tracemill.sources.reading.json_lines import Shape


class _Details(TypedDict, total=False):
    """The structured form of a tool result."""

    interrupted: Any
    userModified: Any
    gitOperation: Any
    task: Any


class _Usage(TypedDict, total=False):
    """The tokens of a model call."""

    input_tokens: Any
    output_tokens: Any
    cache_read_input_tokens: Any
    cache_creation_input_tokens: Any
    output_tokens_details: Any


class _Block(TypedDict, total=False):
    """A part of a message: a text, a thought without its signature, a call, a result."""

    type: Any
    text: Any
    thinking: Any
    id: Any
    name: Any
    server_name: Any
    input: Any
    caller: Any
    tool_use_id: Any
    content: Any
    is_error: Any


class _Message(TypedDict, total=False):
    """What somebody said."""

    id: Any
    role: Any
    model: Any
    content: list[_Block | str] | str | None
    usage: _Usage | None


class _Line(TypedDict, total=False):
    """One line; every field may hold anything, and its reader looks what it is."""

    type: Any
    subtype: Any
    message: _Message | str | None
    timestamp: Any
    uuid: Any
    parentUuid: Any
    sessionId: Any
    session_id: Any
    isSidechain: Any
    agentId: Any
    requestId: Any
    cwd: Any
    gitBranch: Any
    version: Any
    isMeta: Any
    isApiErrorMessage: Any
    isCompactSummary: Any
    compactMetadata: Any
    origin: Any
    promptSource: Any
    toolUseResult: _Details | list[msgspec.Raw] | str | int | float | bool | None
    toolDenialKind: Any
    attachment: Any
    operation: Any
    content: Any
    prNumber: Any
    prUrl: Any
    prRepository: Any
    customTitle: Any
    aiTitle: Any
    leafUuid: Any
    summary: Any
    worktreeSession: Any


LINES: Final = Shape[dict[str, Any]](msgspec.json.Decoder[Any](_Line).decode, dict)
"""Objects with the fields that are read; with all of them, where a line does not fit."""
