"""Secrets in a YAML block of several lines, `password: |` with more than one below.

One line of a block that is a secret makes all its lines secret that hold no blank: a key is
wrapped, and which of its lines looks like one is chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tracemill.redact.line_rules.judges import judge_of
from tracemill.redact.line_rules.lines import Candidate, compile_bytes
from tracemill.redact.protocol import ByPlace, Match, Rule
from tracemill.redact.pseudonyms import Pseudonyms, holds_stand_in
from tracemill.redact.rules import LineRule
from tracemill.redact.wording import values

_GROUP: Final = "(?P<secret>"
_INDENTED: Final = re.compile(rb"[ \t]*")
_VALUE: Final = re.compile(rb"[^\s\"'`<>{}\x00]{4,}\Z")
_MOST_LINES: Final = 64
"""Counted in lines alone, since stand-ins change how many bytes there are."""
_SHORTEST: Final = 8
_CERTIFICATE: Final = re.compile(
    rb"[ \t]*-----BEGIN ((?:(?:X509|TRUSTED|NEW) )?CERTIFICATE(?: REQUEST)?"
    rb"|(?:[A-Z]{2,8} )?PUBLIC KEY|X509 CRL|DH PARAMETERS)-----[ \t\r]*\n"
    rb"[ \t]*M[C-I][0-9A-Za-z+/]{14,74}={0,2}[ \t\r]*\n"
    rb"(?:[ \t]*[0-9A-Za-z+/]{1,76}={0,2}[ \t\r]*\n){0,62}[ \t]*-----END \1-----[ \t\r]*$",
    re.MULTILINE,
)
"""Whole, with what every certificate and public key begins with: what is cut off may be a key."""


class _Line(NamedTuple):
    """What a line of a block says, and where."""

    start: int
    value: bytes


class ScalarDetector(ByPlace):
    """Finds every line of a block whose first line is found by the rule."""

    def __init__(self, line_rule: LineRule, rule: Rule, pseudonyms: Pseudonyms) -> None:
        """Take the name before a block from the pattern of the rule, and its judge."""
        self.probes = line_rule.probes
        self._head = line_rule.pattern.partition(_GROUP)[0]
        self._judge = judge_of(line_rule)
        self._rule = rule
        self._token = pseudonyms.token

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the block below the line in which `at` stands."""
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        head = self._head_in(data, start, end)
        if head is None:
            return end
        first, behind = head
        name = data[start : start + behind]
        block = list(self._lines(data, end + 1, _depth(data, start)))
        if any(self._is_secret(name, first, each.value) for each in block):
            found += [
                Match(line.start, line.start + len(line.value), self._rule, self._stand_in(line))
                for line in block
            ]
        return end

    def _head_in(self, data: bytes, start: int, end: int) -> tuple[int, int] | None:
        """Return where in a line, and behind it, the name of a block stands."""
        head = compile_bytes(self._head).search(data[start : end + 1 + _depth(data, end + 1) + 1])
        return head[0] if head else None

    def _is_secret(self, name: bytes, first: int, value: bytes) -> bool:
        candidate = Candidate(name + value, first, len(name), len(name) + len(value))
        return len(value) >= _SHORTEST and self._judge(candidate) is not None

    def _stand_in(self, line: _Line) -> str:
        return self._token(self._rule.id, line.value)

    def _lines(self, data: bytes, at: int, depth: int) -> Iterator[_Line]:
        """Yield the lines without a blank of a block that begins at `at`, deeper than `depth`.

        A block within it that is called a secret too is looked at by itself, and ends it; a
        whole certificate or public key in it is for everybody. Of a block that is no deeper, as
        where lines were cut, the first line alone is sure to belong to it.
        """
        least = depth + 1
        open_until = at
        for n in range(_MOST_LINES):
            end = data.find(b"\n", at)
            end = end if end >= 0 else len(data)
            value = data[at:end].strip(b" \t\r")
            indent = _depth(data, at)
            is_flat = n == 0 and value != b"" and 0 < indent < least
            if value and indent < least and not is_flat:  # so it is behind the end of a text
                return
            if self._head_in(data, at, end):
                return
            least = max(least, indent) if n == 0 else least
            is_kept = values.is_placeholder(value) or holds_stand_in(value)
            if certificate := _CERTIFICATE.match(data, at):
                open_until = certificate.end()
            if _VALUE.match(value) and not is_kept and at >= open_until:
                yield _Line(at + indent, value)
            at = end + 1
            if is_flat or at >= len(data):
                return


def _depth(data: bytes, at: int) -> int:
    match = _INDENTED.match(data, at)
    return len(match[0]) if match else 0
