"""JSON that no strict reader takes: several values in one text, lone surrogates, odd numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Final, NamedTuple

_MAX_INT_DIGITS: Final = 18
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")


class Values(NamedTuple):
    """The JSON values that stand in a text, one behind the other."""

    values: list[object]
    error: str | None


def lenient_values(text: str) -> Values:
    """Return the values in a text that no strict reader takes, up to the first error."""
    values: list[object] = []
    has_surrogates = "\\ud" in text or "\\uD" in text
    position = _behind_space(text, 0)
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
            values.append(_without_lone_surrogates(value) if has_surrogates else value)
        except json.JSONDecodeError as error:
            return Values(values, f"expected JSON, found something else at {error.pos}")
        except RecursionError:
            return Values(values, f"expected JSON, found too deep a nesting at {position}")
        position = _behind_space(text, position)
    return Values(values, None)


def _behind_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _without_lone_surrogates(value: object) -> object:
    encoded = json.dumps(value, ensure_ascii=False)
    cleaned, n_lone = _LONE_SURROGATE.subn("\ufffd", encoded)
    return json.loads(cleaned) if n_lone else value


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _fitting(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else digits


def _no_number(_name: str) -> None:
    """Read NaN and the infinities, which no JSON has, as unknown."""


_DECODER: Final = json.JSONDecoder(
    parse_float=_finite, parse_int=_fitting, parse_constant=_no_number
)
