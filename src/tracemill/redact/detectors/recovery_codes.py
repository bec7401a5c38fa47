"""Codes that let somebody in who has lost a second factor: lists behind words that say so.

A code by itself could be any name, so only what follows such words at once is one, on their line
or on the lines below, and as long as nothing but codes follows.
"""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.wording import values
from tracemill.redact.wording.words import word_share

_RULE_ID: Final = "recovery-codes"
_KEYWORDS: Final = tuple(
    f"{kind}{joint}{what}"
    for kind in ("recovery", "backup", "scratch", "emergency", "rescue")
    for joint in (" ", "_", "-", "")
    for what in ("code", "key")
)
_PROBE: Final = Probe("(?i)(?:" + "|".join(map(re.escape, _KEYWORDS)) + ")", _KEYWORDS)
_WORD: Final = re.compile(rb"(?i)code|key")
_TOLD: Final = re.compile(
    rb"(?i)s?(?:[ \t]+(?:is|are|for[ \t]+[^\s:]{1,40}))?[ \t]*(?:\([^()\n]{0,60}\))?"
    rb"\\{0,3}[\"'*`\])]{0,4}[ \t]*[:=]?>?[ \t]*"
)
_DECORATION: Final = re.compile(
    rb"(?:[ \t\r,;|*+>#\[\]({\"'`-]|\\[nrt\"]|[0-9]{1,2}[.):][ \t]){0,40}"
)
_CLOSING: Final = re.compile(rb"[ \t\r,;|\"'`\])}]{0,40}")
_CODE: Final = re.compile(
    rb"(?:[0-9A-Za-z]{4,10}(?:-[0-9A-Za-z]{4,10}){1,11}|[0-9]{4}[ ][0-9]{4}|[0-9]{6,12}"
    rb"|(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{8,32})(?![0-9A-Za-z_./@=:-])"
)
# the NUL between two texts is neither a code nor what stands before one
_OWN_TOKEN: Final = re.compile(rb"\[SECRET:recovery-codes:[a-z0-9]{1,16}\]")
_DIGIT: Final = re.compile(rb"[0-9]")
_MOST_CODES: Final = 64
_LEAST_NUMBERS: Final = 2
"""A single number behind such words may count them."""
_MADE_UP_SHARE: Final = 0.5


class RecoveryCodeDetector(ByPlace):
    """Finds codes behind words that say what they are for."""

    probes: Final = (_PROBE,)

    def __init__(self, pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule(_RULE_ID, "secret", rank)
        self._token = pseudonyms.token

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at what follows the words that stand before `at`, which may be cut off."""
        word = _WORD.search(data, max(0, at - 4), at + 4)
        told = _TOLD.match(data, word.end() if word else at)
        if told is None:
            return at
        spans = _codes(data, told.end())
        for start, end in spans:
            code = data[start:end]
            found.append(Match(start, end, self._rule, self._token(_RULE_ID, code)))
        return spans[-1][1] if spans else at


def _codes(data: bytes, at: int) -> list[tuple[int, int]]:
    """Return where the codes stand of a list that begins at `at`."""
    spans: list[tuple[int, int]] = []
    n_told = 0
    while len(spans) + n_told < _MOST_CODES:
        at = _behind_decoration(data, at)
        if token := _OWN_TOKEN.match(data, at):
            n_told += 1
            at = token.end()
            continue
        code = _CODE.match(data, at)
        if code is None or not _is_code(code[0]):
            break
        spans.append(code.span())
        at = code.end()
        closing = _CLOSING.match(data, at)
        at = closing.end() if closing else at
    are_numbers = all(data[start:last].isdigit() for start, last in spans)
    return [] if are_numbers and len(spans) + n_told < _LEAST_NUMBERS else spans


def _behind_decoration(data: bytes, at: int) -> int:
    """Return where what stands before a code ends: bullets, quotes, numbers, and empty lines."""
    for _ in range(3):
        match = _DECORATION.match(data, at)
        at = match.end() if match else at
        if data[at : at + 1] != b"\n":
            break
        at += 1
    return at


def _is_code(code: bytes) -> bool:
    """Tell whether groups of letters and digits are drawn, and no words and no date."""
    if values.is_placeholder(code):
        return False
    return _DIGIT.search(code) is not None or word_share(code) < _MADE_UP_SHARE
