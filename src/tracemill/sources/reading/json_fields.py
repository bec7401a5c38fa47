"""What a field of foreign JSON holds, where it is what its name says: a text, a count, a moment.

Whatever is of another kind, or past belief, is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

import orjson

from tracemill.base.clock import EARLIEST, believed
from tracemill.base.lines import Line
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_lines import BadShapeError

MAX_COUNT: Final = 2**40
"""Counts at or above it are nonsense, and would poison sums: they are read as unknown."""
NO_CONTENT: Final = "no_content"
"""Why a message is skipped that says nothing."""
MAX_DEPTH: Final = 64
"""How deeply a tool's arguments may be nested before walking them becomes a risk."""
_LAST_MILLISECOND: Final = 1_000 * 2**33
"""The last second of the year 9999."""
_CONTAINERS: Final = frozenset({dict, list})
_HIDDEN: Final = frozenset({"redacted_thinking", "redacted-reasoning"})
"""Parts in which only their provider can read a thought."""
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9_-]+")
_DAY: Final = len("2026-11-22")


def moment(value: object, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment that `value` is or names in RFC 3339; None where none can be believed.

    A time without a zone is one in `zone`, and of the hour that a clock shows twice the earlier;
    a day without a time is no moment.
    """
    try:
        at = datetime.fromisoformat(value) if type(value) is str else value
        if type(at) is not datetime:
            return None
        if at.tzinfo is UTC:
            return believed(at)
        if at.tzinfo is None and zone is not None and len(str(value)) > _DAY:
            at = at.replace(tzinfo=zone)
        return believed(at.astimezone(UTC)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def millisecond(value: object) -> datetime | None:
    """Return the moment that `value` names in milliseconds of Unix time, or None."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not 0 < value < _LAST_MILLISECOND:
        return None
    return EARLIEST + timedelta(milliseconds=value)


def count(value: object) -> int | None:
    """Return `value` where it is a believable count, or None."""
    return value if type(value) is int and 0 <= value < MAX_COUNT else None


def whole_number(value: object) -> int | None:
    """Return a believable count, which some tools write as text or with a fraction of nothing."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return count(value)


def text(value: object) -> str | None:
    """Return `value` where it is a text with something in it, or None."""
    return value if type(value) is str and value else None


def fields_of(value: object) -> Mapping[str, Any]:
    """Return the fields of an object; of anything else, none."""
    return value if isinstance(value, dict) else {}


def type_name(value: object) -> str:
    """Return a record's type as a short word that is safe to count by and to print."""
    name = _NOT_IN_A_NAME.sub("-", value.lower()).strip("-") if isinstance(value, str) else ""
    return name[:40] or "none"


def unknown_type(value: object) -> str:
    """Return the reason for skipping a record whose type nobody has taught us."""
    return f"unknown_type:{type_name(value)}"


def unread_part(kind: object) -> UnreadPart:
    """Return that a part of a message was passed over: a hidden thought, or of an unknown type."""
    name = type_name(kind)
    return UnreadPart("hidden_thinking" if name in _HIDDEN else f"unknown_part:{name}")


def why_nothing(unread: Sequence[UnreadPart]) -> str:
    """Return why nothing was made of a message, whose unread parts are all that it may hold."""
    return unread[0].reason if unread else NO_CONTENT


def is_too_deep(value: object, limit: int = MAX_DEPTH) -> bool:
    """Tell whether lists and objects in `value` are nested deeper than `limit`."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return False
    for part in value:
        if type(part) in _CONTAINERS and (limit == 1 or is_too_deep(part, limit - 1)):
            return True
    return False


def is_line_too_deep(record: Mapping[str, Any], line: Line) -> bool:
    """Tell the same of the object on a line, at once where it has few brackets."""
    n_opened = line.data.count(b"{") + line.data.count(b"[")
    return n_opened > MAX_DEPTH and is_too_deep(record)


def tool_arguments(given: object) -> dict[str, Any]:
    """Return a tool's arguments; a text that is no JSON object stands under the key `input`.

    Raises:
        BadShapeError: they are nested too deeply.
    """
    found = _decoded_object(given) if isinstance(given, str) else given
    if is_too_deep(found):
        raise BadShapeError("expected a tool's arguments, found them nested too deeply")
    if isinstance(found, dict):
        return found
    return {} if found is None or found == "" else {"input": found}


def _decoded_object(given: str) -> object:
    if not given.lstrip().startswith("{"):
        return given
    try:
        found = orjson.loads(given)
    except orjson.JSONDecodeError:
        return given
    return given if is_too_deep(found) else found


def list_of(value: object) -> list[Any]:
    """Return the items of a list; of anything else, none."""
    return value if isinstance(value, list) else []


def objects_of(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list; of anything else, none."""
    return [each for each in list_of(value) if isinstance(each, dict)]
