r"""Secrets in disguise: split by colour codes or invisible characters, spelled wide, or encoded.

A line that holds a disguise is read once more without it, with a map of where each byte came from.
What the other detectors find there is replaced where it stands; an encoded text is replaced whole,
since part of it would decode to something else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from tracemill.redact.line_rules.lines import compile_bytes
from tracemill.redact.protocol import Match, Probe
from tracemill.redact.scanning.calls import line_end

Inner = Callable[[bytes], list[Match]]
"""Finds secrets in a text."""

_CODE: Final = rb"\[[0-9;?]{0,16}[A-Za-z]"
_INVISIBLE: Final = (
    rb"(?:\x1b|\\+(?:u001[bB]|x1[bB]|033|e))" + _CODE + rb"|\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]"
    rb"|\\+u200[b-f]|\xef\xbb\xbf|\xc2\xad"
)
_WIDE: Final = rb"\xef(?:\xbc[\x81-\xbf]|\xbd[\x80-\x9e])"
_PERCENT: Final = rb"%[0-9A-Fa-f]{2}"
_ESCAPED: Final = rb"\\+u00[2-7][0-9A-Fa-f]"
_ENTITY: Final = rb"&(?:quot|apos|amp|lt|gt|#3[49]|#38|#x2[267]);"
_ENTITIES: Final = {
    b"quot": b'"', b"apos": b"'", b"amp": b"&", b"lt": b"<", b"gt": b">",
    b"#34": b'"', b"#39": b"'", b"#38": b"&", b"#x22": b'"', b"#x27": b"'", b"#x26": b"&",
}  # fmt: skip
_VEIL: Final = re.compile(
    b"|".join(b"(%b)" % each for each in (_INVISIBLE, _WIDE, _PERCENT, _ESCAPED, _ENTITY))
)
_WORDS: Final = (
    b"password passwd secret api_key apikey api-key access_token auth_token private_key PASSWORD"
    b" SECRET API_KEY TOKEN= token= Bearer ghp_ gho_ ghs_ github_pat_ glpat- AKIA ASIA sk-ant-"
    b" sk-proj- sk_live_ xoxb- xoxp- AIza npm_ hf_ dop_v1_ SG. PRIVATE eyJhbGci"
).split()
_RUN: Final = re.compile(rb"[0-9A-Za-z+/_-]+={0,2}")
_RUN_CHARACTER: Final = re.compile(rb"[0-9A-Za-z+/_=-]")
_LONGEST_LINE: Final = 65_536
_LONGEST_RUN: Final = 16_384
_LONGEST_DISGUISE: Final = 128
_LONGEST_PIECE: Final = 6
_LEAST_RUN: Final = 16
_LEAST_SIGN: Final = 4
_TEXT: Final = re.compile(rb"[\t\n\r\x20-\x7e]*\Z")


class VeilDetector:
    """Finds what other detectors would find, were it not disguised."""

    probes: Final = (
        Probe(r"[0-9A-Za-z_-]\x1b\[[0-9;?]{0,16}[A-Za-z][0-9A-Za-z_-]", ()),
        Probe(r"[0-9A-Za-z_-]\xe2(?:\x80[\x8b-\x8f]|\x81[\xa0-\xa4])[0-9A-Za-z_-]", ()),
        Probe(r"[0-9A-Za-z_-](?:\xef\xbb\xbf|\xc2\xad)[0-9A-Za-z_-]", ()),
        Probe(r"(?:\xef[\xbc\xbd][\x80-\xbf]){8}", ()),
        Probe(r"(?:%[0-9A-Fa-f]{2}){4}", ()),
        Probe(r"(?:\\+u00[2-7][0-9A-Fa-f]){4}", ()),
        Probe(r"\\(?:u001[bB]|x1[bB]|033|e)\[[0-9;?]{0,16}[A-Za-z][0-9A-Za-z_-]", ()),
        Probe(r"[0-9A-Za-z_-]\\u200[b-f][0-9A-Za-z_-]", ()),
        Probe(r"[:=][ \t]{0,2}(?:\x1b\[[0-9;?]{0,16}[A-Za-z]){1,3}[0-9A-Za-z_-]", ()),
        Probe(r"[0-9A-Za-z_-](?:\x1b\[[0-9;?]{0,16}[A-Za-z]){1,3}[ \t]?[:=]", ()),
        Probe(r"[:=][ \t]{0,2}&(?:quot|apos|#3[49]|#x2[27]);", ()),
        Probe(r"(?i)(?:token|key|secret|password|passwd|pwd|sig|code)%3d", ()),
    )

    def __init__(self, inner: Inner) -> None:
        self.inner = inner

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the line in which `at` stands, without what veils it."""
        start = data.rfind(b"\n", 0, at) + 1
        end = line_end(data, at)
        for first, last in _parts(data[start:end]):
            self._look(data, start + first, start + last, found)
        return end

    def _look(self, data: bytes, start: int, end: int, found: list[Match]) -> None:
        line = data[start:end]
        if not (matches := self.inner(_VEIL.sub(_plain, line))):
            return
        places = _places(line)
        for match in matches:
            first, last = places.origins[match.start], places.ends[match.end - 1]
            found.append(Match(start + first, start + last, match.rule, match.stand_in))


def _parts(line: bytes) -> Iterator[tuple[int, int]]:
    """Yield what of a line is looked at: all of it, or of a long one what lies around disguises.

    Where they stand is asked here, since RE2 names nothing but the line.
    """
    if len(line) <= _LONGEST_LINE:
        yield 0, len(line)
        return
    probed, looked = compile_bytes(_PROBED), 0
    while looked < len(line):
        # A disguise may stand across the end of what was looked at.
        match = probed.search(line, max(0, looked - _LONGEST_DISGUISE))
        if match is None:
            return
        at = match[0][1]
        first = max(0, at - _LONGEST_LINE // 2, looked - _LONGEST_RUN)
        looked = min(len(line), at + _LONGEST_LINE // 2)
        yield first, looked


_PROBED: Final = "|".join(f"(?:{probe.pattern})" for probe in VeilDetector.probes)


class _Places(NamedTuple):
    origins: list[int]
    """Where each byte of what is left without disguises begins in the line."""
    ends: list[int]
    """Where each such byte ends in the line."""


def _places(line: bytes) -> _Places:
    places = _Places([], [])
    done = 0
    for match in _VEIL.finditer(line):
        _add_plain(places, done, match.start())
        if _plain(match):
            places.origins.append(match.start())
            places.ends.append(match.end())
        done = match.end()
    _add_plain(places, done, len(line))
    return places


def _add_plain(places: _Places, start: int, end: int) -> None:
    places.origins.extend(range(start, end))
    places.ends.extend(range(start + 1, end + 1))


def _plain(match: re.Match[bytes]) -> bytes:
    """Return the one byte that a disguise stands for, or none."""
    # Any number of backslashes may stand before an escape, and its end says all.
    return b"" if match.lastindex == 1 else _meant(match[0][-_LONGEST_PIECE:], match.lastindex)


@lru_cache(maxsize=4_096)
def _meant(piece: bytes, kind: int | None) -> bytes:
    match kind:
        case 2:
            return bytes((ord(piece.decode()) - 0xFEE0,))
        case 3:
            return unquote_to_bytes(piece)
        case 4:
            return bytes((int(piece[-2:], 16),))
    return _ENTITIES.get(piece[1:-1], b"")


class Base64Detector:
    """Finds Base64 of a text in which other detectors find something."""

    def __init__(self, inner: Inner) -> None:
        self.inner = inner
        signs = [each for word in _WORDS for each in _encoded(word) if len(each) >= _LEAST_SIGN]
        keywords = sorted({each.lower() for each in signs})
        self._signs = tuple(each.encode() for each in signs)
        self.probes = (Probe("|".join(map(re.escape, keywords)), tuple(keywords)),)

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the run of Base64 in which `at` stands."""
        if not data.endswith(self._signs, 0, at):
            return at
        start = at
        least = max(0, at - _LONGEST_RUN)
        while start > least and _RUN_CHARACTER.match(data, start - 1):
            start -= 1
        run = _RUN.match(data, start, start + 2 * _LONGEST_RUN)
        if run is None or len(run[0]) < _LEAST_RUN:
            return at
        secrets = self.inner(_decoded(run[0]))
        if secrets:
            found.append(Match(start, run.end(), secrets[0].rule, secrets[0].stand_in))
        return run.end()


def _encoded(word: bytes) -> list[str]:
    """Return the characters that Base64 of any text with `word` in it holds, one of three."""
    found = []
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + word).decode()
        first = -(-shift * 8 // 6)
        last = (shift + len(word)) * 8 // 6
        found.append(code[first:last])
    return found


def _decoded(run: bytes) -> bytes:
    """Return the text that a run of Base64 stands for; nothing where it is no text."""
    plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        text = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return b""
    return text if _TEXT.match(text) else b""
