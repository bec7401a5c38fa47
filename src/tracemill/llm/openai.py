"""Any server that speaks OpenAI's chat completions: a gateway, vLLM, llama.cpp, a vendor.

What the server made of the model's text is what is known; the text itself and the format in which
it spoke to the model stay behind its door.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras
from tracemill.base.json_values import is_writable
from tracemill.llm.protocol import (
    Answer,
    AskSettings,
    CallFault,
    FinishReason,
    SubjectConfig,
    SubjectError,
    UnreachableError,
    read_arguments,
    spoken,
)
from tracemill.records.datasets.examples import Message

if TYPE_CHECKING:
    from openai import OpenAI

_FINISHES: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "content_filter": "filter",
}
_REFUSING: Final = frozenset({400, 413, 422})
"""Statuses of an endpoint that does not take one question, and may well take the next."""


class OpenAISubject:
    """A model behind an endpoint."""

    def __init__(self, config: SubjectConfig, client: OpenAI) -> None:
        self.name = config.title
        self.format = config.template
        self._model = config.model
        self._client = client

    def answer(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], settings: AskSettings
    ) -> Answer:
        """Ask the endpoint."""
        from openai import APIStatusError, OpenAIError

        begun = time.perf_counter()
        try:
            given = self._client.post(
                "/chat/completions",
                body={"model": self._model, **chat_request(messages, tools, settings)},
                cast_to=dict[str, Any],
            )
        except OpenAIError as error:
            is_refusal = isinstance(error, APIStatusError) and error.status_code in _REFUSING
            raise (SubjectError if is_refusal else UnreachableError)(
                f"{self.name!r} gave no answer: {type(error).__name__}; look at its endpoint"
            ) from error
        return read_completion(given, time.perf_counter() - begun, self.format)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def open_subject(config: SubjectConfig) -> OpenAISubject:
    """Make a client of the endpoint; nothing is asked yet."""
    try:
        from openai import OpenAI
    except ImportError as error:
        raise UsageError(
            f"to ask an endpoint, the package 'openai' is needed; run: {install_extras('llm')}"
        ) from error
    if config.endpoint is None:
        raise UsageError("expected an endpoint, for example http://127.0.0.1:8080/v1, found none")
    key = os.environ.get(config.key_variable, "none")
    return OpenAISubject(config, OpenAI(base_url=config.endpoint, api_key=key, max_retries=2))


def chat_request(
    messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], settings: AskSettings
) -> dict[str, Any]:
    """Return a request for the next message, but for the model's name."""
    request: dict[str, Any] = {
        "messages": [_message(message) for message in messages],
        "max_tokens": settings.max_tokens,
        "temperature": settings.temperature,
        "seed": settings.seed,
    }
    if settings.schema is not None:
        named = {"name": "answer", "strict": True, "schema": settings.schema}
        request["response_format"] = {"type": "json_schema", "json_schema": named}
    return {**request, "tools": list(tools)} if tools else request


def _message(message: Message) -> dict[str, Any]:
    """Return a message in the interface's form, where arguments are JSON texts."""
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        row["tool_call_id"] = message.tool_call_id
    if message.name is not None:
        row["name"] = message.name
    return row


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call["function"]
    arguments = msgspec.json.encode(function["arguments"]).decode()
    return {**call, "function": {"name": function["name"], "arguments": arguments}}


class _Said(msgspec.Struct):
    content: str | None = None
    tool_calls: list[Any] | None = None


class _Choice(msgspec.Struct):
    message: _Said
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(msgspec.Struct):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]
    usage: _Usage | None = None


def read_completion(given: Mapping[str, Any], seconds: float, format_: str | None) -> Answer:
    """Return what a chat completion says.

    Raises:
        SubjectError: it is no chat completion.
    """
    try:
        completion = msgspec.convert(given, _Completion)
    except msgspec.ValidationError as error:
        raise SubjectError("expected a chat completion, found something else") from error
    choice, usage = completion.choices[0], completion.usage or _Usage()
    calls, faults = _calls(choice.message.tool_calls or ())
    text = choice.message.content or ""
    return Answer(
        message=spoken(text.encode(errors="replace").decode(), calls),
        faults=faults,
        finish=_FINISHES.get(choice.finish_reason or "", "unknown"),
        n_prompt_tokens=usage.prompt_tokens,
        n_answer_tokens=usage.completion_tokens,
        seconds=seconds,
        format=format_,
    )


def _calls(began: Sequence[Any]) -> tuple[list[dict[str, Any]], tuple[CallFault, ...]]:
    read = [_read_call(each) for each in began]
    calls = [each for each in read if isinstance(each, dict)]
    return calls, tuple(each for each in read if not isinstance(each, dict))


def _read_call(began: Any) -> dict[str, Any] | CallFault:
    """Return a call's name and arguments, or why it is none."""
    function = began.get("function") if isinstance(began, dict) else None
    if not isinstance(function, dict):
        return "not_an_object"
    arguments = read_arguments(function.get("arguments"))
    if isinstance(arguments, str):
        return arguments
    name = function.get("name")
    if not (name and isinstance(name, str) and is_writable(name)):
        return "no_name"
    return {"name": name, "arguments": arguments}
