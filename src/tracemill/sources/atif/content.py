"""What stands in an ATIF step: its calls, what they returned, and its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tracemill.records.sessions.trajectory import ToolCall, ToolResult
from tracemill.render.atif import OWN, OWN_OF_RESULT
from tracemill.sources.building.message_parts import read_message
from tracemill.sources.building.open_trajectory import Tokens
from tracemill.sources.reading.json_fields import count, text


def read_calls(calls: object) -> tuple[ToolCall, ...]:
    """Return the calls that have an id and a name; others stay in the remainder."""
    return tuple(_calls(calls))


def _calls(calls: object) -> Iterator[ToolCall]:
    for call in calls if isinstance(calls, list) else ():
        if not isinstance(call, dict):
            continue
        call_id, name, arguments = (
            call.get(key) for key in ("tool_call_id", "function_name", "arguments")
        )
        if isinstance(call_id, str) and text(name):
            given = arguments if isinstance(arguments, dict) else {}
            yield ToolCall(id=call_id, name=str(name), arguments=given)


def read_results(observation: object) -> tuple[ToolResult, ...]:
    """Return what came back; a result that names no call is numbered in its step."""
    results = observation.get("results") if isinstance(observation, dict) else None
    return tuple(
        _result(result, number)
        for number, result in enumerate(results if isinstance(results, list) else ())
        if isinstance(result, dict)
    )


def _result(result: Mapping[str, Any], number: int) -> ToolResult:
    call_id = result.get("source_call_id")
    read = ToolResult(
        call_id=call_id if isinstance(call_id, str) else f"unnamed-{number}",
        content=read_message(result.get("content")).text,
    )
    extra = result.get("extra")
    own = extra.get(OWN) if isinstance(extra, dict) else None
    if not isinstance(own, dict):
        return read
    told = {name: own[name] for name in OWN_OF_RESULT if name in own}
    try:
        return msgspec.convert({**msgspec.to_builtins(read), **told}, ToolResult)
    except msgspec.ValidationError:
        return read


def read_tokens(metrics: object) -> Tokens:
    """Return tokens as we count them: those of the prompt without cached ones."""
    found = metrics if isinstance(metrics, dict) else {}
    extra = found.get("extra")
    more = extra if isinstance(extra, dict) else {}
    prompt, cached = count(found.get("prompt_tokens")), count(found.get("cached_tokens"))
    written = count(more.get("cache_write_tokens"))
    fresh = None if prompt is None else prompt - (cached or 0) - (written or 0)
    return (
        fresh if fresh is None or fresh >= 0 else None,
        count(found.get("completion_tokens")),
        cached,
        written,
        count(more.get("reasoning_tokens")),
    )
