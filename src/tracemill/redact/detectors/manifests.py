"""Secrets of Kubernetes, as YAML or JSON shows them: all values below `data` are secret.

What a manifest of kind `Secret` calls its values tells nothing, and Base64 hides what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.redact.protocol import SEPARATOR, ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms, holds_stand_in
from tracemill.redact.wording import values
from tracemill.redact.wording.open_values import is_certificate

_RULE_ID: Final = "kubernetes-secret"
_KINDS: Final = (
    *("kind: secret", "kind:secret", "kind: 'secret", 'kind: "secret', "'kind': 'secret"),
    *('"kind": "secret', '"kind":"secret', '\\"kind\\": \\"secret', '\\"kind\\":\\"secret'),
)
_PROBE: Final = Probe("(?i)(?:" + "|".join(map(re.escape, _KINDS)) + ")", _KINDS)
_WHOLE_KIND: Final = re.compile(rb"\\{0,3}[\"']?[ \t]*(?:[\r\n,}#]|\\n|\Z)")
_DATA: Final = re.compile(
    rb"(?:^|[\n{, \t\"'])\\{0,3}[\"']?(?:data|stringData)\\{0,3}[\"']?[ \t]*:[ \t]*"
)
_ENTRY: Final = re.compile(
    rb"([ \t]*)(?:[-+>]{0,2} {0,2})?\\{0,3}[\"']?[0-9A-Za-z_.-]{1,253}\\{0,3}[\"']?"
    rb"[ \t]*:[ \t]*\\{0,3}[\"']?"
    rb"([^\s\"'\\,{}]*)"
)
_PAIR: Final = re.compile(
    rb"[\s,]*\\{0,3}\"[0-9A-Za-z_.-]{1,253}\\{0,3}\"\s*:\s*\\{0,3}\"([^\"\\\n]{0,65536})\\{0,3}\""
)
_USER: Final = re.compile(
    rb"(?i)(?:user(?:_?name)?|host(?:name)?|port|namespace|region)[\"'\\\\: \t]*\Z"
)
_LONGEST_NAME: Final = 24
_SHORTEST_VALUE: Final = 4
_BEFORE: Final = 20_000
_BEHIND: Final = 20_000
_DOCUMENT: Final = b"\n---"


class ManifestDetector(ByPlace):
    """Finds the values of Kubernetes secrets."""

    probes: Final = (_PROBE,)

    def __init__(self, pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule(_RULE_ID, "secret", rank)
        self._token = pseudonyms.token

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the manifest in which `at` stands."""
        if not _WHOLE_KIND.match(data, at):
            return at
        start, end = _document(data, at)
        for block in _DATA.finditer(data, start, end):
            for first, last in _values(data, block.end(), end):
                value = data[first:last]
                is_name = _USER.search(data[max(start, first - _LONGEST_NAME) : first])
                is_told = is_name or values.is_placeholder(value) or holds_stand_in(value)
                if not is_told and not is_certificate(value):
                    found.append(Match(first, last, self._rule, self._token(_RULE_ID, value)))
        return end


def _document(data: bytes, at: int) -> tuple[int, int]:
    """Return where the document around `at` begins and ends, within its text."""
    least, most = max(0, at - _BEFORE), min(len(data), at + _BEHIND)
    starts = (data.rfind(SEPARATOR, least, at), data.rfind(_DOCUMENT, least, at), least)
    ends = (data.find(SEPARATOR, at, most), data.find(_DOCUMENT, at, most))
    return max(starts), min((each for each in ends if each >= 0), default=most)


def _values(data: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each value of a mapping stands that begins at `at`."""
    if data[at : at + 1] == b"{":
        at += 1
        while pair := _PAIR.match(data, at, end):
            yield pair.span(1)
            at = pair.end()
        return
    depth = None
    while 0 <= (line := data.find(b"\n", at, end)) < end:
        at = line + 1
        entry = _ENTRY.match(data, at, end)
        if entry is None or (depth is not None and len(entry[1]) != depth):
            return
        depth = len(entry[1])
        # a short one ends nothing: its stand-in would be longer, and go on where it had ended
        if len(entry[2]) >= _SHORTEST_VALUE:
            yield entry.span(2)
