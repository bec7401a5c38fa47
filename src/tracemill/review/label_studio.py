"""Label Studio: tasks and a labeling configuration out, its JSON export back in.

A task holds what is shown as `data.text`, and our id as `data.tracemill_id`, which the tool keeps
in its export. Each question is a control of the configuration: `Choices` where answers are closed,
`Rating` for the scale, `TextArea` for words. An annotation is one person's judgement; drafts and
what was cancelled is none. Formats: "Label Studio Task Format" and "Tags" in its documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from tracemill.base.clock import parse_moment
from tracemill.base.errors import DataError
from tracemill.base.ids import digest
from tracemill.records.events.reviews import ReviewItem
from tracemill.review.checklist import Checklist
from tracemill.review.exchange import (
    OUTCOME_TEXT,
    OUTCOMES,
    TEXTS,
    Judgement,
    ToolFile,
    answers_of,
    filled,
    first_of,
    shown_text,
)

_ID: Final = "tracemill_id"
_SHOWN: Final = "text"
_RATING: Final = "overall_rating"


class LabelStudio:
    """The files of Label Studio."""

    def write(
        self,
        items: Sequence[ReviewItem],
        checklist: Checklist,
        judged: Mapping[str, Sequence[Judgement]],
    ) -> list[ToolFile]:
        """Return `tasks.json`, and `config.xml` for the project's labeling interface."""
        tasks = [
            {
                "data": {_SHOWN: shown_text(item), _ID: item.id},
                "annotations": [_annotation(one) for one in judged.get(item.id, ())],
            }
            for item in items
        ]
        return [
            ToolFile("tasks.json", json.dumps(tasks, indent=1, ensure_ascii=False).encode()),
            ToolFile("config.xml", "\n".join(_config(checklist)).encode()),
        ]

    def recognises(self, document: Any) -> bool:
        """Tell whether a document looks like an export of the tool."""
        return "data" in first_of(document)

    def read(self, document: Any) -> list[Judgement]:
        """Return what people said, from what `JSON` among the tool's exports gives.

        Raises:
            DataError: the document is no list of tasks of ours.
        """
        if not isinstance(document, list):
            raise DataError("expected a list of tasks, as Label Studio exports as JSON")
        return [found for at, task in enumerate(document) for found in _judgements(task, at)]


def _config(checklist: Checklist) -> Iterator[str]:
    yield "<View>"
    yield f'  <Text name="{_SHOWN}" value="${_SHOWN}"/>'
    yield from _choices("outcome", OUTCOME_TEXT, OUTCOMES)
    yield f"  <Header value={quoteattr(checklist.rating.text)}/>"
    yield f'  <Rating name="{_RATING}" toName="{_SHOWN}" maxRating="5"/>'
    for question in checklist.questions:
        yield from _choices(question.name, question.text, question.answers)
    for name, text in TEXTS.items():
        yield f"  <Header value={quoteattr(text)}/>"
        yield f'  <TextArea name="{name}" toName="{_SHOWN}" maxSubmissions="1"/>'
    yield "</View>\n"


def _choices(name: str, text: str, answers: Sequence[str]) -> Iterator[str]:
    yield f"  <Header value={quoteattr(text)}/>"
    yield f'  <Choices name="{name}" toName="{_SHOWN}" choice="single">'
    for answer in answers:
        yield f"    <Choice value={quoteattr(answer)}/>"
    yield "  </Choices>"


def _annotation(one: Judgement) -> dict[str, Any]:
    results = [
        {
            "id": digest(one.subject_id, one.reviewer, name)[:10],
            "from_name": name,
            "to_name": _SHOWN,
            **_value(name, answer),
        }
        for name, answer in answers_of(one.form).items()
    ]
    found = {
        "result": results,
        "was_cancelled": False,
        "completed_by": {"email": one.reviewer},
        "created_at": one.at.isoformat() if one.at else None,
        "lead_time": one.seconds,
    }
    return {name: value for name, value in found.items() if value is not None}


def _value(name: str, answer: str | int) -> dict[str, Any]:
    if name == _RATING:
        return {"type": "rating", "value": {"rating": answer}}
    if name in TEXTS:
        return {"type": "textarea", "value": {"text": [answer]}}
    return {"type": "choices", "value": {"choices": [answer]}}


def _judgements(task: Any, at: int) -> Iterator[Judgement]:
    data = task.get("data") if isinstance(task, dict) else None
    name = data.get(_ID) if isinstance(data, dict) else None
    if not isinstance(name, str):
        raise DataError(f"task {at}: expected data.{_ID}, which Tracemill gave it; found none")
    annotations = task.get("annotations", [])
    if not isinstance(annotations, list):
        raise DataError(f"task {at}: expected a list of annotations, found something else")
    for annotation in annotations:
        where = f"task {at}"
        if not isinstance(annotation, dict):
            raise DataError(f"{where}: expected an object as annotation, found something else")
        if annotation.get("was_cancelled"):
            continue
        form = filled(dict(_answers(annotation.get("result"), where)), where)
        seconds = annotation.get("lead_time")
        yield Judgement(
            name,
            _person(annotation.get("completed_by")),
            form,
            _moment(annotation.get("created_at")),
            float(seconds) if isinstance(seconds, int | float) else None,
        )


def _answers(results: Any, where: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
        raise DataError(f"{where}: expected a list of objects as result, found something else")
    for one in results:
        value = one.get("value")
        if isinstance(value, dict) and isinstance(one.get("from_name"), str):
            kind = {"rating": "rating", "textarea": "text"}.get(str(one.get("type")), "choices")
            found = value.get(kind)
            yield one["from_name"], found[0] if isinstance(found, list) and found else found


def _person(found: Any) -> str:
    """Return who it was: exports name an account by its number, or by an object with its mail."""
    if isinstance(found, dict):
        found = found.get("email") or found.get("id")
    return f"label-studio-{found}" if isinstance(found, int) else str(found or "label-studio")


def _moment(found: Any) -> datetime | None:
    return parse_moment(found) if isinstance(found, str) else None
