"""What a model is asked for an example, and what is read out of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from tracemill.records.datasets.examples import Message
from tracemill.records.synth.generation import DraftFault

_MAX_CALLS: Final = 4
_MAX_REQUEST: Final = 600
_MIN_REQUEST: Final = 8
_SHOWN: Final = 2_000
"""Characters of a result, and of a fragment, that a model is shown."""

REQUEST_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"request": {"type": "string", "minLength": 1}},
    "required": ["request"],
    "additionalProperties": False,
}
"""Lengths are looked at afterwards: a grammar that counts to hundreds stops llama.cpp."""

Tool = Mapping[str, Any]
"""A tool as it is declared to a model."""


class Wanted(NamedTuple):
    """What the developer says."""

    text: str


class WantedCall(NamedTuple):
    """A call that the model wants."""

    name: str
    arguments: dict[str, Any]


class Turn(NamedTuple):
    """What the agent does next: calls, or an answer."""

    calls: tuple[WantedCall, ...] = ()
    answer: str = ""


def turn_schema(tools: Sequence[Tool]) -> dict[str, Any]:
    """Return what a turn must fit: calls of the declared tools, or an answer."""
    calls = [
        _closed({"name": {"const": each["name"]}, "arguments": each["parameters"]})
        for each in (tool["function"] for tool in tools)
    ]
    answer = _closed({"answer": {"type": "string", "minLength": 1}})
    if not calls:
        return answer
    listed = {"type": "array", "items": {"anyOf": calls}, "minItems": 1, "maxItems": _MAX_CALLS}
    return {"anyOf": [_closed({"calls": listed}), answer]}


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def ask_request(body: str, part: str, fragment: str | None) -> list[Message]:
    """Return the question for a request of a part."""
    real = f"\n\nFrom real work, to start from:\n\n{_cut(fragment)}" if fragment else ""
    wanted = (
        f"Write the request of one example of `{part}`: what the developer types, about the "
        f"project at hand, in one to three sentences.{real}\n\n"
        'Answer with one JSON object: {"request": "…"}'
    )
    return [Message(role="system", content=body), Message(role="user", content=wanted)]


def ask_turn(body: str, tools: Sequence[Tool], said: Sequence[Message]) -> list[Message]:
    """Return the question for the agent's next turn."""
    listed = "\n".join(_signature(tool["function"]) for tool in tools)
    told = (
        f"{body}\n\nNow you are the agent. Answer with one JSON object and nothing else:\n"
        '{"calls": [{"name": "…", "arguments": {…}}]} to use tools, or {"answer": "…"} once you '
        f"know enough. The tools:\n{listed}"
    )
    return [Message(role="system", content=told), *_shown(said)]


def ask_answer(body: str, said: Sequence[Message]) -> list[Message]:
    """Return the question for an answer out of what the calls so far have shown."""
    told = (
        f"{body}\n\nNow you are the agent, and all calls are made. Tell the developer what they "
        'showed, in one to three sentences. Answer with one JSON object: {"answer": "…"}'
    )
    return [Message(role="system", content=told), *_shown(said)]


def ask_follow_up(body: str, said: Sequence[Message]) -> list[Message]:
    """Return the question for what the developer says to an answer."""
    wanted = (
        "Now you are the developer. Say what you type next: correct, narrow or go on with what was "
        'answered, in one or two sentences. Answer with one JSON object: {"request": "…"}'
    )
    return [
        Message(role="system", content=body),
        *_shown(said),
        Message(role="user", content=wanted),
    ]


def _signature(function: Mapping[str, Any]) -> str:
    parameters = function.get("parameters", {})
    needed = set(parameters.get("required", ()))
    named = ", ".join(
        name if name in needed else f"{name}?" for name in parameters.get("properties", {})
    )
    return f"- {function['name']}({named}): {function.get('description', '')}"


def _shown(said: Sequence[Message]) -> list[Message]:
    """Return what was said as turns that every chat template knows."""
    shown: list[Message] = []
    for message in said:
        if message.role == "tool":
            text = f"Result of {message.name}:\n{_cut(message.content)}"
            if shown and shown[-1].role == "user":
                text = f"{shown.pop().content}\n\n{text}"
            shown.append(Message(role="user", content=text))
        elif message.role == "assistant":
            shown.append(Message(role="assistant", content=_as_json(message)))
        else:
            shown.append(message)
    return shown


def _as_json(message: Message) -> str:
    calls = [call["function"] for call in message.tool_calls]
    said = {"calls": calls} if calls else {"answer": message.content}
    return json.dumps(said, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "\n…"


def read_object(text: str) -> dict[str, Any] | None:
    """Return the first JSON object in an answer; None where there is none."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_request(text: str) -> Wanted | DraftFault:
    """Return the request in an answer, or why there is none."""
    found = read_object(text)
    if found is None:
        return "not_json"
    request = found.get("request")
    if not isinstance(request, str) or not _MIN_REQUEST <= len(request.strip()) <= _MAX_REQUEST:
        return "no_request"
    return Wanted(request.strip())


def read_turn(text: str, tools: Sequence[Tool]) -> Turn | DraftFault:
    """Return what the agent does next, or why that cannot be told."""
    found = read_object(text)
    if found is None:
        return "not_json"
    answer = found.get("answer")
    if isinstance(answer, str) and answer.strip() and "calls" not in found:
        return Turn(answer=answer.strip())
    calls = found.get("calls")
    if not isinstance(calls, list) or not 0 < len(calls) <= _MAX_CALLS:
        return "no_turn"
    known = {tool["function"]["name"] for tool in tools}
    wanted: list[WantedCall] = []
    for call in calls:
        name = call.get("name") if isinstance(call, dict) else None
        arguments = call.get("arguments") if isinstance(call, dict) else None
        if not isinstance(name, str) or not isinstance(arguments, dict):
            return "no_turn"
        if name not in known:
            return "unknown_tool"
        wanted.append(WantedCall(name, arguments))
    return Turn(calls=tuple(wanted))
