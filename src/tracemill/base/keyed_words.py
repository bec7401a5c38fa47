r"""Names known by keyed hashes alone: found and masked in bytes, and never written down.

A name is a row of words: an e-mail address `a.b@c.org` is four of them. It is found wherever its
words follow one another with little between them, whatever that is and whatever the case, so
`a.b@c.org`, `a%2Eb%40c.org` and `A.B\u0040C.ORG` are one. Letters with accents may stand as UTF-8
or as `\u00e9`, composed or not, and the whole may stand in base64. Masking puts `x` for each letter
and digit, so nothing moves: offsets, lengths, quotes and escapes stay as they were.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise, product
from typing import Final, NamedTuple

KEY_BYTES: Final = 32
_DIGEST_BYTES: Final = 16
_ASCII: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS: Final = _ASCII + bytes(range(0x80, 0x100))
_BASE64_LETTERS: Final = _ASCII + b"+/="
_SPACED: Final = bytes(byte if byte in _LETTERS else 0x20 for byte in range(0x100))
"""Puts a space for each byte that belongs to no word."""
_ACCENTED_LETTER: Final = re.compile(rb"\\u(?!00[0-9ab])[0-9A-Fa-f]{4}")
_WORD: Final = re.compile(rb"(?:[0-9A-Za-z\x80-\xff]|\\u(?!00[0-9ab])[0-9A-Fa-f]{4})+")
_ACCENTED: Final = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]{40,}")
_MASKED: Final = re.compile(rb"\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|[0-9A-Za-z\x80-\xff]")
_GLUED: Final = {
    b"\\": re.compile(rb"[nrtbf]|u[0-9A-Fa-f]{4}"),
    b"%": re.compile(rb"[0-9A-Fa-f]{2}"),
    b"[": re.compile(rb"[0-9]*m"),
    b";": re.compile(rb"[0-9]*m"),
}
"""What may stand before a word as the rest of an escape, by the byte before that."""
_MARKED: Final = re.compile(rb"([\\%\[;])([0-9A-Za-z\x80-\xff]+)")
_ODD_BACKSLASHES: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\\Z")
_MAX_GAP: Final = 8
"""How many bytes may lie between two words of one name."""
_MAX_CACHED: Final = 2**19
_HELD_BYTES: Final = 4_096
"""How much of a stream waits for what follows, since a name may go on there."""
_MAX_BASE64: Final = 32 * 2**20


class NameCode(NamedTuple):
    """One name, as far as it is known."""

    first: str
    """Keyed hash of its first word."""
    whole: str
    """Keyed hash of all its words."""
    n_words: int


class Place(NamedTuple):
    """Where a name stands."""

    start: int
    end: int
    masked: bytes
    """What is to stand there instead, of the same length."""


class _Word(NamedTuple):
    end: int
    variants: tuple[tuple[int, str], ...]
    """Where it may begin, and what it is then."""


def code_of(key: bytes, text: str | bytes) -> str:
    """Return the keyed hash of a text."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return blake2b(data, key=key, digest_size=_DIGEST_BYTES).hexdigest()


def words_of(name: str) -> list[str]:
    """Return the words of a name as they are compared."""
    return [_plain(word) for word in _WORD.findall(name.encode("utf-8", "surrogateescape"))]


def name_code(key: bytes, name: str) -> NameCode:
    """Return what is kept of a name, which must hold a word."""
    words = words_of(name)
    return NameCode(code_of(key, words[0]), code_of(key, " ".join(words)), len(words))


def _plain(word: bytes) -> str:
    """Return a word without case and accents."""
    if word.isascii() and b"\\" not in word:
        return word.decode().lower()
    text = _ACCENTED.sub(_unescaped, word).decode("utf-8", "replace")
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _unescaped(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode("utf-8", "replace")


class KeyedWords:
    """Finds names of which only keyed hashes are known."""

    def __init__(self, key: bytes, names: Iterable[NameCode]) -> None:
        self._key = key
        self._lengths: dict[str, set[int]] = {}
        self._wholes: set[str] = set()
        for name in names:
            self._lengths.setdefault(name.first, set()).add(name.n_words)
            self._wholes.add(name.whole)
        self._begins: dict[bytes, bool] = {}

    def places(self, data: bytes) -> list[Place]:
        """Return where names stand, in their order."""
        if not self._wholes:
            return []
        found = self._names(data)
        for run in _BASE64.finditer(data):
            n_bytes = len(run.group()) // 4 * 4
            decoded = b64decode(run.group()[:n_bytes])
            if hidden := self._names(decoded):
                masked = b64encode(_with(decoded, hidden))
                found.append(Place(run.start(), run.start() + n_bytes, masked))
        return sorted(found)

    def masked(self, data: bytes) -> bytes:
        """Return as many bytes, without the names."""
        return _with(data, self.places(data))

    def passing(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand `blocks` on without the names, also where one goes over their border."""
        for data, places in self._pieces(blocks):
            yield _with(data, places)

    def count(self, blocks: Iterable[bytes]) -> int:
        """Return in how many places of a stream names stand."""
        return sum(len(places) for _, places in self._pieces(blocks))

    def _pieces(self, blocks: Iterable[bytes]) -> Iterator[tuple[bytes, list[Place]]]:
        """Cut a stream where no name is cut, and yield each piece with the places in it."""
        held = b""
        for block in blocks:
            data = held + block
            cut = _border(data)
            if cut:
                places = self.places(data)
                cut = min((p.start for p in places if p.start < cut < p.end), default=cut)
                yield data[:cut], [place for place in places if place.end <= cut]
            held = data[cut:]
        if held:
            yield held, self.places(held)

    def _names(self, data: bytes) -> list[Place]:
        if not self._may_hold(data):
            return []
        words = [_word(data, found) for found in _WORD.finditer(data)]
        found = []
        number = 0
        while number < len(words):
            row = self._row(words, number)
            if row:
                found.append(_place(data, row[0], words[number + row[1] - 1].end))
            number += row[1] if row else 1
        return found

    def _may_hold(self, data: bytes) -> bool:
        """Tell whether any word begins a name, by a look at each distinct word."""
        if any(map(self._is_first, set(data.translate(_SPACED).split(b" ")))):
            return True
        if _ACCENTED_LETTER.search(data) and any(map(self._is_first, set(_WORD.findall(data)))):
            return True
        marked = set(_MARKED.findall(data))
        rests = (_GLUED[mark].sub(b"", word, count=1) for mark, word in marked)
        return any(map(self._is_first, rests))

    def _is_first(self, word: bytes) -> bool:
        known = self._begins.get(word)
        if known is None:
            if len(self._begins) >= _MAX_CACHED:
                self._begins.clear()
            known = self._begins[word] = code_of(self._key, _plain(word)) in self._lengths
        return known

    def _row(self, words: Sequence[_Word], number: int) -> tuple[int, int] | None:
        """Return where the name begins that begins with a word, and of how many it is made."""
        for start, first in words[number].variants:
            for n_words in sorted(self._lengths.get(code_of(self._key, first), ()), reverse=True):
                if self._is_name(first, words[number : number + n_words], n_words):
                    return start, n_words
        return None

    def _is_name(self, first: str, row: Sequence[_Word], n_words: int) -> bool:
        gaps = (b.variants[0][0] - a.end for a, b in pairwise(row))
        if len(row) < n_words or any(gap > _MAX_GAP for gap in gaps):
            return False
        rests = product(*([text for _, text in word.variants] for word in row[1:]))
        return any(code_of(self._key, " ".join([first, *rest])) in self._wholes for rest in rests)


def _word(data: bytes, found: re.Match[bytes]) -> _Word:
    start, end = found.span()
    variants = [(start, _plain(found.group()))]
    glued = _GLUED.get(data[start - 1 : start] if start else b"")
    if glued and (rest := glued.match(data, start, end)) and rest.end() < end:
        variants.insert(0, (rest.end(), _plain(data[rest.end() : end])))
    return _Word(end, tuple(variants))


def _place(data: bytes, start: int, end: int) -> Place:
    """Return a place; a letter that a backslash before it makes an escape is left there."""
    before = data[max(0, start - 32) : start]
    if data[start : start + 1] in (b"n", b"r", b"t", b"b", b"f") and _ODD_BACKSLASHES.search(
        before
    ):
        start += 1
    return Place(start, end, _MASKED.sub(_crossed, data[start:end]))


def _crossed(found: re.Match[bytes]) -> bytes:
    part = found.group()
    is_kept = part[:1] == b"%" or (part[:1] == b"\\" and part[1:2] != b"u")
    return part if is_kept else b"x" * len(part)


def _with(data: bytes, places: Sequence[Place]) -> bytes:
    if not places:
        return data
    parts = bytearray(data)
    for place in places:
        parts[place.start : place.end] = place.masked
    return bytes(parts)


def _border(data: bytes) -> int:
    """Return up to where no word and no base64 can go on behind the end."""
    run = len(data.rstrip(_BASE64_LETTERS))
    if _HELD_BYTES < len(data) - run < _MAX_BASE64:
        return run
    border = len(data[: max(0, len(data) - _HELD_BYTES)].rstrip(_LETTERS))
    return max(0, border - 1)  # with what may make the word behind it an escape
