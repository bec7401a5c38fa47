"""Calls of tools, and tokens, in the shape that OpenAI's chat interface gave them."""

from __future__ import annotations

from collections.abc import Iterator

from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens
from tracemill.sources.reading.json_fields import count, fields_of, text, tool_arguments


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


def read_openai_tokens(usage: object) -> Tokens:
    """Return the tokens of a response: those of the prompt are told with the cached ones."""
    said = fields_of(usage)
    prompt = count(said.get("prompt_tokens"))
    cached = count(fields_of(said.get("prompt_tokens_details")).get("cached_tokens"))
    if prompt is None:
        return NO_TOKENS
    fresh = max(prompt - (cached or 0), 0)
    return (fresh, count(said.get("completion_tokens")), cached, None, None)
