"""Argilla: a dataset folder out, as `Dataset.from_disk` reads it, and its `records.json` back in.

A record's id is ours, so it comes back as it went. Each question is one of Argilla's: a label where
answers are closed, a rating for the scale, a text for words; none is required. Argilla names people
by UUIDs: a reviewer who came from here gets one made of the name, in the records' metadata
`reviewers`, by which the way back finds it. Responses that were discarded or are drafts are left
out. Formats: "Importing and exporting datasets" and "rg.Record" in its documentation.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from tracemill.base.errors import DataError
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

_FIELD: Final = "text"
_PEOPLE: Final = "reviewers"
_NOT_SAID: Final = frozenset({"draft", "discarded"})


class Argilla:
    """The files of Argilla, from version 2 on."""

    def write(
        self,
        items: Sequence[ReviewItem],
        checklist: Checklist,
        judged: Mapping[str, Sequence[Judgement]],
    ) -> list[ToolFile]:
        """Return the folder of a dataset: settings, description and records."""
        records = [_record(item, judged.get(item.id, ())) for item in items]
        return [
            ToolFile("records.json", _json(records)),
            ToolFile(".argilla/settings.json", _json(_settings(checklist))),
            ToolFile(".argilla/dataset.json", _json({"name": "tracemill-review"})),
        ]

    def recognises(self, document: Any) -> bool:
        """Tell whether a document looks like an export of the tool."""
        return "responses" in first_of(document)

    def read(self, document: Any) -> list[Judgement]:
        """Return what people said, from the `records.json` of an exported dataset.

        Raises:
            DataError: the document is no list of records.
        """
        if not isinstance(document, list):
            raise DataError("expected a list of records, as Argilla writes records.json")
        return [found for at, record in enumerate(document) for found in _judgements(record, at)]


def _settings(checklist: Checklist) -> dict[str, Any]:
    closed = {"outcome": (OUTCOME_TEXT, OUTCOMES)}
    closed |= {each.name: (each.text, each.answers) for each in checklist.questions}
    questions = [
        _question(name, text, _labels(answers)) for name, (text, answers) in closed.items()
    ]
    ratings = {"type": "rating", "options": [{"value": n} for n in range(1, 6)]}
    questions.insert(1, _question("overall_rating", checklist.rating.text, ratings))
    words = {"type": "text", "use_markdown": False}
    questions += [_question(name, text, words) for name, text in TEXTS.items()]
    shown = {"type": "text", "use_markdown": False}
    return {
        "guidelines": None,
        "allow_extra_metadata": True,
        "fields": [{"name": _FIELD, "title": "Work", "required": True, "settings": shown}],
        "questions": questions,
        "vectors": [],
        "metadata": [],
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def _labels(answers: Sequence[str]) -> dict[str, Any]:
    options = [{"value": answer, "text": answer, "description": None} for answer in answers]
    return {"type": "label_selection", "options": options, "visible_options": None}


def _question(name: str, title: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "title": title, "required": False, "settings": settings}


def _record(item: ReviewItem, judged: Sequence[Judgement]) -> dict[str, Any]:
    responses: defaultdict[str, list[dict[str, str | int]]] = defaultdict(list)
    for one in judged:
        for name, answer in answers_of(one.form).items():
            user = str(uuid5(NAMESPACE_URL, one.reviewer))
            responses[name].append({"value": answer, "user_id": user, "status": "submitted"})
    people = sorted({one.reviewer for one in judged})
    return {
        "id": item.id,
        "fields": {_FIELD: shown_text(item)},
        "metadata": {_PEOPLE: people} if people else {},
        "suggestions": {},
        "responses": responses,
        "vectors": {},
    }


def _judgements(record: Any, at: int) -> Iterator[Judgement]:
    name = record.get("id") if isinstance(record, dict) else None
    responses = record.get("responses", {}) if isinstance(record, dict) else None
    if not isinstance(name, str) or not isinstance(responses, dict):
        raise DataError(f"record {at}: expected an id and responses, found others")
    metadata = record.get("metadata")
    people = _people(metadata if isinstance(metadata, dict) else {})
    answers: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for question, given in responses.items():
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise DataError(f"record {at}: expected a list of objects as responses, found others")
        for one in given:
            if one.get("status") not in _NOT_SAID:
                answers[str(one.get("user_id"))][question] = one.get("value")
    for user, found in answers.items():
        yield Judgement(name, people.get(user, f"argilla-{user}"), filled(found, f"record {at}"))


def _people(metadata: Mapping[str, Any]) -> dict[str, str]:
    found = metadata.get(_PEOPLE)
    names = found if isinstance(found, list) else []
    return {str(uuid5(NAMESPACE_URL, name)): name for name in names if isinstance(name, str)}


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=False).encode()
