"""How much of a value lies in words, where letters follow one another as in no drawn key."""

from __future__ import annotations

import re
from typing import Final

_FOLLOWERS: Final = (
    b"abcdgilmnprst baelu caehklot daeios eacdeflmnprstxy faior gse haeio icdeglmnorst ke "
    b"ladefilostu maeimop nacdegiostu obcdlmnoprstuw paelortu racdegimnorstuy sacehiopstu "
    b"taehiorstuy uelmnprst vae whio xet yp"
)
_PAIRS: Final = frozenset(bytes((one[0], other)) for one in _FOLLOWERS.split() for other in one[1:])
"""The 160 commonest pairs of letters: nearly nine of ten in words and names, two of ten in keys."""
_LETTERS_IN_A_ROW: Final = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+")
_SHORTEST_WORD: Final = 3
_COMMON_SHARE: Final = 0.6
_JUMBLED_LENGTH: Final = 12
_JUMBLED_RUN: Final = 3.2
"""Letters in a row of one case, on average: names have more."""
_JUMBLED_SHARE: Final = 0.25
_NAME: Final = re.compile(rb"[a-z]{2,}(?:[A-Z][a-z]+)+[A-Z]?\Z|(?:[A-Z][a-z]+){2,}\Z")
_ABBREVIATIONS: Final = frozenset(
    b"bash conf dhcp docx grpc html http icmp imap ipv4 ipv6 jpeg json ldap mpeg oidc"
    b" pptx saml sftp smtp toml uuid wasm webp xlsx yaml".split()
)
"""Names whose letters follow one another as in no word."""


def _is_wordlike(letters: bytes) -> bool:
    """Tell whether letters follow one another as in words."""
    low = letters.lower()
    n_pairs = len(low) - 1
    n_common = sum(low[i : i + 2] in _PAIRS for i in range(n_pairs))
    return n_common >= _COMMON_SHARE * n_pairs


def word_share(value: bytes) -> float:
    """Return the share of a value that lies in words."""
    parts = _LETTERS_IN_A_ROW.findall(value)
    in_words = sum(
        len(part) for part in parts if len(part) >= _SHORTEST_WORD and _is_wordlike(part)
    )
    return in_words / len(value) if value else 0.0


def has_abbreviation(value: bytes) -> bool:
    """Tell whether one of the words between blanks is the name of a format or a protocol."""
    return not _ABBREVIATIONS.isdisjoint(value.lower().split(b" "))


def is_jumbled(value: bytes) -> bool:
    """Tell whether letters alone were drawn: both cases in turn, and no words in them."""
    if len(value) < _JUMBLED_LENGTH or not (value.isascii() and value.isalpha()):
        return False
    if value.islower() or value.isupper() or _NAME.match(value):
        return False
    is_short = len(value) / len(_LETTERS_IN_A_ROW.findall(value)) < _JUMBLED_RUN
    return is_short and word_share(value) < _JUMBLED_SHARE
