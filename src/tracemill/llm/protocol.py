"""The seam for models: what is asked of one, and what came of it.

A subject is a model behind any door. It is asked for its next message, with everything that was
said before and the tools that it may call, and gives an answer: the message, the text as the model
wrote it, what it cost, and in which format it was spoken to. A call that cannot be read is no call,
and is told under its reason; a door that does not open is an error, since it says nothing about the
model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from tracemill.base.errors import TracemillError
from tracemill.base.json_values import is_writable
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Count, Record

FinishReason = Literal["stop", "tool_calls", "length", "filter", "unknown"]
"""Why the model stopped: it was done, it called a tool, it ran out of room, somebody filtered it,
or nobody says."""

CallFault = Literal["not_json", "not_an_object", "no_name"]
"""Why an endpoint's call is none."""


class SubjectError(TracemillError):
    """A model could not be asked, so nothing is known about what it would have said."""


class UnreachableError(SubjectError):
    """Nobody answers where a model should be, whatever is asked."""


class AskSettings(Record, frozen=True, kw_only=True):
    """How an answer is drawn. The defaults ask for the likeliest one."""

    max_tokens: int = 256
    """Longest answer."""
    temperature: float = 0.0
    """0 for the likeliest token each time."""
    seed: int = 0
    """Seed of the draw, where the door takes one."""
    adapter_scale: float | None = None
    """How strongly an adapter acts in this answer; None for what the subject was opened with."""
    schema: dict[str, Any] | None = None
    """JSON Schema that the words must fit, where the door can hold the model to one; others pass
    over it, so whoever asks reads the answer with care all the same."""


class Answer(Record, frozen=True, kw_only=True):
    """What a model said, and how."""

    message: Message
    """The message, with the calls that could be read. Arguments are objects."""
    raw: str | None = None
    """The text as the model wrote it; None where the door gives only what it made of it."""
    faults: tuple[str, ...] = ()
    """Why calls that it began could not be read, in their order."""
    finish: FinishReason = "unknown"
    """Why it stopped."""
    n_prompt_tokens: Count | None = None
    """Tokens of what it was asked; None where nobody counted."""
    n_answer_tokens: Count | None = None
    """Tokens of what it said; None where nobody counted."""
    seconds: float | None = None
    """How long it took; None where nothing was computed."""
    format: str | None = None
    """Fingerprint of the template that it was spoken to in; None where nobody knows it."""

    @property
    def calls(self) -> tuple[dict[str, Any], ...]:
        """The tool calls, each with `name` and `arguments`."""
        return tuple(call["function"] for call in self.message.tool_calls)


class SubjectConfig(Record, frozen=True, kw_only=True):
    """Which model, and through which door."""

    backend: str
    """Name of the door: `scripted`, `openai`, `llama-cpp`, `transformers`."""
    model: str
    """A weights file or folder, a hub id, the model's name at an endpoint, or a script."""
    adapter: str | None = None
    """A LoRA adapter on top of it, in the form that the door takes."""
    adapter_scale: float = 1.0
    """How strongly it acts, where the question does not say."""
    endpoint: str | None = None
    """Where an OpenAI-compatible server answers, for example `http://127.0.0.1:8080/v1`."""
    key_variable: str = "OPENAI_API_KEY"
    """The environment variable that holds the endpoint's key."""
    template: str | None = None
    """Name or file of the template that it is spoken to in; None for the model's own."""
    format: str | None = None
    """Fingerprint of the format that it was trained in; where it is known, no other is taken."""
    context: int = 2048
    """Longest prompt and answer together, in tokens, where the door has a say in it."""
    threads: int = 1
    """Threads to compute with, where we compute."""
    name: str | None = None
    """What it is called in reports; None for its model's name."""
    weights: str | None = None
    """The file or folder by whose bytes it is known, where that is not what the door takes."""

    @property
    def title(self) -> str:
        """What it is called in reports."""
        return self.name or self.model


class Subject(Protocol):
    """A model that can be asked for its next message."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        ...

    @property
    def format(self) -> str | None:
        """Fingerprint of the template that it is spoken to in; None where nobody knows it."""
        ...

    def answer(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], settings: AskSettings
    ) -> Answer:
        """Return the next message.

        Raises:
            SubjectError: the model could not be asked.
        """
        ...

    def close(self) -> None:
        """Give back what it holds; a closed subject is not asked again."""
        ...


def tool_call(name: str, arguments: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
    """Return a call in the form of messages."""
    return {
        "type": "function",
        "id": f"call_{number}",
        "function": {"name": name, "arguments": dict(arguments)},
    }


def spoken(text: str = "", calls: Sequence[Mapping[str, Any]] = ()) -> Message:
    """Return an assistant's message, from its text and its calls' names and arguments."""
    made = (tool_call(call["name"], call["arguments"], number) for number, call in enumerate(calls))
    return Message(role="assistant", content=text, tool_calls=tuple(made))


def read_arguments(given: Any) -> dict[str, Any] | CallFault:
    """Return a call's arguments as an object, from an object or JSON text of one, or the fault."""
    if isinstance(given, str):
        try:
            given = msgspec.json.decode(given or "{}")
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return "not_json"
    if not is_writable(given):
        return "not_json"
    return given if isinstance(given, dict) else "not_an_object"
