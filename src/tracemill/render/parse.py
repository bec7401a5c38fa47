"""An answer's text, back to the assistant message that it says.

`hermes` reads what ChatML templates with tools write: an optional `<think>` block, text, then each
call as a JSON object between `<tool_call>` marks. What looks like a call and is none is said, not
guessed at. `text` takes every answer for text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from tracemill.base.errors import UnknownNameError
from tracemill.base.json_values import is_writable
from tracemill.records.datasets.examples import Message

_CALL: Final = "<tool_call>"
_CALL_END: Final = re.compile(r"\s*</tool_call>")
_THINK: Final = re.compile(r"<think>\n?(.*?)\n?</think>\n{0,2}", re.DOTALL)
_decoder: Final = json.JSONDecoder()


class Parsed(NamedTuple):
    """An answer as a message."""

    message: Message
    """What it says; calls have ids by their number."""
    malformed: tuple[str, ...] = ()
    """What is wrong with each thing that looks like a call and is none."""

    @property
    def is_well_formed(self) -> bool:
        """Tell whether every call could be read."""
        return not self.malformed


def parse_hermes(text: str) -> Parsed:
    """Return what an answer says in the form of `<tool_call>` marks."""
    reasoning = None
    if thought := _THINK.match(text):
        reasoning, text = thought[1] or None, text[thought.end() :]
    content, found, rest = text.partition(_CALL)
    calls: list[dict[str, Any]] = []
    malformed: list[str] = []
    while found:
        called, rest = _read_call(rest)
        if isinstance(called, str):
            malformed.append(called)
        else:
            calls.append({"type": "function", "id": f"call_{len(calls)}", "function": called})
        between, found, rest = rest.partition(_CALL)
        if between.strip():
            malformed.append("text behind a call")
    message = Message(
        role="assistant",
        content=content.removesuffix("\n") if calls or malformed else content,
        reasoning=reasoning,
        tool_calls=tuple(calls),
    )
    return Parsed(message, tuple(malformed))


def _read_call(text: str) -> tuple[dict[str, Any] | str, str]:
    """Return the call with which `text` begins, or what is wrong with it, and what is behind."""
    try:
        said, end = _decoder.raw_decode(text, len(text) - len(text.lstrip()))
    except (ValueError, RecursionError):
        return "a call that is no JSON", text.partition("</tool_call>")[2]
    closing = _CALL_END.match(text, end)
    if closing is None:
        return "a call without its end", text[end:]
    rest = text[closing.end() :]
    if not is_writable(said):
        return "a call that cannot be written down", rest
    match said:
        case {"name": str(name), "arguments": dict(arguments)} if len(said) == 2:  # noqa: PLR2004
            return {"name": name, "arguments": arguments}, rest
    return "a call without a name and arguments", rest


def parse_text(text: str) -> Parsed:
    """Return an answer that is text and nothing else."""
    return Parsed(Message(role="assistant", content=text))


PARSERS: Final[Mapping[str, Callable[[str], Parsed]]] = {"hermes": parse_hermes, "text": parse_text}
"""Every parser by name."""


def parser_of(name: str) -> Callable[[str], Parsed]:
    """Return the parser called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in PARSERS:
        raise UnknownNameError("parser", name, PARSERS)
    return PARSERS[name]
