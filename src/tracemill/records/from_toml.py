"""Records that people write as TOML: read whole, or refused with the place of the mistake.

A key that nobody knows is a wish that would not come true, so it is an error and no warning.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Final, TypeVar

import msgspec

from tracemill.base.errors import UsageError

Written = TypeVar("Written")
_AT: Final = re.compile(r" - at `\$\.?(?P<where>[^`]*)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_NOT_LISTED: Final = re.compile(r"Invalid enum value (?P<found>.*)")
_FARTHEST: Final = 2**53
"""Beyond it a program that reads JSON may take one whole number for another."""
_TOO_DEEP: Final = "lists or tables lie in one another too deep"
_PLACE: Final = re.compile(r"\[(\d+|\.\.\.)\]")


def from_toml(text: str, kind: type[Written], what: str, see: str) -> Written:
    """Return the record that a text states; an error says `what` it is and where to `see` more.

    Raises:
        UsageError: it is no TOML, or says something that no such record says.
    """
    written = _parsed(text, what, see)
    try:
        _refuse_far_off(written, what, see)
        return msgspec.convert(written, kind)
    except RecursionError:  # a key of many parts is read without it
        raise _no_toml(what, _TOO_DEEP, see) from None
    except msgspec.ValidationError as error:
        found = _AT.search(str(error))
        place = found["where"] if found else ""
        at = f" at {place!r}" if place else ""
        said = _explained(_AT.sub("", str(error)), _kind_at(kind, place))
        if "<" in said or ">" in said:
            said += f", found {_value_at(written, place)!r}"
        raise UsageError(f"{what}{at}: {said}; see {see}") from error


def _parsed(text: str, what: str, see: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        why = _TOO_DEEP
    except tomllib.TOMLDecodeError as error:
        why = str(error)
    except ValueError:  # of Python's own
        why = "it holds a number too long to read"
    raise _no_toml(what, why, see)


def _no_toml(what: str, why: str, see: str) -> UsageError:
    return UsageError(f"{what} is no TOML: {why}; see {see}")


def _refuse_far_off(value: object, what: str, see: str, place: str = "") -> None:
    """Refuse numbers that nothing can have: TOML knows neither end nor meaning of a number."""
    if isinstance(value, dict):
        for name, each in value.items():
            _refuse_far_off(each, what, see, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _refuse_far_off(each, what, see, f"{place}[{number}]")
    elif isinstance(value, int | float) and not abs(value) <= _FARTHEST:  # nor is NaN
        expected = f"expected a number from {-_FARTHEST:,} to {_FARTHEST:,}"
        raise UsageError(f"{what} at {place!r}: {expected}, found {_said(value)}; see {see}")


def _said(value: float) -> str:
    """Return a number that is far off, in few letters: Python refuses to write very long ones."""
    return f"one of {value.bit_length():,} bits" if isinstance(value, int) else f"{value:.6g}"


def _value_at(written: Any, place: str) -> Any:
    """Return what stands at a place; None where that is not one thing."""
    for name in filter(None, _PLACE.sub(r".\1", place).split(".")):
        if isinstance(written, list) and name.isdecimal():
            written = written[int(name)]
        else:
            written = written.get(name) if isinstance(written, dict) else None
    return written


def or_known(name: str, known: Sequence[str]) -> str:
    """Return what somebody may have meant by a name, or all that there is, behind a semicolon."""
    close = get_close_matches(name, known, 1)
    return f"; do you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"


def _explained(said: str, kind: Any) -> str:
    """Return what is wrong at a place, and what may stand there."""
    if (unknown := _UNKNOWN.search(said)) is not None:
        known = [field.encode_name for each in _choices(kind) for field in _fields(each)]
        return f"no such key: {unknown['name']!r}{or_known(unknown['name'], known)}"
    if (other := _NOT_LISTED.search(said)) is not None:
        listed = (str(value) for each in _choices(kind) for value in getattr(each, "values", ()))
        return f"expected one of {', '.join(listed)}, found {other['found']}"
    if (missing := _MISSING.search(said)) is not None:
        return f"expected a key {missing['name']!r}, found none"
    return f"{said[:1].lower()}{said[1:]}".replace(", got ", ", found ")


def _kind_at(kind: type[Any], place: str) -> Any:
    """Return what may stand at a place, as msgspec tells it; None where that is not said."""
    found: Any = msgspec.inspect.type_info(kind)
    for name in filter(None, _PLACE.sub(".[]", place).split(".")):
        inner = (_inner(each, name) for each in _choices(found))
        found = next((each for each in inner if each is not None), None)
    return found


def _inner(kind: Any, name: str) -> Any:
    if name == "[]":
        return getattr(kind, "item_type", None) or getattr(kind, "value_type", None)
    return next((field.type for field in _fields(kind) if field.encode_name == name), None)


def _choices(kind: Any) -> Iterable[Any]:
    return getattr(kind, "types", (kind,))


def _fields(kind: Any) -> Iterable[msgspec.inspect.Field]:
    return getattr(kind, "fields", ())
