"""Speaking to a model that we run: prompts in its format, and its text back to a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracemill.llm.protocol import FinishReason, SubjectError
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import ChatFormat
from tracemill.render.chat_template import UnrenderableError


def render_prompt(
    format_: ChatFormat, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]
) -> str:
    """Return the text that asks for the next message.

    Raises:
        SubjectError: the template has no faithful form for the messages.
    """
    try:
        return format_.prompt(messages, tools)
    except UnrenderableError as error:
        raise SubjectError(f"the question cannot be put to the model: {error.reason}") from error


def read_answer(format_: ChatFormat, text: str, finish: FinishReason) -> dict[str, Any]:
    """Return the message, the faults and the end of an answer, from its text."""
    parsed = format_.parse(text)
    called = bool(parsed.message.tool_calls) and finish == "stop"
    return {
        "message": parsed.message,
        "raw": text,
        "faults": parsed.malformed,
        "finish": "tool_calls" if called else finish,
    }
