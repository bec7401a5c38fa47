r"""Tell a secret in which a character beyond ASCII stands from the words of a language.

An umlaut in a password, a broken byte in a token: the rest of it is judged as any other value.
Labels, sentences and translations stand in the same places, so a value is taken for language
unless it is mostly ASCII and mixed as no words are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from tracemill.redact.wording.words import word_share

_LEAST_ASCII: Final = 0.75
_LEAST_DIGITS: Final = 2
_LEAST_TURNS: Final = 4
_MOST_WORDS: Final = 0.75
_LATIN_END: Final = "\u0100"
_FIRST_UNSPACED: Final = "\u2e80"
_BEHIND_UNSPACED: Final = "\ufb00"
"""From the radicals of Chinese over kana to the syllables of Korean, and just behind them."""
_SEPARATES: Final = frozenset(
    ["Zs", "Zl", "Zp", "Cc", "Sm", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"]
)
"""Categories of Unicode whose characters end a value or stand between words."""
_TURNS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^0-9A-Za-z]+")
_WORD_AND_NUMBER: Final = re.compile(r"[A-Za-z]{3,24}\d{2,6}[!?$#%&*]{1,2}\Z")
_ESCAPED: Final = re.compile(r"\\{1,4}u([0-9A-Fa-f]{4})")


def unescaped(value: bytes) -> bytes:
    r"""Return a value with `\u00f6`, as JSON may write a character, read as that character."""
    if b"\\u" not in value:
        return value
    text = _ESCAPED.sub(lambda each: chr(int(each[1], 16)), value.decode("utf-8", "replace"))
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return paired.encode()


def is_language(value: bytes) -> bool:
    """Tell whether a value with characters beyond ASCII is words; one without has none to judge."""
    return not value.isascii() and _is_language(value)


def is_unspaced(value: bytes) -> bool:
    """Tell whether most of a value is in scripts that set no blanks between words."""
    if value.isascii():
        return False
    text = value.decode("utf-8", "replace")
    return 2 * sum(_FIRST_UNSPACED <= c < _BEHIND_UNSPACED for c in text) > len(text)


@lru_cache(4_096)
def _is_language(value: bytes) -> bool:
    text = value.decode("utf-8", "replace")
    beyond = [c for c in text if not c.isascii()]
    if len(beyond) > (1 - _LEAST_ASCII) * len(text) or any(map(_separates, beyond)):
        return True
    plain = _plain(text)
    if _WORD_AND_NUMBER.match(plain):
        return False
    is_mixed = len(_TURNS.findall(plain)) >= _LEAST_TURNS
    n_digits = sum(c.isdigit() for c in plain)
    is_drawn = is_mixed and n_digits >= _LEAST_DIGITS
    return not is_drawn or word_share(plain.encode()) >= _MOST_WORDS


def _separates(character: str) -> bool:
    """Tell whether a character stands between words; of those of Western keyboards none does."""
    is_typed = character < _LATIN_END and not character.isspace()
    return not is_typed and unicodedata.category(character) in _SEPARATES


def _plain(text: str) -> str:
    """Return a text with letters for those with accents, and without what is beyond ASCII then."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return decomposed.encode("ascii", "ignore").decode()
