"""The one way to make a hand-off of a text and the passages in it that hand something on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.base.handed_on import commands_in, entries, files_in, handing_parts
from tracemill.base.ids import make_id
from tracemill.label import LABEL_VERSION
from tracemill.records.refs import Ref, Stamp
from tracemill.records.work.handoffs import (
    HandedItem,
    HandedPart,
    HandOff,
    HandOffKind,
    HandOffRule,
)

MAX_TEXT: Final = 40_000
"""Characters of a text that are looked at, and kept."""
_SURE: Final[dict[HandOffRule, float]] = {
    "heading": 0.95, "lead": 0.9, "sentence": 0.7, "says_what_was_done": 0.6, "log": 1.0,
    "proposed": 0.95,
}  # fmt: skip
_WHOLE: Final[frozenset[HandOffRule]] = frozenset({"says_what_was_done", "log", "proposed"})
"""Rules by which a text is handed on whole, so that its lists tell what was done as well."""


class Said(NamedTuple):
    """A text, and where and when it was said."""

    text: str
    source: Ref
    trajectory_id: str | None
    at: datetime | None
    path: str | None = None


def hand_off(kind: HandOffKind, said: Said, parts: Sequence[HandedPart]) -> HandOff:
    """Return the hand-off that some passages of a text are; what they list are its items."""
    text = said.text[:MAX_TEXT]
    items = dict.fromkeys(item for part in parts for item in _items(text, part))
    return HandOff(
        id=make_id("handoff", kind, said.source.id, str(said.source.step)),
        kind=kind,
        source=said.source,
        trajectory_id=said.trajectory_id,
        path=said.path,
        at=said.at,
        confidence=max(_SURE[part.rule] for part in parts),
        text=text,
        parts=tuple(parts),
        items=tuple(items),
        files=files_in(_told(text, kind, parts)),
        commands=commands_in(_told(text, kind, parts)),
        taken_up=None,
        why_unknown=None,
        stamp=Stamp(by="handoffs", version=LABEL_VERSION),
    )


def passages(text: str, *, with_sentences: bool) -> list[HandedPart]:
    """Return the passages of a text that say what is left."""
    return [
        HandedPart(start=part.start, end=part.end, heading=part.heading, rule=part.rule)
        for part in handing_parts(text[:MAX_TEXT], with_sentences=with_sentences)
    ]


def whole(text: str, rule: HandOffRule) -> HandedPart:
    """Return a whole text as one passage."""
    return HandedPart(start=0, end=min(len(text), MAX_TEXT), rule=rule)


def _told(text: str, kind: HandOffKind, parts: Iterable[HandedPart]) -> str:
    """Return what of a text the next session is told: of a document only what is left."""
    if kind != "document":
        return text
    return "\n".join(text[part.start : part.end] for part in parts)


def _items(text: str, part: HandedPart) -> Iterable[HandedItem]:
    """Yield what a passage lists, and of a sentence itself.

    A text that is handed on whole lists what was done too: only its own passages say what is left.
    """
    if part.rule in _WHOLE:
        for inner in passages(text[part.start : part.end], with_sentences=True):
            yield from _items(text, inner)
        return
    listed = entries(text, part.start, part.end)
    for entry in listed:
        yield HandedItem(text=entry.text, start=entry.start, end=entry.end, is_done=entry.is_done)
    if not listed:
        said = text[part.start : part.end].strip()
        yield HandedItem(text=" ".join(said.split()), start=part.start, end=part.end)
