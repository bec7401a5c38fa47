"""Checks of the assistant's answers: not empty, in one form, and not cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tracemill.curate.checks.protocol import Checked, Objection
from tracemill.curate.checks.wording import answered, calls_any
from tracemill.records.datasets.audits import TrainingRow, WrittenCall

_SHORTEST_ANSWER: Final = 20
_PROMPTS: Final = "prompt"


def short_answers(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose last answer is too short to teach anything, and calls nothing."""
    for row in ending_in_answers(checked):
        if len(answered(row)) < _SHORTEST_ANSWER:
            yield row, f"the last answer has {len(answered(row))} characters"


def ending_in_answers(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that end with an answer and not with a call."""
    return [
        row for row in checked.rows if row.messages[-1].role == "assistant" and not row.calls[-1]
    ]


def unanswered(checked: Checked) -> Iterator[Objection]:
    """Yield rows that do not end with what the assistant says: nothing there is learned."""
    for row in meant_to_answer(checked):
        if row.messages[-1].role != "assistant":
            yield row, f"the last message is the {row.messages[-1].role}'s"


def meant_to_answer(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that are to hold an answer: prompts alone are not."""
    return [row for row in checked.rows if row.part != _PROMPTS]


def with_calls(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that call a tool."""
    return [row for row in checked.rows if calls_any(row)]


def calls_of(row: TrainingRow) -> Iterator[WrittenCall]:
    """Yield every call of a row."""
    for calls in row.calls:
        yield from calls


def other_style(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose calls are written in another way than most."""
    styles = Counter(call.style for row in checked.rows for call in calls_of(row))
    usual = max(styles, key=lambda style: (styles[style], style), default=None)
    for row in checked.rows:
        other = {call.style for call in calls_of(row)} - {usual}
        if other:
            yield row, f"a {min(other)} call, where most are {usual}"


def preambles(checked: Checked) -> Iterator[Objection]:
    """Yield rows in which text stands before a call that is written into the message."""
    for row in checked.rows:
        if any(call.has_preamble and call.style != "structured" for call in calls_of(row)):
            yield row, "text stands before the call"
