"""Chat messages as tracing tools record them: one reader for the ways in which they are written.

The conventions of OpenTelemetry write parts, model providers write contents with blocks, and
older tools write attributes with numbers in their names. All say who spoke, which texts and
thoughts, which calls, and which results; what is no message is left out. Of a message, parts that
nothing was made of are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson

from tracemill.records.sessions.trajectory import IMAGE, Speaker, ToolCall
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import is_too_deep, text, tool_arguments, unread_part

_SPEAKERS: Final[Mapping[str, Speaker]] = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "agent", "ai": "agent", "model": "agent",
    "tool": "tool", "function": "tool",
}  # fmt: skip
_CONTENT_KEYS: Final = ("parts", "content", "contents")
_BESIDE_KEYS: Final = frozenset({"tool_calls", "reasoning_content", "reasoning"})
_TEXT_KEYS: Final = ("content", "text", "value")
_PICTURES: Final = frozenset({"image", "image_url", "input_image"})
_MAX_NUMBER: Final = 10_000
_MAX_PATH: Final = 16


class Answer(NamedTuple):
    """What came back for a call."""

    call_id: str | None
    content: str


MessageKey = tuple[Speaker, tuple[str, ...], tuple[Answer, ...]]


class Said(NamedTuple):
    """One message."""

    speaker: Speaker
    texts: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    """Calls; one without an id of its own has an empty one."""
    answers: tuple[Answer, ...] = ()
    n_images: int = 0
    unread: tuple[UnreadPart, ...] = ()
    """Parts that nothing was made of."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all in it."""
        return not (self.texts or self.reasoning or self.calls or self.answers or self.unread)

    @property
    def key(self) -> MessageKey:
        """What the message is known by when it is told again: not what was thought before it."""
        if self.calls:
            named = tuple(call.id or f"{call.name}:{call.arguments}" for call in self.calls)
            return (self.speaker, named, ())
        return (self.speaker, self.texts, self.answers)


class _Parts:
    """What was found in the parts of a message."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.reasoning: list[str] = []
        self.calls: list[ToolCall] = []
        self.answers: list[Answer] = []
        self.n_images = 0
        self.unread: list[UnreadPart] = []

    def take(self, part: object) -> None:
        """Read one part, as OpenTelemetry or a model provider writes it."""
        if isinstance(part, str):
            self._say(part)
        if not isinstance(part, dict):
            return
        part = part.get("message_content", part)  # OpenInference wraps each part once more
        if not isinstance(part, dict):
            return
        kind = text(part.get("type"))
        if kind in ("tool_call", "tool_use", "function_call", "server_tool_call"):
            self.calls.append(_call(part))
        elif kind in ("tool_call_response", "tool_result", "function_call_output"):
            self.answers.append(_answer(part))
        elif kind in ("reasoning", "thinking"):
            said = _first_text(part, ("content", "thinking", "text"))
            self.reasoning += [said] if said else []
        elif str(kind) in _PICTURES or part.get("modality") == "image":
            self.n_images += 1
            self._say(IMAGE)
        elif any(key in part for key in _TEXT_KEYS):
            self._say(_first_text(part, _TEXT_KEYS))
        else:
            self.unread.append(unread_part(kind))

    def _say(self, said: str | None) -> None:
        if said and not said.isspace():
            self.texts.append(said)


def read_messages(value: object) -> tuple[Said, ...]:
    """Return the messages that a list, a message, a text, or any of them as JSON, holds."""
    found = decoded(value)
    if isinstance(found, dict):
        for key in ("messages", "choices", "generations"):
            if isinstance(found.get(key), list):
                found = found[key]
                break
    items = found if isinstance(found, list) else [found]
    flat = (one for item in items for one in (item if isinstance(item, list) else [item]))
    return tuple(said for item in flat if (said := read_message(item)) is not None)


def replies(messages: Iterable[Said]) -> tuple[Said, ...]:
    """Return messages that came out of a model, which not all tools write down as its own."""
    return tuple(said if said.answers else said._replace(speaker="agent") for said in messages)


def read_message(value: object, speaker: Speaker = "user") -> Said | None:
    """Return one message; where it does not name its speaker, that is `speaker`."""
    if isinstance(value, str):
        return Said(speaker, (value,)) if value.strip() else None
    if not isinstance(value, dict) or is_too_deep(value):
        return None
    inner = value.get("message")
    fields: dict[str, Any] = inner if isinstance(inner, dict) else value
    named = _SPEAKERS.get(str(fields.get("role", fields.get("type", ""))).lower())
    parts = _Parts()
    for key in _CONTENT_KEYS:
        if key in fields:
            content = fields[key]
            for part in content if isinstance(content, list) else [content]:
                parts.take(part)
    if not _BESIDE_KEYS.isdisjoint(fields):
        _take_calls(fields, parts)
    said = _whole(fields, named or speaker, parts)
    return None if said.is_empty else said


def _take_calls(value: Mapping[str, Any], parts: _Parts) -> None:
    """Read the calls and thoughts that stand beside the content."""
    calls = value.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        inner = call.get("tool_call") if isinstance(call, dict) else None
        if isinstance(inner or call, dict):
            parts.calls.append(_call(inner if isinstance(inner, dict) else call))
    thought = _first_text(value, ("reasoning_content", "reasoning"))
    if thought:
        parts.reasoning.append(thought)


def _whole(value: Mapping[str, Any], speaker: Speaker, parts: _Parts) -> Said:
    if speaker == "tool" and not parts.answers:
        call_id = text(value.get("tool_call_id")) or text(value.get("id"))
        parts.answers.append(Answer(call_id, "\n".join(parts.texts)))
        parts.texts.clear()
    if parts.answers and not parts.texts and not parts.calls:
        speaker = "tool"
    return Said(
        speaker,
        tuple(parts.texts),
        tuple(parts.reasoning),
        tuple(parts.calls),
        tuple(parts.answers),
        parts.n_images,
        tuple(parts.unread),
    )


def _call(part: Mapping[str, Any]) -> ToolCall:
    function = part.get("function")
    body = function if isinstance(function, dict) else part
    given = next((body[key] for key in ("arguments", "args", "input") if key in body), None)
    return ToolCall(
        id=text(part.get("id")) or text(part.get("call_id")) or "",
        name=text(body.get("name")) or "",
        arguments=tool_arguments(given),
    )


def _answer(part: Mapping[str, Any]) -> Answer:
    call_id = next(
        (part[key] for key in ("id", "tool_use_id", "call_id", "tool_call_id") if part.get(key)),
        None,
    )
    for key in ("response", "result", "content", "output"):
        if part.get(key) is not None:
            return Answer(text(call_id), as_text(part[key]))
    return Answer(text(call_id), "")


def as_text(value: object) -> str:
    """Return what a value says, as the agent saw it: a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        texts = [_first_text(part, _TEXT_KEYS) for part in value if isinstance(part, dict)]
        if value and len(texts) == len(value) and all(texts):
            return "\n".join(said for said in texts if said)
    return "" if value is None or is_too_deep(value) else orjson.dumps(value).decode()


def _first_text(part: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((said for key in keys if (said := text(part.get(key)))), None)


def decoded(value: object) -> object:
    """Return what a text holds as JSON, where it holds a list or object; anything else as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def numbered_messages(attributes: Mapping[str, Any], prefix: str) -> tuple[Said, ...]:
    """Return the messages written as attributes `<prefix>.<number>.<field>`, by number."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in _under(attributes, prefix):
        number, _, field = name.partition(".")
        path = field.split(".")
        if (
            field
            and number.isdecimal()
            and int(number[:6]) < _MAX_NUMBER
            and 0 < len(path) < _MAX_PATH
        ):
            _put(found.setdefault(int(number), {}), path, value)
    return tuple(
        said for _, fields in sorted(found.items()) if (said := read_message(_listed(fields)))
    )


def _under(attributes: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    begin = f"{prefix}."
    for name, value in attributes.items():
        if name.startswith(begin):
            yield name[len(begin) :], value


def _put(fields: dict[str, Any], path: list[str], value: object) -> None:
    for name in path[:-1]:
        inner = fields.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        fields = inner
    fields[path[-1]] = value


def _listed(value: Any) -> Any:
    """Return nested fields with those that have numbers for names as lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(field) for name, field in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
