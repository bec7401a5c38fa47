"""Reviews among captured events: judged field by field, since labels follow from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from tracemill.records.events.event import Event, HumanReview, ReviewUndone
from tracemill.records.events.forge import Actor
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.refs import Origin, Record, Ref, Span
from tracemill.sources.reading.json_lines import BadShapeError

REVIEW_KINDS: Final = frozenset({"review", "review_undone"})
_ID: Final = re.compile(r"[a-z]+_[0-9a-f]{20}\Z")
_BASIS: Final = re.compile(r"[0-9a-f]{0,20}\Z")


class _Told(Record, frozen=True, kw_only=True):
    """A review as it waits in the inbox."""

    review_id: str
    subject: Ref
    reviewer: str
    form: ReviewForm
    basis: str = ""
    session_ids: tuple[str, ...] = ()
    seconds: float | None = None


class _Undone(Record, frozen=True, kw_only=True):
    """What takes a review back."""

    review_id: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What every event says of where and when."""

    id: str
    at: datetime
    origin: Origin
    span: Span


def read_review(kind: str, payload: Mapping[str, Any], place: Place) -> Event:
    """Return the event of a review, or of taking one back.

    Raises:
        BadShapeError: a field is not what it must be.
    """
    try:
        if kind == "review_undone":
            undone = msgspec.convert(payload, _Undone)
            _check_ids(undone.review_id)
            return ReviewUndone(**_fields(place), review_id=undone.review_id)
        told = msgspec.convert(payload, _Told)
    except msgspec.ValidationError as error:
        raise BadShapeError(_without_values(error)) from None
    _check_ids(told.review_id, told.subject.id)
    if not _BASIS.match(told.basis):
        raise BadShapeError("expected 20 hex characters as `basis`, found something else")
    return HumanReview(
        **_fields(place),
        review_id=told.review_id,
        subject=told.subject,
        basis=told.basis,
        session_ids=told.session_ids,
        reviewer=Actor(person=told.reviewer),
        form=told.form,
        seconds=told.seconds,
    )


def _fields(place: Place) -> dict[str, Any]:
    return msgspec.structs.asdict(place)


def _check_ids(*names: str) -> None:
    if not all(map(_ID.match, names)):
        raise BadShapeError("expected ids such as ep_ and 20 hex characters, found others")


def _without_values(error: msgspec.ValidationError) -> str:
    """Say what was expected where; a name or value that somebody typed is not repeated."""
    said, _, where = str(error).partition(" - at ")
    said = re.sub(r"(unknown field|enum value) .*", r"\1", said)
    return f"{said} in the review{f' at {where}' if where else ''}"
