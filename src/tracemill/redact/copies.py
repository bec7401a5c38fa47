"""Copies: what one context gave away as a secret goes wherever else it stands.

A password in a command stands again in what the command prints, with nothing around it that a
rule could go by. Within a record any value counts that is not short and has a digit and something
else, unless it looks as commits and digests do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.redact.joined import Changes
from tracemill.redact.protocol import Match, Rule

_LENGTHS: Final = range(8, 513)
_SURE: Final = 16
"""So long a value is no part of a word that happens to hold it."""
_MIXED: Final = re.compile(r"(?=.*[0-9])(?=.*[^0-9])", re.DOTALL)
_HASH: Final = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
"""How commits and digests look, which stand in many places by good right."""
_WORD: Final = re.compile(rb"[0-9A-Za-z_]")


class Secret(NamedTuple):
    """A secret that a rule found, in plain: it never leaves the process but into the vault."""

    value: str
    rule: Rule
    """What found it."""
    stand_in: str
    """What takes its place."""


def secrets_in(text: str, changes: Changes) -> tuple[Secret, ...]:
    """Return what is to be looked for elsewhere of what was found in a text."""
    found = (
        Secret(text[start:end], match.rule, match.stand_in)
        for (start, end), match in zip(*changes, strict=True)
        if match.rule.kind == "secret" and match.stand_in is not None
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


class Copies:
    """Finds secrets by their values."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets: Mapping[bytes, Secret] = {
            secret.value.encode("utf-8", "surrogatepass"): secret for secret in secrets
        }

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
        for value, secret in self._secrets.items():
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
