"""What labelling tools of others are handed, and what comes back: files, no servers.

A tool shows an item and asks the questions of the checklist; it gives back one judgement for each
person and item. The tools' own words for that are in `label_studio` and `argilla`; each can read
what it writes, with nothing lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol, get_args

import msgspec

from tracemill.base.errors import DataError
from tracemill.records.events.reviews import ReviewForm, ReviewItem
from tracemill.records.work.episodes import Outcome
from tracemill.review.checklist import Checklist

OUTCOMES: Final[tuple[str, ...]] = get_args(Outcome)
TEXTS: Final[Mapping[str, str]] = {
    "comments": "What else is there to say?",
    "suggested_improvements": "What would have been better?",
    "learning_signal": "What should be learned from it?",
}
"""Questions that are answered in words."""
OUTCOME_TEXT: Final = "What became of the work?"


class Judgement(NamedTuple):
    """What one person said of one thing, as a tool gives it back."""

    subject_id: str
    reviewer: str
    form: ReviewForm
    at: datetime | None = None
    """When; None where the tool does not say."""
    seconds: float | None = None
    """How long the person looked; None where the tool does not say."""


class ToolFile(NamedTuple):
    """One file for a tool."""

    path: str
    """Its path below the folder."""
    data: bytes


class Tool(Protocol):
    """A labelling tool whose files are known."""

    def write(
        self,
        items: Sequence[ReviewItem],
        checklist: Checklist,
        judged: Mapping[str, Sequence[Judgement]],
    ) -> list[ToolFile]:
        """Return the files that hand items to the tool, with what was said of them before."""
        ...

    def recognises(self, document: Any) -> bool:
        """Tell whether a document may be one that the tool exports."""
        ...

    def read(self, document: Any) -> list[Judgement]:
        """Return what people said in the tool, from the document that it exports.

        Raises:
            DataError: the document is not what the tool exports.
        """
        ...


def shown_text(item: ReviewItem) -> str:
    """Return what is shown of an item as one text."""
    parts = (f"{part.name}\n" + "\n".join(part.lines) for part in item.parts)
    return "\n\n".join([item.title, *parts])


def filled(answers: Mapping[str, Any], where: str) -> ReviewForm:
    """Return the form that answers by the name of their question fill in.

    Raises:
        DataError: an answer is not what its question takes.
    """
    known = set(ReviewForm.__struct_fields__) - {"checklist"}
    own = {name: value for name, value in answers.items() if name in known}
    others = {name: value for name, value in answers.items() if name not in known}
    try:
        return msgspec.convert({**own, "checklist": others}, ReviewForm)
    except msgspec.ValidationError as error:
        said = str(error).partition(" - at ")
        raise DataError(
            f"{where}: expected answers of the checklist, found another at {said[2]}"
        ) from None


def first_of(document: Any) -> dict[str, Any]:
    """Return the first object of a list, empty where there is none."""
    first = document[0] if isinstance(document, list) and document else None
    return first if isinstance(first, dict) else {}


def answers_of(form: ReviewForm) -> dict[str, str | int]:
    """Return the answers of a form by the name of their question; open ones are left out."""
    own: dict[str, str | int | None] = {
        "outcome": form.outcome,
        "overall_rating": form.overall_rating,
        **form.checklist,
        **{name: getattr(form, name) for name in TEXTS},
    }
    return {name: value for name, value in own.items() if value is not None}
