"""What of a result a text names: its fields where it has any, or else its values and counts.

A result that is a JSON document has fields; the first word of a field's name, as of `staged_count`,
names it. Of other results, values that look like code and counts such as `3 failed` are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.label.activity.value_flow import distinctive_values

_MAX_TEXT: Final = 200_000
_MAX_FIELDS: Final = 2_000
_MAX_DEPTH: Final = 8
_MAX_NAMES: Final = 50
"""A document of more fields is data, and some field of it is named like any word."""
_MAX_NAMED: Final = 5
_MAX_VALUE: Final = 200
_MIN_WORD: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]+")
_LIKE_CODE: Final = re.compile(r"[/_\d]|[a-z][A-Z]|\w\.\w")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COUNT: Final = re.compile(r"(?<![\w.,])\d{1,6} [a-z]{3,20}")
_SENTENCE: Final = re.compile(r"[^\n.!?]+(?:[.](?=\S)[^\n.!?]*)*[.!?]*")
_SAYS_LITTLE: Final = frozenset(
    {"code", "content", "data", "file", "files", "info", "items", "line", "list", "message"}
    | {"name", "names", "output", "path", "result", "results", "stdout", "text", "this", "type"}
    | {"value", "values", "with"}
)
"""Words of field names that stand in any text."""


class Named(NamedTuple):
    """What of a result a text names, and where it stands in the text."""

    fields: tuple[str, ...]
    value: str | None
    start: int
    end: int


def named_parts(text: str, result: str) -> Named | None:
    """Return what of a result a text names, or None."""
    return _named_field(text, result) or _named_value(text, result)


def fields_with(value: str, result: str) -> tuple[str, ...]:
    """Return the first field of a result in which a value stands; none where it has no fields."""
    found = (field for field, held in _fields(result) if value in held)
    return tuple(field for field in [next(found, None)] if field is not None)


def sentence_at(text: str, place: int) -> str | None:
    """Return the sentence of a text in which a place lies."""
    for match in _SENTENCE.finditer(text):
        if match.end() > place:
            return match[0].strip() or None
    return None


def _named_field(text: str, result: str) -> Named | None:
    fields = list(_fields(result))
    if len({field for field, _ in fields}) > _MAX_NAMES:
        return None
    said = {_stem(match[0]): match for match in reversed(list(_WORD.finditer(text)))}
    named = [
        (said[word].start(), field, held)
        for field, held in fields
        if (word := _telling(field)) and word in said
    ]
    if not named:
        return None
    start, first, held = min(named, key=lambda each: each[0])
    match = said[_telling(first)]
    alike = dict.fromkeys(field for at, field, _ in named if at == start)
    return Named(tuple(alike)[:_MAX_NAMED], held[:_MAX_VALUE], *match.span())


def _named_value(text: str, result: str) -> Named | None:
    said = [(value, at) for value, at in distinctive_values(text) if _LIKE_CODE.search(value)]
    shown = {value for value, _ in distinctive_values(result)} if said else set[str]()
    found = [each for each in said if each[0] in shown]
    counts = {match[0] for match in _COUNT.finditer(result[:_MAX_TEXT])}
    found += [(each[0], each.start()) for each in _COUNT.finditer(text) if each[0] in counts]
    if not found:
        return None
    value, start = min(found, key=lambda each: each[1])
    return Named((), value[:_MAX_VALUE], start, start + len(value))


def _telling(field: str) -> str:
    """Return the first word of a field's name, or nothing where that would stand in any text."""
    name = field.rpartition(".")[2]
    word = next(iter(_WORD.findall(_CAMEL.split(name)[0])), "")
    return "" if len(word) < _MIN_WORD or word.lower() in _SAYS_LITTLE else _stem(word)


def _stem(word: str) -> str:
    return word.lower().removesuffix("s")


def _fields(result: str) -> Iterator[tuple[str, str]]:
    """Yield the way to each value of a JSON document, and the value as text."""
    text = result[: _MAX_TEXT + 1].strip()
    if not text.startswith(("{", "[")) or len(text) > _MAX_TEXT:
        return
    try:
        waiting: list[tuple[str, Any, int]] = [("", msgspec.json.decode(text), 0)]
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return
    n_left = _MAX_FIELDS
    while waiting and n_left:
        way, held, depth = waiting.pop()
        inner: list[tuple[str, Any, int]] = []
        if isinstance(held, dict):
            inner = [(f"{way}.{key}".lstrip("."), each, depth + 1) for key, each in held.items()]
        elif isinstance(held, list):
            inner = [(f"{way}[]", each, depth + 1) for each in held]
        elif way:
            n_left -= 1
            yield way, held if isinstance(held, str) else msgspec.json.encode(held).decode()
        waiting.extend(reversed(inner) if depth < _MAX_DEPTH else ())
