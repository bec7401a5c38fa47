"""Copies: what one context gave away as a secret goes wherever else it stands.

A password in a command stands again in what the command prints, with nothing around it that a
rule could go by. Within a record any value counts that is not short and has a digit and something
else, unless it looks as commits and digests do. Across records only a value counts that nobody
writes by chance.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import re2

from tracemill.redact import values
from tracemill.redact.joined import Changes
from tracemill.redact.protocol import Match, Rule

_LENGTHS: Final = range(8, 513)
_SURE: Final = 16
"""So long a value is no part of a word that happens to hold it."""
_MIXED: Final = re.compile(r"(?=.*[0-9])(?=.*[^0-9])", re.DOTALL)
_HASH: Final = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
"""How commits and digests look, which stand in many places by good right."""
_WORD: Final = re.compile(rb"[0-9A-Za-z_]")
_UNMISTAKABLE: Final = range(12, 513)
_LEAST_ENTROPY: Final = 3.0
_TYPED_SHARE: Final = 0.4
_KINDS: Final = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"))
_PLAIN: Final = re.compile(rb"[0-9A-Za-z_+/=.,:;?~!@#$%^*()|-]{8,}")
"""Characters that stand for themselves however a text is written down."""
_FEW: Final = 8
_MEMORY: Final = 64 * 2**20


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret that a rule found; it prints nothing of itself."""

    value: str
    rule: Rule
    """What found it."""
    stand_in: str
    """What takes its place."""


def secrets_in(text: str, changes: Changes, without: Rule) -> tuple[Secret, ...]:
    """Return what other rules than one found in a text that is to be looked for elsewhere."""
    found = (
        Secret(text[start:end], match.rule, match.stand_in)
        for (start, end), match in zip(*changes, strict=True)
        if match.rule.kind == "secret" and match.stand_in is not None and match.rule is not without
    )
    return tuple(each for each in found if _is_telling(each.value))


def _is_telling(value: str) -> bool:
    """Tell whether a value that stands elsewhere in its record is the same secret."""
    is_mixed = len(value) in _LENGTHS and _MIXED.match(value) is not None
    return is_mixed and _HASH.match(value) is None


def copied(secrets: Iterable[Secret], texts: Iterable[str]) -> Copies | None:
    """Return those of `secrets` that stand in the texts more often than they were found."""
    firsts: dict[str, Secret] = {}
    n_found: Counter[str] = Counter()
    for secret in secrets:
        firsts.setdefault(secret.value, secret)
        n_found[secret.value] += 1
    whole = "\0".join(texts) if firsts else ""
    left = [firsts[value] for value, n in n_found.items() if whole.count(value) > n]
    return Copies(left) if left else None


def is_unmistakable(value: str) -> bool:
    """Tell whether a value is the same secret wherever it stands: long, drawn, and in one line."""
    data = value.encode("utf-8", "surrogatepass")
    if len(data) not in _UNMISTAKABLE or not _is_telling(value) or values.is_id(data):
        return False
    if b"\n" in data or not _PLAIN.search(data) or values.entropy(data) < _LEAST_ENTROPY:
        return False
    has_all = all(kind.search(data) for kind in _KINDS)
    return values.is_random(data) or (has_all and values.word_share(data) < _TYPED_SHARE)


def may_hold(secrets: Iterable[bytes]) -> Callable[[bytes], bool]:
    """Return what tells whether bytes, however texts are written down in them, may hold one."""
    return _presence([max(_PLAIN.findall(each), key=len) for each in secrets])


def _presence(values: Sequence[bytes]) -> Callable[[bytes], bool]:
    """Return what tells whether a text holds one of many values, in time that does not grow."""
    if len(values) <= _FEW:
        return lambda data: any(value in data for value in values)
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.never_capture = True
    options.log_errors = False
    regex = re2.compile(b"|".join(map(re2.escape, values)), options=options)
    return lambda data: bool(regex.search(data))


class Copies:
    """Finds secrets by their values."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets = {
            secret.value.encode("utf-8", "surrogatepass"): secret for secret in secrets
        }
        self._has_any = _presence(list(self._secrets))

    def beside(self, data: bytes, found: Sequence[Match]) -> list[Match]:
        """Return what was found, which is in order, and the values that stand outside of it."""
        again = [match for match in self._find(data) if _is_free(match, found)]
        again.sort(key=lambda match: (match.start, -match.end))
        kept: list[Match] = []
        for match in again:
            if not kept or match.start >= kept[-1].end:
                kept.append(match)
        return sorted([*found, *kept], key=lambda match: match.start) if kept else list(found)

    def _find(self, data: bytes) -> Iterator[Match]:
        for value, secret in self._secrets.items() if self._has_any(data) else ():
            at = data.find(value)
            while at >= 0:
                end = at + len(value)
                if len(value) >= _SURE or _stands_alone(data, at, end):
                    yield Match(at, end, secret.rule, secret.stand_in)
                at = data.find(value, end)


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    return not ((start and _WORD.match(data, start - 1)) or _WORD.match(data, end))


def _is_free(match: Match, found: Sequence[Match]) -> bool:
    """Tell whether a match overlaps nothing that was found."""
    place = bisect_left(found, match.end, key=lambda each: each.start)
    return place == 0 or found[place - 1].end <= match.start
