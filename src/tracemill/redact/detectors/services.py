"""Keys behind the name of a service: `wandb 5f3c…`, `herokuApiKey: "…"`, `TAVILY=…`.

A service hands out keys, and where its name stands, a random run close behind is one of them,
whether or not anybody knows how its keys look. Names of services are a table,
`rules/services.toml`; an underscore in one stands for any joint or none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from typing import Final

from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.wording import values
from tracemill.redact.wording.open_values import is_of_type, is_told_digest

_RULE_ID: Final = "service-key"
_JOINTS: Final = ("", "_", "-", ".", " ")
_REACH: Final = 72
_LONGEST_VALUE: Final = 400
_RUN: Final = re.compile(
    rb"(?:^|(?<=[\s=:\"'`(,>|\[]))(?:[A-Za-z]{1,9}[_.-])?[0-9A-Za-z_][0-9A-Za-z_.~-]{14,}={0,2}"
)
_LEAST_RUN: Final = 15
_IN_RUN: Final = re.compile(rb"[0-9A-Za-z_.~-]")
_MARKED: Final = bytes(_IN_RUN.match(bytes([byte])) is not None for byte in range(256))
_LONG: Final = b"\x01" * _LEAST_RUN
"""A run that is long enough, once every byte of one is marked: no pattern finds it as fast."""
_ENDING: Final = 3
_AFTER_RUN: Final = re.compile(rb"[0-9A-Za-z/@(+%\[{]|:[0-9A-Za-z/]")
_GOES_ON: Final = re.compile(rb"[a-z]")
_KEY_WORD: Final = re.compile(
    rb"(?i)[a-z0-9]{0,12}[ _.-]?(?:api|key|token|secret|auth|access|private|pass|sms|app|client)"
)
_NO_KEY: Final = re.compile(
    rb"(?i)commit|sha\d*|md5|hash|digest|\brev|\bref|integrity|checksum|version|uuid|guid|[a-z]+[_-]?ids?\b"
    rb"|\bid\b|trace|span|etag|://|[?&](?:list|v|si)=\Z|\bfrom\b|\bimport\b|public|publishable|file|path|fingerprint|slug|debug"
)
_PUBLIC_KEY: Final = re.compile(rb"(?i)site[ _-]?key|publishable")
"""What stands before a key that every page of a site shows."""
_DIGEST_BEFORE: Final = re.compile(
    rb"(?i)(?:checksums?|sha\d+|md5|digest|hash)[/_.-][0-9a-z_.-]{0,40}\Z"
)
_ADDRESS: Final = re.compile(rb"0x(?:[0-9A-Fa-f]{1,16}|[0-9A-Fa-f]{40})\Z")
"""A number of 64 bits or the address of a wallet; with more digits it may be a private key."""
_FILE: Final = re.compile(rb"\.(?:whl|tar|gz|tgz|zip|jar|deb|rpm|exe|dmg)\Z")
_KEY_TOLD: Final = re.compile(rb"(?i)key|token|secret|auth|pass|credential|private|\Wpat\W")
_TOLD_BEHIND: Final = re.compile(
    rb"[\"'`]?[ \t]+(?:(?:is|the|my|[a-z]{3,12})[ \t]+){0,3}(?:(?:api|access|secret|auth)[ _-]?)?"
    rb"(?:key|token|secret)\b"
)
_HEX: Final = re.compile(rb"[0-9a-f]{16,64}\Z")
_LEAST_LONE: Final = 20
"""Of fewer hexadecimal digits are ids of spans and rows, as often as keys."""
_IS_NAME: Final = re.compile(rb"\\{0,3}[\"'`]?[ \t]*(?:=>|:(?:[^0-9A-Za-z/]|\Z))")
"""What stands before a colon is the name of a value, and no value."""
_AHEAD: Final = 40
_AROUND: Final = 160
_CLOSING: Final = b"."
_DIRECT: Final = re.compile(rb"[\"'`\])]*[ \t]*(?::?=|=>|:)[ \t]*[\"'`]?\Z")


class ServiceDetector(ByPlace):
    """Finds random runs close behind the names of services."""

    def __init__(self, names: Sequence[str], pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule(_RULE_ID, "secret", rank)
        self._token = pseudonyms.token
        spelled = sorted({each for name in names for each in _spellings(name)})
        self._names = frozenset(each.encode() for each in spelled)
        lengths: defaultdict[bytes, set[int]] = defaultdict(set)
        for each in self._names:
            lengths[each[-_ENDING:]].add(len(each))
        self._lengths = {end: tuple(sorted(n, reverse=True)) for end, n in lengths.items()}
        """How long the names are that end in the same letters, the longest first."""
        alternatives = re.escape("\n".join(spelled)).replace("\\\n", "|")  # no name has a line end
        self.probes = (Probe(f"(?i)(?:{alternatives})", tuple(spelled)),)

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at what follows the name that ends at `at`."""
        if _LONG not in data[at : at + _REACH + _LEAST_RUN].translate(_MARKED):
            return at
        if not self._is_name(data, at) or _DIGEST_BEFORE.search(data, max(0, at - _REACH), at):
            return at
        line_end = data.find(b"\n", at, at + _REACH + _LONGEST_VALUE)
        line_end = line_end if line_end >= 0 else min(len(data), at + _REACH + _LONGEST_VALUE)
        for run in _RUN.finditer(data, at, line_end):
            start, end = run.span()
            if start - at > _REACH:
                break
            value = run[0].rstrip(_CLOSING)
            end = start + len(value)
            gap = data[at:start]
            if is_of_type(data[max(0, start - _REACH) : start]):
                return at
            if not _is_key_of_service(gap, value, data[end : end + _AHEAD]):
                continue
            if _DIRECT.match(gap) or not _is_listed(data, start, end):
                found.append(Match(start, end, self._rule, self._token(_RULE_ID, value)))
                return end
        return at

    def _is_name(self, data: bytes, at: int) -> bool:
        """Tell whether a name ends at `at` that is no part of another word."""
        if _GOES_ON.match(data, at) and not _KEY_WORD.match(data, at):
            return False
        for length in self._lengths.get(data[max(0, at - _ENDING) : at].lower(), ()):
            start = at - length
            if start >= 0 and data[start:at].lower() in self._names:
                before = data[start - 1 : start]
                is_camel = before.islower() and data[start : start + 1].isupper()
                return is_camel or not before.isalpha()
        return False


def _spellings(name: str) -> list[str]:
    parts = name.split("_")
    if len(parts) == 1:  # as most are
        return parts
    joined = product(
        *((part,) for part in parts[:1]), *((j + part for j in _JOINTS) for part in parts[1:])
    )
    return ["".join(each) for each in joined]


def _is_key_of_service(gap: bytes, value: bytes, behind: bytes) -> bool:
    if _AFTER_RUN.match(behind) or _FILE.search(value) or not values.is_key(value):
        return False
    if _PUBLIC_KEY.search(gap) or is_told_digest(gap, len(gap)) or _ADDRESS.match(value):
        return False
    is_told = bool(_KEY_TOLD.search(gap) or _TOLD_BEHIND.match(behind))
    is_hex = _HEX.match(value) is not None
    if is_hex and _IS_NAME.match(behind):
        return False
    if values.is_id(value) or (is_hex and len(value) < _LEAST_LONE):
        return is_told or _DIRECT.match(gap) is not None
    return is_told or _NO_KEY.search(gap) is None


def _is_listed(data: bytes, start: int, end: int) -> bool:
    """Tell whether hexadecimal digits stand in a line with as many others, as commits do."""
    value = data[start:end]
    if not _HEX.match(value) or _KEY_TOLD.search(data, max(0, start - _AROUND), start):
        return False
    first = max(data.rfind(b"\n", 0, start) + 1, start - _AROUND)
    last = data.find(b"\n", end, end + _AROUND)
    around = data[first : last if last >= 0 else end + _AROUND]
    alike = re.findall(rb"(?<![0-9A-Za-z])[0-9a-f]{%d}(?![0-9A-Za-z])" % len(value), around)
    return len(set(alike)) > 1
