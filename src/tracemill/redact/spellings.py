"""How else a full name is written: turned round, with an initial, without marks, as a login."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_DIGRAPHS: Final = str.maketrans(
    {letter: f"{base}e" for letter, base in zip("äöüæøÄÖÜÆØ", "aouaoAOUAO", strict=True)}
    | {"ß": "ss", "å": "aa", "Å": "Aa"}
)
_WITHOUT_MARKS: Final = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss"}
)
"""Letters that hold no mark that could be taken away."""
_SHORTEST_LAST: Final = 5
"""A shorter family name behind an initial, or in a login, may be a word."""
_SHORTEST_LOGIN: Final = 10
_ALSO_WORDS: Final = frozenset(
    b"""amber angel april archer art august autumn baker banks barber bell bill bishop black
    bridges brook brooks brown bush carol carpenter carter case chance charity chase chip
    church cliff cloud code cook cooper cross crystal dale data dawn dean design dolly domain
    drew driver earl english event faith farmer field fields fisher flowers forest fox frank
    french frost garden gardener gene german glass glenn gold grace grant gray green grey guy
    hammer harmony heath hill holiday honor hope house hunter iris ivy jack jay joy june
    justice king knight lake lane law league lily linen link little locke long love lucky
    major marina mark marker mason masters matrix max may melody mercy miles miller mills moon
    norm north olive open page parker parks pat pearl penny pierce pope porter post potter
    power powers price pull race ray reader reed rice rich river rivers rob robin rock rose
    royal ruby sage sailor sawyer sharp shepherd short singer sky small snow spring stack star
    stone storm street strong summer sunny sweet system taylor temple tree trinity turner
    violet walker wall ward waters weaver web wells west wheeler white will winter winters
    wise wolf wood woods worth young""".decode().split()
)
"""Names that are words as well: two of them written together may be called so in code."""


def spellings(name: str) -> tuple[str, ...]:
    """Return a full name and the ways in which it is written elsewhere, each once.

    A full name is two words or more with a blank between them, the first and the last of which
    count. A name of one word is not written otherwise, but for its marks.
    """
    bases = dict.fromkeys(
        (
            name,
            *(unicodedata.normalize(form, name) for form in ("NFC", "NFD")),
            unicodedata.normalize("NFC", name).translate(_DIGRAPHS),
            _without_marks(name),
        )
    )
    return tuple(dict.fromkeys(form for base in bases for form in _forms(base)))


def _without_marks(name: str) -> str:
    apart = unicodedata.normalize("NFD", name.translate(_WITHOUT_MARKS))
    return "".join(each for each in apart if not unicodedata.combining(each))


def _forms(name: str) -> Iterator[str]:
    yield name
    first, _, others = name.partition(" ")
    if not others:
        return
    last = others.rpartition(" ")[2]
    yield f"{last}, {first}"
    yield f"{last} {first}"
    yield f"{first} {last}"
    if first[:1] == first[:1].lower() or len(last) < _SHORTEST_LAST:
        return  # no capitals, no initials
    yield name.upper()
    yield f"{first[0]}. {last}"
    login = (first + last).lower()
    if login.isalpha() and len(login) >= _SHORTEST_LOGIN:
        yield login
        yield from (f"{first}{mark}{last}".lower() for mark in "._-")
        yield f"{first[0]}{last}".lower()
        if not {first.lower(), last.lower()} <= _ALSO_WORDS:
            yield from (f"{first}{mark}{last}" for mark in ("", *"._-"))
