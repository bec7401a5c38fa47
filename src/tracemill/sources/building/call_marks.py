"""Calls and results that stand within texts, between the marks in which chat templates write them.

Models without a field for calls write `<tool_call>` around JSON (Hermes, Qwen) or around
`<function=…>` with its parameters (Qwen-Coder), and their templates hand a result back in the
user's name, as `<tool_response>`. Data sets keep such texts as they were shown to the model. A
call is read only where it can be read whole and ends the text: what is said about calls stays text.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson

from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.openai_chat import read_openai_calls
from tracemill.sources.reading.json_fields import is_too_deep, text

FUNCTION: Final = re.compile(r"<function=([^>\s]+)>(.*?)(?:</function>|\Z)", re.DOTALL)
"""A call as Qwen-Coder writes it, also cut short: its name, and its parameters as they stand."""
PARAMETER: Final = re.compile(r"<parameter=([^>\s]+)>(.*?)(?:</parameter>|\Z)", re.DOTALL)
_WHOLE_FUNCTION: Final = re.compile(
    r"<function=([^<>\s]+)>((?:(?!</?function[=>]).)*)</function>", re.DOTALL
)
_WHOLE_PARAMETER: Final = re.compile(
    r"<parameter=([^<>\s]+)>((?:(?!</?parameter[=>]).)*)</parameter>", re.DOTALL
)
_CALL: Final = "<tool_call>"
_CALL_END: Final = "</tool_call>"
_RESULT: Final = "<tool_response>"
_RESULT_END: Final = "</tool_response>"
_BETWEEN: Final = re.compile(rf"{_RESULT_END}\s*{_RESULT}")


class Marked(NamedTuple):
    """A reply taken apart."""

    text: str
    """What is said before the calls."""
    calls: tuple[ToolCall, ...]


def marked_calls(said: str, step: int) -> Marked:
    """Return the calls that end a reply, which is the step at index `step`, and the text before."""
    before, *parts = said.split(_CALL)
    read = [_read(part) for part in parts]
    if not read or not all(read):
        return Marked(said, ())
    return Marked(before.rstrip(), read_openai_calls(list(chain.from_iterable(read)), step))


def marked_results(said: str, n_due: int) -> tuple[str, ...]:
    """Return the results of which a message consists, none where it says anything else.

    What may be two results is one where `n_due`, how many calls wait for one, is another number:
    the text of a result can hold such marks as well.
    """
    whole = said.strip()
    if not (whole.startswith(_RESULT) and whole.endswith(_RESULT_END)):
        return ()
    inner = whole[len(_RESULT) : -len(_RESULT_END)].strip("\n")
    if any(mark in part for part in _BETWEEN.split(inner) for mark in (_RESULT, _RESULT_END)):
        return ()  # what stands between two results may be somebody's words
    return joined_results(inner, n_due)


def joined_results(said: str, n_due: int) -> tuple[str, ...]:
    """Return the results that were joined by marks alone, as LLaMA-Factory joins them."""
    parts = _BETWEEN.split(said)
    is_joined = len(parts) == n_due > 1
    return tuple(part.strip("\n") for part in parts) if is_joined else (said,)


def arguments_of(function: str) -> dict[str, str]:
    """Return the arguments of a call in Qwen-Coder's marks, each as the text that it is."""
    return {name: value.strip("\n") for name, value in PARAMETER.findall(function)}


def _read(part: str) -> list[dict[str, Any]]:
    """Return what is called between two marks, nothing where that is no call or more is said."""
    inner, end, behind = part.rpartition(_CALL_END)
    inner = inner if end else behind
    if end and behind.strip():
        return []
    return _functions(inner) or _named(inner)


def _functions(inner: str) -> list[dict[str, Any]]:
    """Return the calls in Qwen-Coder's marks of which a text consists, nothing where it says more.

    Marks within the value of a parameter cannot be told from those around it.
    """
    found = _WHOLE_FUNCTION.findall(inner)
    names = [[name for name, _ in _WHOLE_PARAMETER.findall(body)] for _, body in found]
    rests = [_WHOLE_PARAMETER.sub("", body) for _, body in found]
    rest = "".join([*rests, _WHOLE_FUNCTION.sub("", inner)])
    if rest.strip() or any(len(set(each)) < len(each) for each in names):
        return []
    return [{"name": name, "arguments": arguments_of(body)} for name, body in found]


def _named(inner: str) -> list[dict[str, Any]]:
    """Return the call that a text is as JSON, or the several, if it holds nothing else."""
    try:
        value = orjson.loads(inner)
    except orjson.JSONDecodeError:
        return []
    calls = value if isinstance(value, list) else [value]
    if is_too_deep(calls) or not all(isinstance(each, dict) and _name(each) for each in calls):
        return []
    return [
        {"name": _name(each), "arguments": each.get("arguments", each.get("parameters"))}
        for each in calls
    ]


def _name(call: dict[str, Any]) -> str | None:
    return text(call.get("name"))
