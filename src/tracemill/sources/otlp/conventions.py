"""What the attributes of a span mean, by the conventions that tools follow: one table.

The conventions of OpenTelemetry for generative AI are still in development: names were changed
and will be. Older names, those of OpenLLMetry and those of OpenInference stand beside them;
where several are set, the newest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from tracemill.records.sessions.trajectory import ResultStatus, ToolCall
from tracemill.sources.building.chat_messages import (
    Said,
    as_text,
    decoded,
    numbered_messages,
    read_message,
    read_messages,
    replies,
)
from tracemill.sources.building.open_trajectory import Tokens
from tracemill.sources.otlp.values import Note, TracedSpan
from tracemill.sources.reading.json_fields import is_too_deep, text, tool_arguments, whole_number

Kind = Literal["agent", "model", "tool"]

_KINDS: Final[Mapping[str, Kind]] = {
    "chat": "model", "text_completion": "model", "generate_content": "model",
    "completion": "model", "llm": "model", "generation": "model",
    "execute_tool": "tool", "tool": "tool",
    "invoke_agent": "agent", "agent": "agent", "invoke_workflow": "agent", "workflow": "agent",
}  # fmt: skip
_KIND_NAMES: Final = (
    "gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind", "llm.request.type",
)  # fmt: skip
_SESSION: Final = (
    "gen_ai.conversation.id", "session.id", "traceloop.association.properties.session_id",
)  # fmt: skip
_MODEL: Final = (
    "gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "embedding.model_name",
)  # fmt: skip
_INPUT: Final = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
)
_OUTPUT: Final = (
    "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
)  # fmt: skip
_CACHE_READ: Final = (
    "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
)  # fmt: skip
_CACHE_WRITE: Final = (
    "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write",
)  # fmt: skip
_REASONING: Final = (
    "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning",
)  # fmt: skip
_GIVEN: Final = ("gen_ai.input.messages", "gen_ai.prompt", "input.value")
_SAID: Final = ("gen_ai.output.messages", "gen_ai.completion", "output.value")
_NUMBERED_GIVEN: Final = ("gen_ai.prompt", "llm.input_messages")
_NUMBERED_SAID: Final = ("gen_ai.completion", "llm.output_messages")
_TOOL_NAME: Final = (
    "gen_ai.tool.name",
    "tool.name",
    "tool_call.function.name",
    "traceloop.entity.name",
)
_TOOL_ID: Final = ("gen_ai.tool.call.id", "tool_call.id", "tool.id")
_TOOL_GIVEN: Final = (
    "gen_ai.tool.call.arguments", "tool.parameters", "input.value", "traceloop.entity.input",
)  # fmt: skip
_TOOL_RESULT: Final = (
    "gen_ai.tool.call.result", "gen_ai.tool.message", "output.value", "traceloop.entity.output",
)  # fmt: skip
_MESSAGE_NOTES: Final[Mapping[str, Literal["system", "user", "agent", "tool"]]] = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "agent",
    "gen_ai.tool.message": "tool",
}
_CHOICE: Final = "gen_ai.choice"
_DETAILS: Final = "gen_ai.client.inference.operation.details"
_CONTENTS: Final[Mapping[str, str]] = {
    "gen_ai.content.prompt": "gen_ai.prompt",
    "gen_ai.content.completion": "gen_ai.completion",
}
_VIRTUAL_PARENT: Final = "virtual_parent.genai"


def kind_of(span: TracedSpan) -> Kind | None:
    """Return what a span stands for, or None where it is no work of an agent or model."""
    for name in _KIND_NAMES:
        said = span.attributes.get(name)
        if isinstance(said, str) and said:
            return _KINDS.get(said.lower())
    if first_text(span.attributes, _TOOL_ID[:1]):
        return "tool"
    has_model = first_text(span.attributes, _MODEL[:2]) is not None
    return "model" if has_model and any(n.name == _CHOICE for n in span.notes) else None


def is_about_messages(note: Note) -> bool:
    """Tell whether a log record carries what was said in a model call."""
    return note.name in {*_MESSAGE_NOTES, _CHOICE, _DETAILS, *_CONTENTS}


def session_of(attributes: Mapping[str, Any]) -> str | None:
    """Return the session that a span belongs to."""
    return first_text(attributes, _SESSION)


def parent_of(span: TracedSpan) -> str | None:
    """Return the id of the span above, which Visual Studio says in an attribute of its own."""
    return first_text(span.attributes, (_VIRTUAL_PARENT,)) or span.parent_id


def model_of(attributes: Mapping[str, Any]) -> str | None:
    """Return the model that answered, or else the one that was asked."""
    return first_text(attributes, _MODEL)


def tokens_of(attributes: Mapping[str, Any]) -> Tokens:
    """Return what a model call cost; its input counts include what the cache served."""
    given, read = _count(attributes, _INPUT), _count(attributes, _CACHE_READ)
    written = _count(attributes, _CACHE_WRITE)
    cached = (read or 0) + (written or 0)
    fresh = given - cached if given is not None and given >= cached else given
    return (fresh, _count(attributes, _OUTPUT), read, written, _count(attributes, _REASONING))


def given_to(attributes: Mapping[str, Any], notes: Iterable[Note]) -> tuple[Said, ...]:
    """Return the messages that went into a model call or a run of an agent."""
    system = [
        said._replace(speaker="system")
        for said in read_messages(_one_message(attributes.get("gen_ai.system_instructions")))
    ]
    newest, *older = _GIVEN
    told = read_messages(attributes.get(newest))
    told = told or tuple(said for note in notes for said in _given_in(note))
    for prefix in _NUMBERED_GIVEN:
        told = told or numbered_messages(attributes, prefix)
    return (*system, *(told or read_messages(first(attributes, older))))


def said_by(attributes: Mapping[str, Any], notes: Iterable[Note]) -> tuple[Said, ...]:
    """Return the messages that came out of a model call or a run of an agent."""
    newest, *older = _SAID
    told = read_messages(attributes.get(newest))
    told = told or tuple(said for note in notes for said in _said_in(note))
    for prefix in _NUMBERED_SAID:
        told = told or numbered_messages(attributes, prefix)
    return replies(told or read_messages(first(attributes, older)))


def _one_message(parts: object) -> object:
    """Return instructions, which stand as parts without a message, as one."""
    found = decoded(parts)
    return {"role": "system", "parts": found} if isinstance(found, list) else found


def _given_in(note: Note) -> tuple[Said, ...]:
    if note.name in _MESSAGE_NOTES:
        said = read_message(_body_of(note), _MESSAGE_NOTES[note.name])
        return (said._replace(speaker=_MESSAGE_NOTES[note.name]),) if said is not None else ()
    if note.name == _DETAILS:
        return given_to(note.attributes, ())
    name = _CONTENTS.get(note.name)
    return read_messages(note.attributes.get(name)) if name == "gen_ai.prompt" else ()


def _said_in(note: Note) -> tuple[Said, ...]:
    if note.name == _CHOICE:
        said = read_message(_body_of(note), "agent")
        return (said,) if said is not None else ()
    if note.name == _DETAILS:
        return said_by(note.attributes, ())
    name = _CONTENTS.get(note.name)
    return read_messages(note.attributes.get(name)) if name == "gen_ai.completion" else ()


def _body_of(note: Note) -> object:
    """Return a message in an event: its body, or its attributes, or one of them as JSON."""
    if note.body is not None:
        return decoded(note.body)
    whole = decoded(note.attributes.get("gen_ai.event.content"))
    return whole if whole is not None else {k: decoded(v) for k, v in note.attributes.items()}


def call_of(span: TracedSpan) -> ToolCall:
    """Return the call that a tool's span is of; its id is empty where none was recorded."""
    given = decoded(first(span.attributes, _TOOL_GIVEN))
    name = first_text(span.attributes, _TOOL_NAME)
    return ToolCall(
        id=first_text(span.attributes, _TOOL_ID) or "",
        name=name or span.name.removeprefix("execute_tool ").strip(),
        arguments={} if is_too_deep(given) else tool_arguments(given),
    )


def result_of(span: TracedSpan) -> str | None:
    """Return what a tool gave back; None where the trace does not hold it."""
    found = first(span.attributes, _TOOL_RESULT)
    return None if found is None else as_text(found)


def status_of(span: TracedSpan) -> ResultStatus:
    """Return how a span ended: only its status and the type of its error are proof."""
    if span.failed or first_text(span.attributes, ("error.type",)):
        return "error"
    return "unknown" if span.failed is None else "ok"


def error_of(span: TracedSpan) -> str | None:
    """Return what a span says of its failure."""
    for note in span.notes:
        if note.name == "exception" and (said := text(note.attributes.get("exception.message"))):
            return said
    return span.message or first_text(span.attributes, ("error.type",))


def first(attributes: Mapping[str, Any], names: Iterable[str]) -> Any:
    """Return the first of these attributes that is set."""
    return next((attributes[name] for name in names if attributes.get(name) is not None), None)


def first_text(attributes: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Return the first of these attributes that is a text with something in it."""
    return next((said for name in names if (said := text(attributes.get(name)))), None)


def _count(attributes: Mapping[str, Any], names: Iterable[str]) -> int | None:
    return next(
        (n for name in names if (n := whole_number(attributes.get(name))) is not None), None
    )
