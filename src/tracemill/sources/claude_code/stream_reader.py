"""One stream of Claude Code as it is read: put into the words of a session file, line by line."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Trajectory, Usage
from tracemill.sources.building.open_trajectory import (
    NO_TOKENS,
    Tokens,
    added,
    larger,
    rest,
    usage_of,
)
from tracemill.sources.claude_code.reader import ClaudeReader
from tracemill.sources.reading.json_fields import count, text, type_name, unknown_type

_AGENT: Final = "claude-code"
_MESSAGES: Final = ("assistant", "user")
_NOT_KEPT: Final = frozenset(
    {
        "auth_status",
        "conversation_reset",
        "keep_alive",
        "prompt_suggestion",
        "rate_limit_event",
        "stream_event",
        "tool_progress",
        "tool_use_summary",
    }
)
_WORDS: Final = {
    "session_id": "sessionId",
    "tool_use_result": "toolUseResult",
    "isSynthetic": "isMeta",
    "request_id": "requestId",
}


class ClaudeStreamReader:
    """Takes the objects of one stream and makes trajectories, steps and events of them."""

    def __init__(self, origin: Origin) -> None:
        self._reader = ClaudeReader(_AGENT, origin)
        self.ready = self._reader.ready
        self._place: dict[str, Any] = {}
        """What the beginning says of the whole run, in the words of a session file."""
        self._totals = NO_TOKENS

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        kind = record.get("type")
        if kind == "system":
            return self._take_system(record, line)
        if kind == "result":
            self._totals = larger(self._totals, _read_totals(record.get("modelUsage")))
            return None
        if kind in _MESSAGES:
            return self._reader.take(self._in_words_of_a_file(record), line)
        is_known = isinstance(kind, str) and kind in _NOT_KEPT
        return type_name(kind) if is_known else unknown_type(kind)

    def finish(self) -> None:
        """Close all steps and give each trajectory its header."""
        self._reader.finish()
        if self._totals == NO_TOKENS:
            return
        headers = [record for record in self.ready if isinstance(record, Trajectory)]
        spawned = NO_TOKENS
        for header in headers:
            spawned = added(
                spawned, _tokens(header.total_usage) if header.is_subagent else NO_TOKENS
            )
        total = usage_of(rest(self._totals, spawned))
        for position, record in enumerate(self.ready):
            if isinstance(record, Trajectory) and not record.is_subagent:
                self.ready[position] = msgspec.structs.replace(record, total_usage=total)

    def _take_system(self, record: dict[str, Any], line: Line) -> str | None:
        subtype = record.get("subtype")
        if subtype == "init":
            self._place = {
                "sessionId": text(record.get("session_id")),
                "cwd": text(record.get("cwd")),
                "version": text(record.get("claude_code_version")),
            }
            return None
        if subtype == "compact_boundary":
            return self._reader.take(self._in_words_of_a_file(record), line)
        return f"system_{type_name(subtype)}"

    def _in_words_of_a_file(self, record: dict[str, Any]) -> dict[str, Any]:
        told = self._place | record
        for theirs, ours in _WORDS.items():
            if theirs in record:
                told[ours] = told.pop(theirs)
        if (spawner := text(record.get("parent_tool_use_id"))) is not None:
            told.update(isSidechain=True, agentId=spawner)
        details = record.get("compact_metadata")
        if isinstance(details, dict):
            told["compactMetadata"] = {
                "trigger": details.get("trigger"),
                "preTokens": details.get("pre_tokens"),
            }
        return told


def _read_totals(models: object) -> Tokens:
    total = NO_TOKENS
    for usage in models.values() if isinstance(models, dict) else ():
        if isinstance(usage, dict):
            total = added(total, _usage(usage))
    return total


def _usage(usage: dict[str, Any]) -> Tokens:
    return (
        count(usage.get("inputTokens")),
        count(usage.get("outputTokens")),
        count(usage.get("cacheReadInputTokens")),
        count(usage.get("cacheCreationInputTokens")),
        count(usage.get("thinkingTokens")),
    )


def _tokens(usage: Usage | None) -> Tokens:
    if usage is None:
        return NO_TOKENS
    return (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    )
