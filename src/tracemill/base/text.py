"""Foreign text, to show and to compare: nothing in it may steer a terminal or a page."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from typing import Final

_THREE_DIGITS: Final = 100
_KILO: Final = 1_000
_IN_THREE: Final = 3
"""Of what is kept of a long text, its end is one part in so many."""
_HISSING: Final = ("ch", "sh", "s", "x")
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)

FROM_UTF16: Final = (
    "expected UTF-8, found UTF-16, as `>` of Windows PowerShell writes it; write it again in "
    "UTF-8, for example by `iconv -f UTF-16 -t UTF-8`, or there by `| Out-File -Encoding utf8`"
)
"""What to say of text in UTF-16, and what to do."""
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


def start_of(text: str, width: int) -> str:
    """Return the first `width` characters of `text`, less a word that the cut would go through.

    A stand-in is a word, so none is cut in two: half of one could be taken for what it stands for.
    A word that takes half of the width or more is cut all the same.
    """
    if len(text) <= width or not _is_in_word(text[width]):
        return text[:width]
    end = width
    while end and _is_in_word(text[end - 1]):
        end -= 1
    return text[:end] if 2 * end > width else text[:width]


def end_of(text: str, width: int) -> str:
    """Return the last `width` characters of `text`, less a word that the cut would go through.

    A word that takes half of the width or more is cut all the same.
    """
    start = cut = max(0, len(text) - width)
    if not cut or not _is_in_word(text[cut - 1]):
        return text[cut:]
    while start < len(text) and _is_in_word(text[start]):
        start += 1
    return text[start:] if 2 * (start - cut) < width else text[cut:]


def shortened(text: str, most: int) -> str:
    """Return a text's start and end, at most so many characters, and between how much is left out.

    As in `start_of` and `end_of`, no word is cut in two but one that takes half of either.
    """
    if len(text) <= most:
        return text
    behind = most // _IN_THREE
    start, end = start_of(text, most - behind), end_of(text, behind)
    return f"{start}\n[... {len(text) - len(start) - len(end):,} characters left out]\n{end}"


def _is_in_word(letter: str) -> bool:
    return letter.isalnum() or letter in "_-"


def one_line(text: str, width: int) -> str:
    """Return the beginning of `text` on one line, at most `width` characters long."""
    flat = " ".join(printable(text[: 4 * width]).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def beginning(text: str, width: int) -> str:
    """Return the beginning of `text` on one line, cut between words where it must be."""
    flat = one_line(text, 2 * width)
    return flat if len(flat) <= width else f"{start_of(flat, width - 2).rstrip()} …"


def without_spaces(text: str) -> str:
    """Return a text without white space; in a sixth of the time where all of it is ASCII."""
    return text.translate(_SPACES) if text.isascii() else "".join(text.split())


def is_text(text: str) -> bool:
    """Tell whether a text can be written in UTF-8; bytes of a name that are none cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def is_utf16(data: bytes) -> bool:
    """Tell whether a file that begins so is text in UTF-16, by its mark and by all that follows."""
    if not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return False
    try:
        text = getincrementaldecoder("utf-16")().decode(data)
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def utf8(text: str | bytes) -> bytes:
    """Return a text as UTF-8, half of a surrogate pair as a question mark; bytes as they are."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def counted(n: int, noun: str) -> str:
    """Return a number with its noun: `1 session`, `2 sessions`, `2 entries`, `2 branches`."""
    plural = noun + ("es" if noun.endswith(_HISSING) else "s")
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy")):
        plural = noun[:-1] + "ies"
    return f"{n:,} {noun if n == 1 else plural}"


def sized(n_bytes: int) -> str:
    """Return how large something is: `812 bytes`, `3.2 kB`, `1,204.5 MB`."""
    if n_bytes < _KILO:
        return counted(n_bytes, "byte")
    if round(n_bytes / _KILO, 1) < _KILO:
        return f"{n_bytes / _KILO:.1f} kB"
    return f"{n_bytes / _KILO**2:,.1f} MB"


def measured(unit: str, value: float | None) -> str:
    """Return a share as a percentage, and another number with as many digits as it deserves."""
    if value is None:
        return "unknown"
    if unit == "share":
        return f"{value:.0%}"
    return f"{value:,.0f}" if abs(value) >= _THREE_DIGITS else f"{value:.2f}"
