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
    rb"(?i)s?(?:[ \t]+(?:(?P<verb>is|are)\b|for[ \t]+[^\s:]{1,40}))?[ \t]*(?:\([^()\n]{0,60}\))?"
    rb"\\{0,3}[\"'*`\])]{0,4}[ \t]*(?P<sign>(?:(?:is|are)\b|[:=])[:=]{0,2})?>?"
    rb"(?:[ \t:*\"'`]|\[(?!SECRET:)){0,6}"
)
_DECORATION: Final = re.compile(
    rb"(?:[ \t\r,;|*+>#\[\]({\"'`-]|\\[nrt\"]|[0-9]{1,2}[.):][ \t]){0,40}"
)
_CLOSING: Final = re.compile(rb"[ \t\r,;|\"'`\])}]{0,40}")
_ANY_CODE: Final = (
    rb"(?:[0-9A-Za-z]{4,10}(?:-[0-9A-Za-z]{4,10}){1,11}|[0-9]{4}[ ][0-9]{4}|[0-9]{6,12}"
    rb"|(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{8,32})(?![0-9A-Za-z_])"
)
_SAID_CODE: Final = re.compile(_ANY_CODE)
_CODE: Final = re.compile(_ANY_CODE + rb"(?![./@=:-]+[0-9A-Za-z_])")
"""Where nothing says that a code follows, it is none as part of a path, a date or a name."""
_PAIR: Final = re.compile(rb"(?i)(?!your-|x{6})[0-9a-z]{4,6}-[0-9a-z]{4,6}(?![0-9A-Za-z_])")
_LEAST_KINDS: Final = 4
"""A placeholder of fewer different characters stands for a code of the list."""
_LOOSE: Final = re.compile(rb"(?i)s?[ \t#-]*\Z")
_LINE_END: Final = re.compile(rb"\n|\\n")
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
        is_code = word is not None and word[0].lower() == b"code"
        is_said = is_code and (told["verb"] or told["sign"]) is not None
        spans = _codes(data, told, is_said=is_said)
        for start, end in spans:
            code = data[start:end]
            found.append(Match(start, end, self._rule, self._token(_RULE_ID, code)))
        return spans[-1][1] if spans else at


def _codes(data: bytes, told: re.Match[bytes], *, is_said: bool) -> list[tuple[int, int]]:
    """Return where the codes stand of a list that begins behind what tells of it.

    Where a sign or a verb says that codes follow, a number alone is one, and so are words in
    pairs up to the end of the line.
    """
    spans: list[tuple[int, int]] = []
    n_told = 0
    at = told.end()
    are_pairs = is_said
    while len(spans) + n_told < _MOST_CODES:
        before, at = at, _behind_decoration(data, at)
        are_pairs = are_pairs and _LINE_END.search(data, before, at) is None
        if token := _OWN_TOKEN.match(data, at):
            n_told += 1
            at = token.end()
            continue
        code = (_SAID_CODE if is_said else _CODE).match(data, at)
        if code is None or not _is_code(code[0]):
            code = _PAIR.match(data, at) if are_pairs else None
        is_first = not (spans or n_told)
        if code is None or (
            is_first and not is_said and _is_name(data[told.start() : at], code[0])
        ):
            break
        if len(set(code[0])) < _LEAST_KINDS and values.is_placeholder(code[0]):
            n_told += 1
        else:
            spans.append(code.span())
        closing = _CLOSING.match(data, code.end())
        at = closing.end() if closing else code.end()
    are_numbers = all(data[start:last].isdigit() for start, last in spans)
    is_number = not is_said and are_numbers and len(spans) + n_told < _LEAST_NUMBERS
    return [] if is_number else spans


def _behind_decoration(data: bytes, at: int) -> int:
    """Return where what stands before a code ends: bullets, quotes, numbers, and empty lines."""
    for _ in range(3):
        match = _DECORATION.match(data, at)
        at = match.end() if match else at
        if data[at : at + 1] != b"\n":
            break
        at += 1
    return at


def _is_name(gap: bytes, code: bytes) -> bool:
    """Tell whether what stands behind the words goes on with their name, or is a word by itself."""
    is_loose = _LOOSE.match(gap) is not None
    return is_loose and (b"#" in gap or not gap.endswith((b" ", b"\t")) or b"-" not in code)


def _is_code(code: bytes) -> bool:
    """Tell whether groups of letters and digits are drawn, and no words and no date."""
    if values.is_placeholder(code):
        return False
    return _DIGIT.search(code) is not None or word_share(code) < _MADE_UP_SHARE
