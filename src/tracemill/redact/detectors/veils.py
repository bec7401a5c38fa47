r"""Secrets in disguise: split by colour codes or invisible characters, spelled wide, or encoded.

A line that holds a disguise is read once more without it, with a map of where each byte came from.
What the other detectors find there is replaced where it stands; an encoded text is replaced whole,
since part of it would decode to something else.
"""

from __future__ import annotations

import base64
import binascii
import re
from binascii import unhexlify
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from tracemill.redact.line_rules.lines import compile_bytes
from tracemill.redact.protocol import SEPARATOR, ByPlace, Match, Probe
from tracemill.redact.scanning.calls import line_end

Inner = Callable[[bytes], list[Match]]
"""Finds secrets in a text."""

_CODE: Final = rb"\[[0-9;?]{0,16}[A-Za-z]"
_BACKSLASHES: Final = rb"\\(?<!\\\\)\\*+"
"""All that stand together: were fewer tried, a long run would be gone through for each of them."""
_MARK: Final = b"\xef\xbb\xbf"
_PERCENT: Final = rb"%[0-9A-Fa-f]{2}"
_WIDE: Final = rb"\xef(?:\xbc[\x81-\xbf]|\xbd[\x80-\x9e])"
_DISGUISES: Final = (
    rb"\x1b" + _CODE,
    _BACKSLASHES + rb"(?:(?:u001[bB]|x1[bB]|033|e)" + _CODE + rb"|u200[b-f]|u00[2-7][0-9A-Fa-f])",
    rb"\xe2(?:\x80[\x8b-\x8f]|\x81[\xa0-\xa4])",
    _MARK,
    rb"\xc2\xad",
    _WIDE + b"(?:" + _WIDE + b")*+",
    _PERCENT + b"(?:" + _PERCENT + b")*+",
    rb"&(?:quot|apos|amp|lt|gt|#3[49]|#38|#x2[267]);",
)
"""They begin with few bytes, so what lies between disguises is passed over quickly."""
_VEIL: Final = re.compile(b"(" + b"|".join(_DISGUISES) + b")")
_ESCAPED: Final = re.compile(rb"u00[2-7]")
_ESCAPE_BYTES: Final = 5
_NARROW: Final = bytes((byte + 0x20) % 256 for byte in range(256))
"""The letters that wide ones stand for, by the lower byte of their number."""
_ENTITIES: Final = {
    b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"&", b"&lt;": b"<", b"&gt;": b">",
    b"&#34;": b'"', b"&#39;": b"'", b"&#38;": b"&", b"&#x22;": b'"', b"&#x27;": b"'",
    b"&#x26;": b"&",
}  # fmt: skip
_WORDS: Final = (
    b"password passwd secret api_key apikey api-key access_token auth_token private_key PASSWORD"
    b" SECRET API_KEY TOKEN= token= Bearer ghp_ gho_ ghs_ github_pat_ glpat- AKIA ASIA sk-ant-"
    b" sk-proj- sk_live_ xoxb- xoxp- AIza npm_ hf_ dop_v1_ SG. PRIVATE eyJhbGci"
).split()
_RUN: Final = re.compile(rb"[0-9A-Za-z+/_-]+={0,2}")
_RUN_CHARACTER: Final = re.compile(rb"[0-9A-Za-z+/_=-]")
_LONGEST_LINE: Final = 65_536
_AT_ONCE: Final = 65_536
_MOST_AT_ONCE: Final = 2**19
_LONGEST_RUN: Final = 16_384
_LONGEST_DISGUISE: Final = 128
_LONGEST_KNOWN: Final = 16
_MOST_KNOWN: Final = 4_096
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
        self._meanings = _Meanings()

    def find_all(self, data: bytes, ends: Sequence[int], found: list[Match]) -> None:
        """Look at the lines in which `ends` stand, without what veils them, many at once."""
        parts: list[tuple[int, int]] = []
        n_bytes = 0
        for start, end in _parts(data, ends):
            parts.append((start, end))
            n_bytes += end - start
            if n_bytes > _AT_ONCE:
                self._look(data, parts, found)
                parts, n_bytes = [], 0
        self._look(data, parts, found)

    def _look(self, data: bytes, parts: Sequence[tuple[int, int]], found: list[Match]) -> None:
        """Add what is found in some parts, each of which is read for itself."""
        pieces = _VEIL.split(SEPARATOR.join([data[start:end] for start, end in parts]))
        meant = pieces.copy()
        meant[1::2] = map(self._meanings.__getitem__, pieces[1::2])
        matches = self.inner(b"".join(meant))
        if not matches:
            return
        origins = _Origins(pieces, meant)
        lengths = (end - start + len(SEPARATOR) for start, end in parts)
        begins = list(accumulate(lengths, initial=0))
        for match in matches:
            first, last = origins.of(match.start)[0], origins.of(match.end - 1)[1]
            part = bisect_right(begins, first) - 1
            shift = parts[part][0] - begins[part]
            found.append(Match(first + shift, last + shift, match.rule, match.stand_in))


class _Origins:
    """Where each byte of a text without disguises comes from."""

    def __init__(self, pieces: Sequence[bytes], meant: Sequence[bytes]) -> None:
        """Prepare for pieces of the text with disguises, and what each of them stands for."""
        self._pieces = list(accumulate(map(len, pieces), initial=0))
        self._meant = list(accumulate(map(len, meant), initial=0))

    def of(self, at: int) -> tuple[int, int]:
        """Return where what a byte comes from begins and ends."""
        # of pieces that begin at the same place, all but the last stand for nothing
        piece = bisect_right(self._meant, at) - 1
        start, end = self._pieces[piece : piece + 2]
        first, last = self._meant[piece : piece + 2]
        # what stands for several bytes takes as much for each
        step = (end - start) // (last - first)
        begin = start + (at - first) * step
        return begin, begin + step


def _parts(data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the lines in which `ends` stand; of a long one, what lies around its disguises."""
    end = 0
    for at in ends:
        if at <= end:
            continue
        start, end = data.rfind(b"\n", end, at) + 1, line_end(data, at)
        if end - start <= _LONGEST_LINE:
            yield start, end
        else:
            yield from _parts_of_long(data, start, end)


def _parts_of_long(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what lies around disguises; of what overlaps, as much together as is read at once."""
    first = last = 0
    for begins, ends in _around_disguises(data[start:end]):
        if begins < last and ends - first <= _MOST_AT_ONCE:
            last = ends
            continue
        if last:
            yield start + first, start + last
        first, last = begins, ends
    if last:
        yield start + first, start + last


def _around_disguises(line: bytes) -> Iterator[tuple[int, int]]:
    """Yield what lies around disguises, for which is asked here: RE2 names nothing but the line."""
    probed, looked = compile_bytes(_PROBED), 0
    while looked < len(line):
        # A disguise may stand across the end of what was looked at.
        match = probed.search(line, max(0, looked - _LONGEST_DISGUISE))
        if match is None:
            return
        at = match[0][1]
        begins = max(0, at - _LONGEST_LINE // 2, looked - _LONGEST_RUN)
        looked = min(len(line), at + _LONGEST_LINE // 2)
        yield begins, looked


_PROBED: Final = "|".join(f"(?:{probe.pattern})" for probe in VeilDetector.probes)


class _Meanings(dict[bytes, bytes]):
    """The bytes that disguises stand for, remembered of short ones: a log has the same few."""

    def __missing__(self, disguise: bytes) -> bytes:
        meant = _meaning(disguise)
        if len(disguise) <= _LONGEST_KNOWN:
            if len(self) == _MOST_KNOWN:
                self.clear()
            self[disguise] = meant
        return meant


def _meaning(disguise: bytes) -> bytes:
    """Return the bytes that a disguise stands for, none where it is only not seen."""
    match disguise[:1]:
        case b"%":
            return unhexlify(disguise.replace(b"%", b""))
        case b"&":
            return _ENTITIES[disguise]
        case b"\\" if _ESCAPED.match(disguise, len(disguise) - _ESCAPE_BYTES):
            return unhexlify(disguise[-2:])
        case b"\xef" if disguise != _MARK:
            return disguise.decode().encode("utf-16-be")[1::2].translate(_NARROW)
    return b""


class Base64Detector(ByPlace):
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
