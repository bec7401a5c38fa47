"""A judge to ask: a model behind the llm seam, which says one word about each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from tracemill.llm import AskSettings, SubjectConfig, SubjectError, open_subject
from tracemill.records.datasets.examples import Message
from tracemill.synth.verification.judging import AskJudge

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
