"""Foreign text, to show and to compare: nothing in it may steer a terminal or a page."""

from __future__ import annotations

import json
import re
from typing import Final

_THREE_DIGITS: Final = 100
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)

_CUT_WORD: Final = re.compile(r"[\w-]+$")
_SPACES: Final = dict.fromkeys(code for code in range(128) if chr(code).isspace())


def printable(text: str) -> str:
    r"""Return `text` with control characters shown instead of obeyed.

    Escape sequences, overprinting, and invisible or direction-changing characters become
    visible as `\x1b` or `\u202e`; line ends and tabs stay.
    """
    return _CONTROLS.sub(lambda found: ascii(found.group())[1:-1], text)


def printable_json(document: str) -> str:
    r"""Return a JSON document that says the same, with control characters as `\uXXXX`."""
    return _CONTROLS.sub(lambda found: json.dumps(found.group())[1:-1], document)


def one_line(text: str, width: int) -> str:
    """Return the beginning of `text` on one line, at most `width` characters long."""
    flat = " ".join(printable(text[: 4 * width]).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def beginning(text: str, width: int) -> str:
    """Return the beginning of `text` on one line, cut between words where it must be.

    A stand-in is a word, so none is cut in two: half of one could be taken for what it stands for.
    """
    line = one_line(text, width)
    if not line.endswith("…") or text.rstrip().endswith("…"):
        return line
    kept = line[:-2]
    whole = _CUT_WORD.sub("", kept)
    return f"{(whole if len(whole) * 2 > width else kept).rstrip()} …"


def without_spaces(text: str) -> str:
    """Return a text without white space; in a sixth of the time where all of it is ASCII."""
    return text.translate(_SPACES) if text.isascii() else "".join(text.split())


def counted(n: int, noun: str) -> str:
    """Return a number with its noun: `1 session`, `2 sessions`."""
    is_plain = not noun.endswith("y") or noun.endswith(("ay", "ey", "oy"))
    plural = noun + "s" if is_plain else noun[:-1] + "ies"
    return f"{n:,} {noun if n == 1 else plural}"


def measured(unit: str, value: float | None) -> str:
    """Return a share as a percentage, and another number with as many digits as it deserves."""
    if value is None:
        return "unknown"
    if unit == "share":
        return f"{value:.0%}"
    return f"{value:,.0f}" if abs(value) >= _THREE_DIGITS else f"{value:.2f}"
