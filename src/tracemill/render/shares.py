"""Shares as the files of teams write them: `"78%"`, `"2/3"`, 0 to 100, or 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal

ShareForm = Literal["percent_text", "fraction_text", "percent_number"]
"""How a share is written that is not written as 0 to 1."""

WRITTEN_AS: Final[Mapping[str, ShareForm]] = {
    "context_window_usage": "percent_text",
    "test_coverage": "percent_text",
    "time_in_session": "fraction_text",
    "test_coverage_percent": "percent_number",
    "quality_score": "percent_number",
}
"""How the layouts write the shares that they do not write as 0 to 1."""
SHARES: Final = frozenset({*WRITTEN_AS, "utilisation", "peak", "success_rate"})
"""Shares that are read in every form, however they are written."""
_MOST_PARTS: Final = 12
_PERCENT: Final = 100
_FRACTION: Final = re.compile(r"\d{1,6}/\d{1,6}|0?\.\d{1,6}")
"""A share as text; any other number may be too large to be made."""


def shown_share(share: float, how: ShareForm) -> Any:
    """Return a share in the form in which a layout writes it."""
    if how == "fraction_text":
        parts = Fraction(share).limit_denominator(_MOST_PARTS)
        return "end" if parts == 1 else f"{parts.numerator}/{parts.denominator}"
    percent = round(share * _PERCENT, 4)
    number = int(percent) if percent.is_integer() else percent
    return f"{number}%" if how == "percent_text" else number


def read_share(value: Any) -> Any:
    """Return a share as 0 to 1, from any of the forms in which files write it."""
    if isinstance(value, str):
        return _share_of_text(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if 0 <= value <= 1 else value / _PERCENT
    return value


def _share_of_text(text: str) -> Any:
    if text == "end":
        return 1.0
    try:
        if text.endswith("%"):
            return round(float(text[:-1]) / _PERCENT, 6)
        return float(Fraction(text)) if _FRACTION.fullmatch(text) else text
    except (ValueError, ZeroDivisionError):
        return text
