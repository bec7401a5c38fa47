"""The shape of pi's session files, by which those of programs that are built on it are told too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tracemill.sources.head import Head

_MESSAGE: Final = frozenset({"role", "content", "api", "provider", "model", "stopReason"})
"""What an answer of a model says of itself, where it stands alone."""
_ROLES: Final = ("toolResult", "bashExecution", "branchSummary", "compactionSummary")


def is_session(head: Head) -> bool:
    """Tell a session file of pi, or of a program that is built on it."""
    if any(map(_is_header, head.objects)) or any(map(_is_entry, head.objects)):
        return True
    return head.fields.keys() >= _MESSAGE and head.fields["role"] == "assistant"


def _is_header(record: Mapping[str, Any]) -> bool:
    return record.get("type") == "session" and {"id", "timestamp", "cwd"} <= record.keys()


def _is_entry(record: Mapping[str, Any]) -> bool:
    """Tell an entry of a file whose header is too long, or gone."""
    message = record.get("message")
    is_message = record.get("type") == "message" and isinstance(message, dict)
    return is_message and isinstance(message, dict) and message.get("role") in _ROLES
