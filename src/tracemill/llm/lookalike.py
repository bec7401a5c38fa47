"""A model that repeats the right answer of the most similar example; the scripted trainer makes it.

It compares words, and puts names that it never met into the arguments that it learned, the first
into the first. That is little, and enough to turn every wheel around a model within seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.named_files import read_bytes
from tracemill.llm.protocol import SubjectConfig, spoken
from tracemill.llm.scripted import Reply, ScriptedSubject
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import load_format

_WORD: Final = re.compile(r"[^\s`,;?]*[^\s`,;?.]")
_NAME: Final = re.compile(r"[/_*.]|[a-z][A-Z]")


def open_subject(config: SubjectConfig) -> ScriptedSubject:
    """Open what was learned: the script in the adapter's folder; without one, nothing is known."""
    format_ = load_format(config.template or "compact", Path(config.model))
    replies: list[Reply] = []
    if config.adapter is not None:
        path = Path(config.adapter) / "script.jsonl"
        lines = read_bytes(path, "script of the adapter").splitlines()
        replies = [msgspec.json.decode(line, type=Reply) for line in lines]
    return ScriptedSubject(config.title, _Lookalike(replies), format_.spec.fingerprint)


class _Lookalike:
    def __init__(self, replies: Sequence[Reply]) -> None:
        self._replies = [(set(_words(reply.when or "")), reply) for reply in replies]
        self._met = {word for words, _ in self._replies for word in words}

    def __call__(self, messages: Sequence[Message], _tools: Any) -> Message:
        if not self._replies:
            return spoken("I do not know.")
        said = _words(messages[-1].content)
        asked = set(said)
        likest = max(self._replies, key=lambda each: len(each[0] & asked) / len(each[0] | asked))
        reply = likest[1]
        new = iter([word for word in said if _NAME.search(word) and word not in self._met])
        return spoken(reply.text, [_with_new(call, new, reply.when or "") for call in reply.calls])


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _with_new(call: dict[str, Any], new: Any, learned: str) -> dict[str, Any]:
    """Return a call with words of the question in place of those of what was learned."""
    arguments = {
        name: next(new, value) if isinstance(value, str) and value in learned else value
        for name, value in call["arguments"].items()
    }
    return {"name": call["name"], "arguments": arguments}
