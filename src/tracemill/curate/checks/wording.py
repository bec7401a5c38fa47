"""What a row's texts are when nobody looks at the details: the basis of every comparison."""

from __future__ import annotations

import re
from typing import Final

from tracemill.records.audits import TrainingRow

_NUMBER: Final = re.compile(r"\d+")


def asked(row: TrainingRow) -> str:
    """Return everything that the user says in a row."""
    return " ".join(message.content for message in row.messages if message.role == "user")


def said(row: TrainingRow) -> str:
    """Return everything that is said in a row, calls that are fields of their own included."""
    calls = (str(c.arguments) for made in row.calls for c in made if c.style == "structured")
    return "\n".join([*(m.content for m in row.messages if m.role != "system"), *calls])


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
