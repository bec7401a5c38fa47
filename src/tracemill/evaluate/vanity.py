"""Measures that look like evaluation and are none: kept to show that a check catches them.

Both were used to accept models that had learnt nothing: a long reply counted as a good one, and a
reply that named a tool counted as one that called it. They fit the seam of scorers so that
`proving.prove` can be pointed at them; no suite can ask for them.
"""

from __future__ import annotations

from typing import Final

from tracemill.llm import Answer
from tracemill.records.models.evaluations import Case, Fault

_LONG_ENOUGH: Final = 40


def by_length(case: Case, answer: Answer) -> Fault | None:
    """Pass whatever is long."""
    del case
    return None if len(answer.message.content) >= _LONG_ENOUGH else "said_nothing"


def by_keyword(case: Case, answer: Answer) -> Fault | None:
    """Pass whatever names the tool, in whichever way."""
    text = answer.message.content + str(answer.calls)
    return None if all(call.name in text for call in case.wanted) else "wrong_tool"
