"""Owners in `ls -l`: the names that stand in trajectories more often than any but home folders.

The group goes with the owner where it is called the same, as that of most people's accounts is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tracemill.redact.line_rules.homes import is_nobody
from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import USER, Pseudonyms

_BEGINNINGS: Final = (
    *("-rw-", "-rwx", "-r--", "-r-x", "drwx", "drw-", "dr-x", "dr--"),
    *("lrwx", "srwx", "srw-", "crw-", "brw-", "prw-"),
)
_REST: Final = re.compile(
    rb"[rwxsStT-]{6}[.@+]?[ \t]{1,8}[0-9]{1,8}[ \t]{1,20}([A-Za-z_][0-9A-Za-z_.-]{1,31})"
    rb"[ \t]{1,20}([^\s]{1,32})[ \t]{1,20}[0-9]"
)
_BEFORE: Final = re.compile(rb"[0-9A-Za-z_-]")
_MODE: Final = 4
_PSEUDONYM: Final = re.compile(USER + rb"\Z")


class ListingDetector(ByPlace):
    """Finds owners of files in long listings."""

    probes: Final = (Probe("|".join(map(re.escape, _BEGINNINGS)), _BEGINNINGS),)

    def __init__(self, pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule("listed-owner", "pii", rank)
        self._pseudonyms = pseudonyms
        self._stand_in = lru_cache(4096)(self._stand_in_uncached)

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the line whose mode has begun before `at`."""
        match = _REST.match(data, at)
        if match is None or (at > _MODE and _BEFORE.match(data, at - _MODE - 1)):
            return at
        owner, group = match.groups()
        if stand_in := self._stand_in(owner):
            found.append(Match(*match.span(1), self._rule, stand_in))
            if group == owner:
                found.append(Match(*match.span(2), self._rule, stand_in))
        return match.end()

    def _stand_in_uncached(self, name: bytes) -> str | None:
        if is_nobody(name) or _PSEUDONYM.match(name):
            return None
        return self._pseudonyms.user(name)
