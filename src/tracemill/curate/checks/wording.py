"""What a row's texts are when nobody looks at the details: the basis of every comparison."""

from __future__ import annotations

import re
from typing import Final

from tracemill.base.text import utf8
from tracemill.records.datasets.audits import TrainingRow
from tracemill.records.datasets.examples import Message

_NUMBER: Final = re.compile(r"\d+")


def asked(row: TrainingRow) -> str:
    """Return everything that the user says in a row."""
    return " ".join(message.content for message in row.messages if message.role == "user")


def said(row: TrainingRow) -> bytes:
    """Return as UTF-8 everything that is said in a row, calls that are its own fields included.

    Where a row tells what is learned of it, what stands before the request that this answers is
    left out: rows of one session share that, and differ by what they teach.
    """
    return b"\n".join([utf8(text) for text in _from(row, _first_learned(row))])


def everything_said(row: TrainingRow) -> str:
    """Return everything that is said in a row, whether or not it is learned."""
    return "\n".join([*_from(row, 0), *(m.content for m in row.rejected if m.role != "system")])


def every_message(row: TrainingRow) -> tuple[Message, ...]:
    """Return the messages of a row, of a pair those of both sides."""
    return (*row.messages, *row.rejected)


def _from(row: TrainingRow, first: int) -> list[str]:
    calls = (str(c.arguments) for own in row.calls[first:] for c in own if c.style == "structured")
    return [*(m.content for m in row.messages[first:] if m.role != "system"), *calls]


def _first_learned(row: TrainingRow) -> int:
    """Return where the request stands that is answered by the first message that is learned."""
    trained = [at for at, message in enumerate(row.messages) if message.trained]
    before = range(trained[0] if trained else 0)
    return max((at for at in before if row.messages[at].role == "user"), default=0)


def answered(row: TrainingRow) -> str:
    """Return the last thing that the assistant says in a row."""
    texts = [message.content for message in row.messages if message.role == "assistant"]
    return texts[-1] if texts else ""


def without_numbers(text: str) -> str:
    """Return a text with every number replaced, so that mere counting makes no difference."""
    return _NUMBER.sub("#", text)


def calls_any(row: TrainingRow) -> bool:
    """Tell whether a row calls any tool."""
    return any(row.calls)


def learns_to_call(row: TrainingRow) -> bool:
    """Tell whether a call is among what is learned of a row; all is, where it does not say."""
    says = any(message.trained for message in row.messages)
    return any(
        calls and (message.trained or not says)
        for message, calls in zip(row.messages, row.calls, strict=True)
    )
