r"""Private key blocks, whole or cut off, as files, diffs, listings and JSON strings show them.

PuTTY's and OpenVPN's begin otherwise, and are the same in all else.

Between the header and its end only Base64 may stand, with what displays put around lines:
newlines real or escaped (`\n`), line numbers, diff signs, quotes, colour codes. The first
thing that fits none of these ends the block.
"""

from __future__ import annotations

from typing import Final

import re2

from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms

_RULE: Final = Rule("private-key", "secret", 1)
_PROBE: Final = Probe(
    r"BEGIN[A-Z0-9 ]{1,40}PRIVATE KEY(?: BLOCK)? ?-{4}",
    ("private key----", "private key block----", "private key ----", "private key block ----"),
)
_PUTTY_PROBE: Final = Probe(r"Private-Lines: [0-9]{1,4}", ())
_TUNNEL_PROBE: Final = Probe(
    r"BEGIN OpenVPN (?:Static key V1|tls-crypt-v2 (?:client|server) key)-{4}",
    ("openvpn static key v1----", "tls-crypt-v2 client key----", "tls-crypt-v2 server key----"),
)
_OPTIONS: Final = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_OPTIONS.log_errors = False
_HEADER: Final = re2.compile(
    rb"-{4,5} ?BEGIN[A-Z0-9 ]{1,40}PRIVATE KEY(?: BLOCK)? ?-{4}|Private-Lines: [0-9]{1,4}"
    rb"|-{4,5} ?BEGIN OpenVPN [0-9A-Za-z -]{6,30}[Kk]ey(?: V1)? ?-{4}",
    options=_OPTIONS,
)
_BETWEEN: Final = re2.compile(
    rb"(?:[\s\"'`,;|>+]|\\+[nrt\"'/]|\x1b\[[0-9;]*m|[0-9]{1,6}(?:\t|: ?|\||\xe2\x86\x92| \|)"
    rb"|(?:Proc-Type|DEK-Info|Comment|Version|Hash|Charset)[:][^\n\\]{0,200})*",
    options=_OPTIONS,
)
_RUN: Final = re2.compile(rb"(?:[0-9A-Za-z+=]|/|\\/)+", options=_OPTIONS)
_END: Final = re2.compile(
    rb"-{4,6} ?END(?:[A-Z0-9 ]{1,40}PRIVATE KEY(?: BLOCK)?| OpenVPN [0-9A-Za-z -]{6,30}) ?-{4,5}"
    rb"|Private-(?:MAC|Hash):",
    options=_OPTIONS,
)

_HEADER_LENGTH: Final = 80
_FULL_LINE: Final = 40
_FULL_TUNNEL_LINE: Final = 32
"""Keys of OpenVPN are written in shorter lines than others."""
_TUNNEL: Final = b"OpenVPN"
_LEAST_BODY: Final = 24


class KeyBlockDetector(ByPlace):
    """Finds private key blocks."""

    probes: Final = (_PROBE, _PUTTY_PROBE, _TUNNEL_PROBE)

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._token = pseudonyms.token

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the block whose header ends at `at`."""
        window = max(0, at - _HEADER_LENGTH)
        headers = [m for m in _HEADER.finditer(data[window:at]) if window + m.end() == at]
        if not headers:
            return at
        header = headers[-1]
        body = _Body(data, at, _FULL_TUNNEL_LINE if _TUNNEL in header[0] else _FULL_LINE)
        if len(body.key) < _LEAST_BODY:
            return at
        start = window + header.start()
        stand_in = self._token(_RULE.id, bytes(body.key))
        found.append(Match(start, body.end, _RULE, stand_in))
        return body.end


class _Body:
    """What follows a header: the Base64 characters, and where they end."""

    __slots__ = ("end", "full_line", "key")

    def __init__(self, data: bytes, at: int, full_line: int) -> None:
        """Read on from `at`; a line of `full_line` bytes is key, whatever stands below it."""
        self.key = bytearray()
        self.end = at
        self.full_line = full_line
        while data[at : at + 1] == b"-":
            at += 1
        while at < len(data):
            at = _behind_display(data, at)
            if end := _END.match(data, at):
                self.end = end.end()
                return
            run = _RUN.match(data, at)
            if run is None or not self._belongs(data, run.end(), run.end() - at):
                return
            self.key += data[at : run.end()].replace(b"\\", b"")
            self.end = at = run.end()

    def _belongs(self, data: bytes, end: int, length: int) -> bool:
        """A long run is key; a short one is, where the end of the block follows it."""
        if length >= self.full_line:
            return True
        return _END.match(data, _behind_display(data, end)) is not None


def _behind_display(data: bytes, at: int) -> int:
    """Return where the text goes on behind what a display puts between two lines."""
    at = _BETWEEN.match(data, at).end()
    if data[at : at + 1] == b"-" and data[at : at + 2] != b"--":
        at = _BETWEEN.match(data, at + 1).end()
    return int(at)
