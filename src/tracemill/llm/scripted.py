"""A model that answers from a script: for tests and trial runs.

A script is JSON Lines of replies. A reply without `when` is given in its turn; one with `when` is
given whenever the last message holds that text. A script that is at its end says so as an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tracemill.base.errors import DataError
from tracemill.base.named_files import read_bytes
from tracemill.llm.protocol import Answer, AskSettings, SubjectConfig, SubjectError, spoken
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Record


class Reply(Record, frozen=True, kw_only=True):
    """One thing to say."""

    when: str | None = None
    """What the last message must hold; None for the next reply in turn."""
    text: str = ""
    """The words."""
    calls: tuple[dict[str, Any], ...] = ()
    """The calls, each with `name` and `arguments`."""


Script = Callable[[Sequence[Message], Sequence[Mapping[str, Any]]], Message]
"""What a script in code is: from everything said before, and the tools, to the next message."""


class ScriptedSubject:
    """Says what a function of what was said before tells it to."""

    def __init__(self, name: str, script: Script, format_: str | None = None) -> None:
        self.name = name
        self.format = format_
        self._script = script

    def answer(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], settings: AskSettings
    ) -> Answer:
        """Return what the script says; nothing is computed, so nothing is counted."""
        del settings
        message = self._script(messages, tools)
        return Answer(
            message=message,
            raw=message.content,
            finish="tool_calls" if message.tool_calls else "stop",
            format=self.format,
        )

    def close(self) -> None:
        """Do nothing: a script holds nothing."""


def follow(replies: Sequence[Reply]) -> Script:
    """Return a script that gives the replies that fit, and else the others in their turn."""
    in_turn = iter([reply for reply in replies if reply.when is None])

    def say(messages: Sequence[Message], _tools: Sequence[Mapping[str, Any]]) -> Message:
        last = messages[-1].content if messages else ""
        fits = (reply for reply in replies if reply.when is not None and reply.when in last)
        reply = next(fits, None) or next(in_turn, None)
        if reply is None:
            raise SubjectError("the script is at its end; expected a reply for every question")
        return spoken(reply.text, reply.calls)

    return say


def open_subject(config: SubjectConfig) -> ScriptedSubject:
    """Open the script that `config.model` names."""
    path = Path(config.model)
    lines = read_bytes(path, "script").splitlines()
    try:
        replies = [msgspec.json.decode(line, type=Reply) for line in lines if line.strip()]
    except msgspec.DecodeError as error:
        raise DataError(f"{config.model!r} is no script of replies: {error}") from error
    return ScriptedSubject(config.name or path.stem, follow(replies), config.template)
