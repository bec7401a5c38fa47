"""Copies: what one context gave away as a secret, or as a name, goes wherever else it stands.

A password in a command stands again in what the command prints, with nothing around it that a
rule could go by. Within a record any value counts that is not short and has a digit and something
else, unless it looks as commits and digests do. Across records only a value counts that nobody
writes by chance.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from tracemill.redact.detectors.emails import is_personal
from tracemill.redact.protocol import Match, Rule
from tracemill.redact.scanning.joined import Changes
from tracemill.redact.scanning.presence import Presence, any_of
from tracemill.redact.spellings import spellings
from tracemill.redact.wording import values
from tracemill.redact.wording.words import word_share

if TYPE_CHECKING:
    import re2

PERSON_ID: Final = "person"
"""The rule of names that stand before their addresses."""
KNOWN_PERSON: Final = Rule("known-person", "pii", 10_002)
"""A name that another place has given away."""

_LENGTHS: Final = range(8, 513)
_SURE: Final = 16
"""So long a value is no part of a word that happens to hold it."""
_MIXED: Final = re.compile(r"(?=.*[0-9])(?=.*[^0-9])", re.DOTALL)
_HASH: Final = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
"""How commits and digests look, which stand in many places by good right."""
_SHORT_HEX: Final = re.compile(r"[0-9a-f]{8,20}\Z")
"""How ids of rows, spans and inputs look, which stand in many places by good right too."""
_OF_A_VALUE: Final = rb"\\{0,3}[\"'][ \t]*:"
"""What follows the name of a value."""
_WORD: Final = re.compile(rb"[0-9A-Za-z_]")
_UNMISTAKABLE: Final = range(12, 513)
_LEAST_ENTROPY: Final = 3.0
_TYPED_SHARE: Final = 0.4
_KINDS: Final = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"))
_PLAIN: Final = re.compile(rb"[0-9A-Za-z_+/=.,:;?~!@#$%^*()|-]{8,}")
"""Characters that stand for themselves however a text is written down."""
_NEAR: Final = rb"[^\x00-\x1f\"\\<>&']{0,8}"
_JUST_BEFORE: Final = re.compile(_NEAR + rb"\Z")
_JUST_BEHIND: Final = re.compile(_NEAR)
"""So much of what stands beside a stand-in tells what is left there."""
_FEW: Final = 8
_MOST_OF_RECORD: Final = 1_000


_AUTHOR: Final = re.compile(
    r"(?P<name>[^<>@\"\n]{1,80}?)[ \t]{1,4}<(?P<address>[^<>@\s]+@[^<>@\s]+)>"
)
_FULL_NAME: Final = re.compile(r"[^\W\d_][\w.'\u2019-]+(?: [^\W\d_][\w.'\u2019-]*)+")
_NAME_LENGTHS: Final = range(7, 61)
_NO_NAME: Final = re.compile(
    r"(?i)\b(?:bot|agent|action|actions|team|admin|root|user|name|code|ci|build|release|test|support"
    r"|service|developers?|maintainers?|contributors?|authors?|github|gitlab|claude|codex|copilot)\b"
)


class _Ends(NamedTuple):
    """How a stand-in begins and ends; empty where it has no sign of its own there."""

    opening: bytes
    closing: bytes


_OF_TOKEN: Final = _Ends(b"[", b"]")
_OF_PERSON: Final = _Ends(b"", b"")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret or a name that a rule found; it prints nothing of itself."""

    value: str
    rule: Rule
    """What found it."""
    stand_in: str
    """What takes its place; where it is a name, in a sentence."""
    address: str = ""
    """Whose name it is; empty for what is none."""
    named: Callable[[bytes], str] | None = None
    """Gives what takes the place of a spelling of the name in a path; None for what is none."""

    def instead_of(self, data: bytes, start: int, end: int) -> str:
        """Return what takes the place of the value, which stands there in one of its spellings.

        A path says the same in every record, whichever address of the person that record tells.
        """
        spelling = data[start:end]
        is_place = b" " not in spelling or _is_in_path(data, start, end)
        return self.named(spelling) if self.named and is_place else self.stand_in

    @property
    def given(self) -> str | None:
        """How other records are told of it; None where it may be chance there."""
        if self.address:
            return f"{self.value} <{self.address}>"
        return self.value if is_unmistakable(self.value) else None


def author_of(given: str) -> tuple[str, str] | None:
    """Return the name and the address that `given` tells of; None where it is a secret."""
    match = _AUTHOR.fullmatch(given)
    return (match["name"], match["address"]) if match else None


def _name_at(text: str, start: int, match: Match, named: Callable[[bytes], str]) -> Secret | None:
    """Return the full name of whoever stands at `start`, with an address behind the name."""
    author = _AUTHOR.match(text, start)
    if author is None or match.stand_in is None:
        return None
    name = author["name"]
    is_name = len(name) in _NAME_LENGTHS and _FULL_NAME.fullmatch(name) is not None
    if not is_name or _NO_NAME.search(name) or not is_personal(author["address"].encode()):
        return None
    return Secret(name, KNOWN_PERSON, match.stand_in, author["address"], named)


def secrets_in(
    text: str, changes: Changes, without: Rule, named: Callable[[bytes], str]
) -> tuple[Secret, ...]:
    """Return what other rules than one found in a text that is to be looked for elsewhere.

    Args:
        text: What they looked at.
        changes: What they found.
        without: The rule whose findings do not count.
        named: Gives the pseudonym of a spelling of a name in a path.
    """
    found: list[Secret] = []
    for (start, end), match in zip(changes.spans, changes.matches, strict=True):
        if match.rule.id == PERSON_ID:
            found += filter(None, (_name_at(text, start, match, named),))
        elif match.rule.kind == "secret" and match.stand_in and match.rule is not without:
            secret = Secret(text[start:end], match.rule, match.stand_in)
            found += (secret,) if _is_telling(secret.value) else ()
    return tuple(found)


def _is_telling(value: str) -> bool:
    """Tell whether a value that stands elsewhere in its record is the same secret."""
    is_mixed = len(value) in _LENGTHS and _MIXED.match(value) is not None
    return is_mixed and _HASH.match(value) is None


def copied(secrets: Iterable[Secret], texts: Iterable[str]) -> Copies | None:
    """Return those of `secrets` that stand in the texts more often than they were found.

    Of a record that gives away more than a thousand, those behind are not looked for.
    """
    firsts: dict[str, Secret] = {}
    n_found: Counter[str] = Counter()
    for secret in secrets:
        if secret.value in firsts or len(firsts) < _MOST_OF_RECORD:
            firsts.setdefault(secret.value, secret)
            n_found[secret.value] += 1
    if not firsts:
        return None
    whole = "\0".join(texts).encode("utf-8", "surrogatepass")
    n_standing = Copies(firsts.values()).count(whole)
    left = [secret for secret in firsts.values() if n_standing[secret] > n_found[secret.value]]
    left = [secret for secret in left if not _names_values(secret.value, whole)]
    return Copies(left) if left else None


def _names_values(value: str, text: bytes) -> bool:
    """Tell whether a value is the id by which a text calls something: no key of a map is secret."""
    if not _SHORT_HEX.match(value):
        return False
    return re.search(value.encode() + _OF_A_VALUE, text) is not None


def is_unmistakable(value: str) -> bool:
    """Tell whether a value is the same secret wherever it stands: long, drawn, and in one line."""
    data = value.encode("utf-8", "surrogatepass")
    if len(data) not in _UNMISTAKABLE or not _is_telling(value):
        return False
    if values.is_id(data) or _SHORT_HEX.match(value):
        return False
    if b"\n" in data or not _PLAIN.search(data) or values.entropy(data) < _LEAST_ENTROPY:
        return False
    has_all = all(kind.search(data) for kind in _KINDS)
    return values.is_random(data) or (has_all and word_share(data) < _TYPED_SHARE)


def may_hold(secrets: Iterable[bytes], known: Iterable[bytes] = ()) -> Callable[[bytes], bool]:
    """Return what tells whether bytes, however texts are written down in them, may hold one.

    Args:
        secrets: What is looked for.
        known: What may be gone from the bytes: of a secret that holds one of these the rest may
            stand there still, beside a stand-in, and is looked for as well.
    """
    parts = {value: each for given in known for value, each in _spelled(given)}
    lengths = sorted({len(value) for value in parts})
    return Presence([needle for each in secrets for needle in _needles(each, parts, lengths)])


def _spelled(given: bytes) -> Iterator[tuple[bytes, _Ends]]:
    """Yield each spelling of what was given away, and what its stand-in looks like."""
    author = author_of(given.decode("utf-8", "surrogatepass"))
    if author is None:
        yield given, _OF_TOKEN
        return
    for each in spellings(author[0]):
        yield each.encode("utf-8", "surrogatepass"), _OF_PERSON


def _needles(given: bytes, parts: Mapping[bytes, _Ends], lengths: Sequence[int]) -> Iterator[bytes]:
    for value, ends in _spelled(given):
        yield value if ends is _OF_PERSON else max(_PLAIN.findall(value), key=len, default=value)
        for length in lengths[: bisect_left(lengths, len(value))]:
            for start in range(len(value) - length + 1):
                if of_part := parts.get(value[start : start + length]):
                    yield from _rests(value[:start], of_part, value[start + length :])


def _rests(before: bytes, of_part: _Ends, behind: bytes) -> Iterator[bytes]:
    """Yield what then stands just before and just behind the stand-in of a part."""
    if before and (near := _JUST_BEFORE.search(before)):
        yield near[0] + of_part.opening
    if behind and (near := _JUST_BEHIND.match(behind)):
        yield of_part.closing + near[0]


class Copies:
    """Finds secrets by their values."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets: dict[bytes, Secret] = {}
        """Every spelling of what is looked for."""
        for secret in secrets:
            for each in spellings(secret.value) if secret.address else (secret.value,):
                self._secrets.setdefault(each.encode("utf-8", "surrogatepass"), secret)
        self._regexes = any_of(self._secrets) if len(self._secrets) > _FEW else None
        self._lengths = sorted({len(value) for value in self._secrets})

    def beside(self, data: bytes, found: Sequence[Match], allowed: Collection[str]) -> list[Match]:
        """Return what was found, which is in order, and the values that stand outside of it.

        Those whose stand-ins are allowed stay as they are.
        """
        values = (match for match in self._find(data) if match.stand_in not in allowed)
        again = [match for match in values if _is_free(match, found)]
        again.sort(key=lambda match: (match.start, -match.end))
        kept: list[Match] = []
        for match in again:
            if not kept or match.start >= kept[-1].end:
                kept.append(match)
        return sorted([*found, *kept], key=lambda match: match.start) if kept else list(found)

    def count(self, data: bytes) -> Counter[Secret]:
        """Count how often the value of each secret stands in a text, within others as well."""
        return Counter(self._secrets[value] for _, value in self._places(data))

    def _find(self, data: bytes) -> Iterator[Match]:
        for at, value in self._places(data):
            secret, end = self._secrets[value], at + len(value)
            if (len(value) >= _SURE and not secret.address) or _stands_alone(data, at, end):
                yield Match(at, end, secret.rule, secret.instead_of(data, at, end))

    def _places(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield each place at which a value begins, and the value."""
        if self._regexes is None:
            yield from chain.from_iterable(_places_of(value, data) for value in self._secrets)
            return
        for regex in self._regexes:
            yield from self._places_by(regex, data)

    def _places_by(self, regex: re2._Regexp, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield the same for many values, in time that hardly grows with their number."""
        start = 0
        while match := regex.search(data, start):
            start, end = match.span()
            for length in self._lengths:
                if length > end - start:
                    break
                if (value := data[start : start + length]) in self._secrets:
                    yield start, value
            start += 1


def _places_of(value: bytes, data: bytes) -> Iterator[tuple[int, bytes]]:
    at = data.find(value)
    while at >= 0:
        yield at, value
        at = data.find(value, at + 1)


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    return not ((start and _WORD.match(data, start - 1)) or _WORD.match(data, end))


def _is_in_path(data: bytes, start: int, end: int) -> bool:
    return data[max(0, start - 1) : start] in (b"/", b"\\") or data[end : end + 1] == b"/"


def _is_free(match: Match, found: Sequence[Match]) -> bool:
    """Tell whether a match overlaps nothing that was found."""
    place = bisect_left(found, match.end, key=lambda each: each.start)
    return place == 0 or found[place - 1].end <= match.start
