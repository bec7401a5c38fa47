"""Messages to text, and where in it the assistant speaks.

What the assistant says begins where the template's generation prompt ends, and goes up to and with
the text that ends an answer: exactly what a model will be asked to write. That holds for any
template whose turns begin and end with control tokens, whether it marks its generation or not.
Messages may hold no control token: nobody could tell it from the template's own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from jinja2 import TemplateError

from tracemill.base.errors import DataError, UsageError
from tracemill.records.datasets.examples import Message
from tracemill.records.datasets.templates import ToolStyle
from tracemill.render.chat_message import chat_message
from tracemill.render.jinja import compile_template, without_marks

_CONTROL: Final = re.compile(
    r"<\|[^|<>\s]+\|?>|<[a-z_]+\|>|</?s>|<(?:start|end)_of_turn>|<\uff5c[^\uff5c<>]+\uff5c>"
)
_REFUSALS: Final = (TemplateError, TypeError)
"""How a template refuses: in words, or by adding up what does not go together."""
_QUESTION: Final = "Tracemill's question"
_WORD: Final = "Tracemill's answer"


class Span(NamedTuple):
    """Characters of a text, from `start` up to but not including `end`."""

    start: int
    end: int


class Rendered(NamedTuple):
    """Messages as one text."""

    text: str
    """The text."""
    spans: tuple[Span | None, ...]
    """What each assistant message says, with its end; None where it stands in another way."""


class UnrenderableError(DataError):
    """Messages that have no faithful form in a template; `reason` is what to count."""

    def __init__(self, reason: str, says: str) -> None:
        super().__init__(says)
        self.reason = reason


class ChatTemplate:
    """One chat template, and what can be found out about it by trying."""

    def __init__(self, name: str, source: str, tokens: Mapping[str, str] | None = None) -> None:
        """Take a template's text, and the tokens that it may ask for, as `eos_token`.

        Raises:
            UsageError: it is no template, or its turns cannot be told apart.
        """
        self.name = name
        self.source = source
        self.tokens = dict(tokens or {})
        try:
            self._template = compile_template(source)
            self._find_marks()
        except _REFUSALS as error:
            raise UsageError(f"chat template {name!r} cannot be used: {error}") from None
        self.tool_style = self._find_tool_style()
        self.is_extending = all(map(self._extends, _PROBES))

    @property
    def sha256(self) -> str:
        """Hash of what servers read of it."""
        return hashlib.sha256(without_marks(self.source).encode()).hexdigest()

    def _find_marks(self) -> None:
        """Find how an answer begins and ends, by rendering one."""
        user = {"role": "user", "content": _QUESTION}
        asked = self._text([user], (), asks=False)
        prompt = self._text([user], (), asks=True)
        answer = {"role": "assistant", "content": _WORD}
        answered = self._text([user, answer], (), asks=False)
        before, _, after = answered.partition(_WORD)
        self.generation_prompt = prompt.removeprefix(asked)
        self.header = _shared_start(before.removeprefix(asked), self.generation_prompt)
        stop = _CONTROL.match(after)
        is_told = prompt.startswith(asked) and answered.startswith(asked)
        begins = _CONTROL.findall(asked.partition(_QUESTION)[0])[-1:]
        if stop is None or [stop[0]] == begins or not is_told or not _CONTROL.search(self.header):
            raise UsageError(
                f"chat template {self.name!r} does not begin and end an answer with control "
                "tokens, so nobody can tell what the assistant says; take another template"
            )
        self.stop = stop[0]
        self.control_tokens = tuple(sorted(set(_CONTROL.findall(answered + prompt))))

    def _find_tool_style(self) -> ToolStyle:
        tool = _PROBE_TOOL
        try:
            text = self._text([{"role": "user", "content": "x"}], [tool], asks=True)
        except _REFUSALS:
            return "none"
        if "probe_tool" not in text:
            return "none"
        if "probe_tool(" in text:
            return "signatures"
        return "schemas" if '"parameters"' in text else "own"

    def _extends(self, messages: Sequence[Message]) -> bool:
        """Tell whether each answer stands in the whole as it stood when it was the last word."""
        try:
            full = self._plain(messages)
            ends = [i + 1 for i, each in enumerate(messages) if each.role == "assistant"]
            return all(full.startswith(self._plain(messages[:end])) for end in ends)
        except _REFUSALS:
            return True  # what it refuses it does not rewrite

    def _plain(self, messages: Sequence[Message]) -> str:
        return self._text([chat_message(each) for each in messages], (), asks=False)

    def _text(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Any], *, asks: bool
    ) -> str:
        return self._template.render(
            messages=messages, tools=list(tools) or None, add_generation_prompt=asks, **self.tokens
        )

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        asks: bool = False,
    ) -> Rendered:
        """Return the text of `messages`; where it `asks`, the generation prompt ends it.

        Raises:
            UnrenderableError: the template has no faithful form for them.
        """
        self._refuse_control_tokens(messages, tools)
        try:
            text = self._text([chat_message(each) for each in messages], tools, asks=asks)
        except _REFUSALS as error:
            raise UnrenderableError(
                "template_refused", f"template {self.name!r} refuses the messages: {error}"
            ) from None
        n_answers = sum(message.role == "assistant" for message in messages)
        if text.count(self.header) != n_answers + asks:
            raise UnrenderableError(
                "answers_merged",
                f"template {self.name!r} shows {text.count(self.header) - asks} answers for "
                f"{n_answers} assistant messages",
            )
        return Rendered(text, tuple(self._spans(text, n_answers)))

    def _spans(self, text: str, n_answers: int) -> Iterator[Span | None]:
        position = 0
        for _ in range(n_answers):
            start = text.index(self.header, position)
            end = text.find(self.stop, start + len(self.header))
            if end < 0:
                raise UnrenderableError(
                    "answer_without_end", f"template {self.name!r} leaves an answer without its end"
                )
            position = end + len(self.stop)
            is_as_asked = text.startswith(self.generation_prompt, start)
            yield Span(start + len(self.generation_prompt), position) if is_as_asked else None

    def _refuse_control_tokens(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]
    ) -> None:
        for place, text in _texts(messages, tools):
            for token in self.control_tokens:
                if token in text:
                    raise UnrenderableError(
                        "control_token", f"{place}: holds the control token {token!r}"
                    )


def _shared_start(one: str, other: str) -> str:
    pairs = enumerate(zip(one, other, strict=False))
    end = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
    return one[:end]


def _texts(
    messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    for number, message in enumerate(messages):
        place = f"message {number}"
        yield place, message.content
        yield place, message.reasoning or ""
        yield place, message.name or ""
        for call in message.tool_calls:
            yield place, json.dumps(call, ensure_ascii=False)
    for tool in tools:
        yield "tools", json.dumps(tool, ensure_ascii=False)


def _message(role: Any, content: str, **more: Any) -> Message:
    return Message(role=role, content=content, **more)


_PROBE_TOOL: Final = {
    "type": "function",
    "function": {
        "name": "probe_tool",
        "description": "Probe.",
        "parameters": {
            "type": "object",
            "properties": {"path": {"type": "string", "description": "p"}},
            "required": ["path"],
        },
    },
}
_CALL: Final = {
    "type": "function",
    "id": "abcdefgh1",
    "function": {"name": "probe_tool", "arguments": {"path": "p"}},
}
_RESULT: Final = _message("tool", "t", tool_call_id="abcdefgh1", name="probe_tool")
_PROBES: Final = (
    [_message("user", "a"), _message("assistant", "b"),
     _message("user", "c"), _message("assistant", "d")],
    [_message("user", "a"), _message("assistant", "b", reasoning="r"),
     _message("user", "c"), _message("assistant", "d", reasoning="s")],
    [_message("user", "a"), _message("assistant", "", tool_calls=(_CALL,)), _RESULT,
     _message("assistant", "d")],
    [_message("user", "a"), _message("assistant", "b", reasoning="r", tool_calls=(_CALL,)), _RESULT,
     _message("assistant", "d", reasoning="s"), _message("user", "e"), _message("assistant", "f")],
)  # fmt: skip
"""Chats of the kinds in which templates are known to rewrite what was said before."""
