"""Calls of tools in the shape that OpenAI's chat interface gave them."""

from __future__ import annotations

from collections.abc import Iterator

from tracemill.records.trajectory import ToolCall
from tracemill.sources.json_lines import text, tool_arguments


def read_openai_calls(calls: object, step: int) -> tuple[ToolCall, ...]:
    """Return the calls of the message at index `step`; one without an id is known by its place."""
    return tuple(_calls(calls, step))


def _calls(calls: object, step: int) -> Iterator[ToolCall]:
    for number, call in enumerate(calls if isinstance(calls, list) else ()):
        if not isinstance(call, dict):
            continue
        function = call.get("function")
        said = function if isinstance(function, dict) else call
        name = text(said.get("name"))
        if name is not None:
            call_id = text(call.get("id")) or f"unnamed-{step}-{number}"
            yield ToolCall(id=call_id, name=name, arguments=tool_arguments(said.get("arguments")))
