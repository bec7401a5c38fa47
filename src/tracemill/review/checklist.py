"""What a reviewer is asked: questions with closed answers, and a scale, as data.

The shipped list stands in `checklist.toml`. A team's own has the same shape; a question keeps its
name for good, since labels and agreement go by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.refs import Record

_NAME: Final = r"^[a-z][a-z0-9_]*$"
_GRADES: Final = ("1", "2", "3", "4", "5")

QuestionName = Annotated[str, msgspec.Meta(pattern=_NAME)]


class Question(Record, frozen=True, kw_only=True):
    """One question with its possible answers."""

    name: QuestionName
    """Its name in labels."""
    section: QuestionName
    """What it is about, for example `correctness`."""
    text: str
    """What is asked."""
    answers: Annotated[tuple[str, ...], msgspec.Meta(min_length=2, max_length=9)]
    """What may be answered."""


class Scale(Record, frozen=True, kw_only=True):
    """The scale of the overall rating."""

    text: str
    """What is asked."""
    grades: tuple[str, str, str, str, str]
    """What each grade means, from 1 to 5."""


class Checklist(Record, frozen=True, kw_only=True):
    """All that a reviewer is asked."""

    rating: Scale
    """The scale of the overall rating."""
    questions: tuple[Question, ...]
    """The questions, in order."""

    def fault_of(self, form: ReviewForm) -> str | None:
        """Return what of a form answers no question of the list, or None."""
        known = {question.name: question for question in self.questions}
        for name, answer in form.checklist.items():
            if name not in known:
                return f"expected one of {', '.join(known)} as a question, found {name!r}"
            if answer not in known[name].answers:
                allowed = ", ".join(known[name].answers)
                return f"{name}: expected one of {allowed}, found {answer!r}"
        return None


def shipped_checklist() -> Checklist:
    """Return the list that comes with Tracemill."""
    return read_checklist(
        resources.files("tracemill.review").joinpath("checklist.toml").read_bytes()
    )


def read_checklist(data: bytes, name: str = "checklist.toml") -> Checklist:
    """Return a list from its TOML.

    Raises:
        UsageError: it is no TOML, or a part of it is not what it must be.
    """
    try:
        found = msgspec.toml.decode(data, type=_Written)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name!r}: expected a checklist, found something else: {error}") from None
    names = [question.name for question in found.question]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"{name!r}: expected each question once, found twice: {', '.join(twice)}")
    return Checklist(rating=_scale(found.rating, name), questions=found.question)


class _Written(Record, frozen=True, kw_only=True):
    """The list as it is written down."""

    rating: dict[str, str]
    question: tuple[Question, ...]


def _scale(written: Mapping[str, str], name: str) -> Scale:
    if written.keys() != {"text", *_GRADES}:
        said = ", ".join(re.sub(r"\W", "?", key) for key in sorted(written))
        raise UsageError(f"{name!r}: expected text and 1 to 5 in [rating], found {said}")
    one, two, three, four, five = (written[grade] for grade in _GRADES)
    return Scale(text=written["text"], grades=(one, two, three, four, five))
