"""A team's own file of reviews: `labeled/manual_reviews.jsonl`, one review on a line.

The field names are those of the document in which teams write down their process; answers stand
below the section of their question. Only what was said goes out, nothing that waits.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tracemill.base.clock import parse_moment
from tracemill.base.errors import DataError
from tracemill.records.events.reviews import ReviewForm, ReviewItem
from tracemill.review.checklist import Checklist
from tracemill.review.exchange import Judgement, ToolFile, filled, first_of

PATH: Final = "labeled/manual_reviews.jsonl"
_FEEDBACK: Final = ("overall_rating", "comments", "suggested_improvements", "learning_signal")


class ManualReviews:
    """The file of manual reviews."""

    def write(
        self,
        items: Sequence[ReviewItem],
        checklist: Checklist,
        judged: Mapping[str, Sequence[Judgement]],
    ) -> list[ToolFile]:
        """Return the file."""
        sections = {question.name: question.section for question in checklist.questions}
        lines = [
            json.dumps(_line(one, sections), ensure_ascii=False)
            for item in items
            for one in judged.get(item.id, ())
        ]
        return [ToolFile(PATH, "".join(f"{line}\n" for line in lines).encode())]

    def recognises(self, document: Any) -> bool:
        """Tell whether a document looks like lines of the file."""
        return {"subject", "reviewer_feedback"} <= first_of(document).keys()

    def read(self, document: Any) -> list[Judgement]:
        """Return what people said, from the objects on the lines.

        Raises:
            DataError: a line is no review.
        """
        if not isinstance(document, list):
            raise DataError("expected lines of reviews, found something else")
        return [_judgement(line, f"line {at}") for at, line in enumerate(document, start=1)]


def _line(one: Judgement, sections: Mapping[str, str]) -> dict[str, Any]:
    checklist: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, answer in one.form.checklist.items():
        checklist[sections.get(name, "other")][name] = answer
    return {
        "subject": one.subject_id,
        "reviewer": one.reviewer,
        "timestamp": one.at.isoformat() if one.at else None,
        "seconds": one.seconds,
        "outcome": one.form.outcome,
        "review_checklist": checklist,
        "reviewer_feedback": {name: getattr(one.form, name) for name in _FEEDBACK},
    }


def _judgement(line: Any, where: str) -> Judgement:
    if not isinstance(line, dict) or not isinstance(line.get("subject"), str):
        raise DataError(f"{where}: expected a review with its subject, found none")
    said = {name: line.get(name) for name in ("review_checklist", "reviewer_feedback")}
    if not all(isinstance(part, dict | None) for part in said.values()):
        raise DataError(f"{where}: expected objects in {' and '.join(said)}, found others")
    answers = {**(said["reviewer_feedback"] or {}), **dict(_checked(said["review_checklist"]))}
    answers["outcome"] = line.get("outcome")
    form: ReviewForm = filled(answers, where)
    at, seconds = line.get("timestamp"), line.get("seconds")
    return Judgement(
        line["subject"],
        str(line.get("reviewer") or "unknown"),
        form,
        parse_moment(at) if isinstance(at, str) else None,
        float(seconds) if isinstance(seconds, int | float) else None,
    )


def _checked(sections: Any) -> Iterator[tuple[str, Any]]:
    for answers in (sections or {}).values():
        if isinstance(answers, dict):
            yield from answers.items()
