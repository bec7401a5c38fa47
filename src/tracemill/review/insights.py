"""A team's own notes, such as `.ai/insights.md`: Markdown in which records are named by their ids.

An entry is a heading, or a bullet at the margin, that names a record, with all that stands below it
up to the next one. In it a line may say `outcome: failed`, `rating: 2`, `lesson: …`, `better: …`,
`by: NAME` or `on: 2026-03-01`; everything else is a comment. Several entries of one person about
the same record are one review. An entry that names no record, or more than one, is of none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from tracemill.base.clock import parse_moment
from tracemill.base.errors import DataError
from tracemill.records.events.reviews import ReviewItem
from tracemill.review.checklist import Checklist
from tracemill.review.exchange import Judgement, ToolFile, filled

PATH: Final = "insights.md"
_ID: Final = re.compile(r"\b[a-z]{2,12}_[0-9a-f]{8,20}\b(?:#\d+)?")
_HEADING: Final = re.compile(r"(?P<level>#{1,6})[ \t].*")
_BULLET: Final = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+(?P<text>.*)")
_FIELD: Final = re.compile(r"[ \t>*_-]*(?P<name>[A-Za-z]+)[*_]*:[*_]*[ \t]*(?P<text>.*)")
_FIELDS: Final[Mapping[str, str]] = {
    "outcome": "outcome",
    "rating": "overall_rating",
    "lesson": "learning_signal",
    "learned": "learning_signal",
    "insight": "learning_signal",
    "better": "suggested_improvements",
    "improvement": "suggested_improvements",
    "suggestion": "suggested_improvements",
    "by": "by",
    "on": "on",
}
"""What a line may begin with, and what it fills in."""
_NAMES: Final[Mapping[str, str]] = {
    "outcome": "outcome",
    "overall_rating": "rating",
    "learning_signal": "lesson",
    "suggested_improvements": "better",
}
"""How a field is written."""
_NOBODY: Final = "unknown"
_INTRODUCTION: Final = """\
# Insights

Below the heading of a record, say what you think of it; `outcome:`, `rating:` (1 to 5), `lesson:`,
`better:` and `by:` begin lines of their own. `tracemill review import` files it.
"""


class _Entry(NamedTuple):
    """One note."""

    line: int
    """Where it begins, from 1."""
    names: list[str]
    """The records that its first line names, each once."""
    lines: list[str]
    """What it says."""


class Insights:
    """Notes in Markdown."""

    def write(
        self,
        items: Sequence[ReviewItem],
        checklist: Checklist,  # noqa: ARG002 - notes answer in words
        judged: Mapping[str, Sequence[Judgement]],
    ) -> list[ToolFile]:
        """Return a file with a heading for each item, and what was said of it in words."""
        parts = [_INTRODUCTION]
        for item in items:
            notes = [_note(item, one) for one in judged.get(item.id, ())]
            parts += notes or [_note(item, None)]
        return [ToolFile(PATH, "\n".join(parts).encode())]

    def recognises(self, document: Any) -> bool:
        """Tell whether a document is a text that names records."""
        return isinstance(document, str) and _ID.search(document) is not None

    def read(self, document: Any) -> list[Judgement]:
        """Return what the notes say of each record.

        What names none stands there with an empty id, so that it is counted.

        Raises:
            DataError: an outcome, a rating or a day is none.
        """
        said: defaultdict[tuple[str, str], list[_Entry]] = defaultdict(list)
        for entry in _entries(document if isinstance(document, str) else ""):
            name = entry.names[0] if len(entry.names) == 1 else ""
            said[name, _answers(entry).get("by", _NOBODY)].append(entry)
        return [
            _judgement(name, person, together)
            for (name, person), entries in said.items()
            for together in ([entries] if name else [[entry] for entry in entries])
        ]


def _entries(text: str) -> Iterator[_Entry]:
    """Yield the notes of a text that say anything; what stands before the first is no note."""
    held: _Entry | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        begun = _begun(number, line)
        if begun is None:
            if held is not None:
                held.lines.append(line)
            continue
        if held is not None and _says(held):
            yield held
        held = begun
    if held is not None and _says(held):
        yield held


def _begun(number: int, line: str) -> _Entry | None:
    """Return the note that begins with a line; None where the line belongs to what is above it.

    A heading of the whole file begins none.
    """
    heading, bullet = _HEADING.fullmatch(line), _BULLET.fullmatch(line)
    names = list(dict.fromkeys(_ID.findall(line)))
    if heading is not None and (names or heading["level"] != "#"):
        return _Entry(number, names, [])
    if bullet is not None and names:
        said = _ID.sub("", bullet["text"]).strip(" \t:`-")
        return _Entry(number, names, [said] if said else [])
    return None


def _says(entry: _Entry) -> bool:
    return any(line.strip() for line in entry.lines)


def _answers(entry: _Entry) -> dict[str, str]:
    """Return what an entry fills in; lines of the same name, and those without one, together."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for line in entry.lines:
        field = _FIELD.fullmatch(line)
        name = _FIELDS.get(field["name"].lower()) if field else None
        if field is not None and name is not None:
            said[name].append(field["text"].strip())
        else:
            said["comments"].append(line.rstrip())
    joined = {name: "\n".join(lines).strip("\n") for name, lines in said.items()}
    return {name: text for name, text in joined.items() if text.strip()}


def _judgement(name: str, person: str, entries: Sequence[_Entry]) -> Judgement:
    together: dict[str, str] = {}
    for entry in entries:
        for field, text in _answers(entry).items():
            is_choice = field in ("outcome", "overall_rating", "by", "on")
            before = "" if is_choice else together.get(field, "")
            together[field] = f"{before}\n\n{text}" if before else text
    together.pop("by", None)
    at = together.pop("on", None)
    answers: dict[str, Any] = dict(together)
    rating = answers.get("overall_rating")
    if rating is not None and len(rating) == 1 and rating.isdecimal():
        answers["overall_rating"] = int(rating)
    where = f"line {entries[0].line}"
    return Judgement(name, person, filled(answers, where), _day(at, where) if at else None)


def _day(text: str, where: str) -> datetime:
    """Return the moment at which a day begins."""
    moment = parse_moment(f"{text}T00:00:00Z")
    if moment is None:
        raise DataError(f"{where}: expected a day such as 2026-03-01 behind `on:`")
    return moment


def _note(item: ReviewItem, one: Judgement | None) -> str:
    title = " ".join(_ID.sub("", item.title).split())
    lines = [f"## {item.id} {title}".rstrip(), ""]
    if one is not None:
        lines.append(f"by: {one.reviewer}")
        for field, name in _NAMES.items():
            value = getattr(one.form, field)
            lines += [f"{name}: {part}" for part in str(value).split("\n")] if value else []
        lines += [one.form.comments] if one.form.comments else []
    return "\n".join(lines) + "\n"
