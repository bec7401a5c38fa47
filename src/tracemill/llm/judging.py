"""A model as a judge: it gives a verdict of one word on what it is shown.

The words that it may say are given; whatever else comes back is no verdict. Who could not be asked
has said nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, Final

from tracemill.llm import open_subject
from tracemill.llm.protocol import AskSettings, SubjectConfig, SubjectError
from tracemill.records.datasets.examples import Message

AskJudge = Callable[[Sequence[Message], Mapping[str, Any]], str | None]
"""Asks the judge, with the schema of the answer; None where it could not be asked."""

_MAX_TOKENS: Final = 64


@contextmanager
def open_judge(config: SubjectConfig | None) -> Iterator[AskJudge | None]:
    """Open the model that judges; where none is named, nobody is asked.

    Raises:
        SubjectError: it cannot be opened.
    """
    if config is None:
        yield None
        return
    with open_subject(config) as subject:

        def ask(messages: Sequence[Message], schema: Mapping[str, Any]) -> str | None:
            settings = AskSettings(max_tokens=_MAX_TOKENS, schema=dict(schema))
            try:
                return subject.answer(messages, (), settings).message.content
            except SubjectError:
                return None

        yield ask


def judge_name(config: SubjectConfig) -> str:
    """Return what a judge is called in reports: its door and its model, without folders."""
    return f"{config.backend}:{PurePath(config.title).name}"


def verdict_schema(words: Collection[str]) -> dict[str, Any]:
    """Return the JSON Schema of an answer that says one of some words as its `verdict`."""
    return {
        "type": "object",
        "properties": {"verdict": {"enum": list(words)}},
        "required": ["verdict"],
        "additionalProperties": False,
    }


def read_verdict(answer: str | None, words: Collection[str]) -> str | None:
    """Return the word that a judge says; None where it says none of them."""
    said = answer or ""
    start, end = said.find("{"), said.rfind("}")
    try:
        read = json.loads(said[start : end + 1]) if start >= 0 else None
    except (ValueError, RecursionError):
        return None
    word = read.get("verdict") if isinstance(read, dict) else None
    return word if isinstance(word, str) and word in words else None
