"""Texts in, the same texts with stand-ins out, looked at until nothing more is found.

What one pass puts in may leave a neighbour that another pass finds, so each changed line is
scanned again; no detector looks further, but for the one of key blocks, which no stand-in can
lengthen. A text that goes on changing was made to do so, and is taken out whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Final, NamedTuple

from tracemill.redact import values
from tracemill.redact.emails import address_in
from tracemill.redact.fields import Role, Texts
from tracemill.redact.prefilters import Prefilter
from tracemill.redact.protocol import SEPARATOR, Detector, Match, Rule
from tracemill.redact.pseudonyms import USER, Pseudonyms
from tracemill.redact.scanner import resolve, scan

_MOST_PASSES: Final = 8
_HIGH_BITS: Final = 0xC0
_CONTINUATION: Final = 0x80
_PERSON: Final = Rule("person", "pii", 2)
_ASSIGNED: Final = Rule("assigned-secret", "secret", 5_000)
_UNSETTLED: Final = Rule("unsettled-text", "secret", 3)
_MARKED_ONCE: Final = frozenset({"home-path"})
_PSEUDONYM: Final = re.compile(USER + rb"\Z")


class Mark(NamedTuple):
    """Where a stand-in stands in a redacted text, in characters."""

    start: int
    end: int
    rule: Rule


class Redacted(NamedTuple):
    """A text that was changed."""

    text: str
    marks: list[Mark]


class _Span(NamedTuple):
    start: int
    end: int


class _Changes(NamedTuple):
    """What is done to one text: spans of characters, and the match that each stands for."""

    spans: list[_Span]
    matches: list[Match]


class Settler:
    """Redacts texts with a set of detectors."""

    def __init__(
        self, detectors: Sequence[Detector], prefilter: Prefilter, pseudonyms: Pseudonyms
    ) -> None:
        self._detectors = detectors
        self._prefilter = prefilter
        self._pseudonyms = pseudonyms

    def settle(self, texts: Texts) -> dict[int, Redacted]:
        """Return the texts that had to be changed, by index."""
        settled: dict[int, Redacted] = {}
        indexes: Sequence[int] = range(len(texts.texts))
        waiting, roles = texts.texts, texts.roles
        for _ in range(_MOST_PASSES):
            changed = self._pass(waiting, roles)
            for place, changes in changed.items():
                before = settled.get(indexes[place])
                text = _replaced(waiting[place], changes)
                marks = _marks(before.marks if before else [], changes)
                settled[indexes[place]] = Redacted(text, marks)
            lines = [
                _changed_lines(settled[indexes[place]].text, changes)
                for place, changes in changed.items()
            ]
            again = self._pass(lines, {})
            indexes = [indexes[place] for i, place in enumerate(changed) if i in again]
            if not indexes:
                return settled
            waiting = [settled[index].text for index in indexes]
            roles = {i: texts.roles[j] for i, j in enumerate(indexes) if j in texts.roles}
        settled |= {index: self._taken_out(settled[index].text) for index in indexes}
        return settled

    def _taken_out(self, text: str) -> Redacted:
        token = self._pseudonyms.token(_UNSETTLED.id, _encode(text)).decode()
        return Redacted(token, [Mark(0, len(token), _UNSETTLED)])

    def _pass(self, texts: Sequence[str], roles: Mapping[int, Role]) -> dict[int, _Changes]:
        blobs = [text.encode("utf-8", "surrogatepass") for text in texts]
        matches = scan(SEPARATOR.join(blobs), self._prefilter, self._detectors)
        if not matches and not roles:
            return {}
        starts = [0, *accumulate(len(blob) + len(SEPARATOR) for blob in blobs)]
        for i, role in roles.items():
            matches += self._by_role(blobs[i], starts[i], role)
        return {
            i: _Changes(_spans(texts[i], blobs[i], starts[i], own), own)
            for i, own in _by_text(resolve(matches), starts)
        }

    def _by_role(self, blob: bytes, start: int, role: Role) -> list[Match]:
        end = start + len(blob)
        if role == "person":
            if not blob or _PSEUDONYM.match(blob):
                return []
            stand_in = self._pseudonyms.person(address_in(blob) or blob)
            return [Match(start, end, _PERSON, stand_in)]
        if not values.is_secret(role.encode(), blob):
            return []
        return [Match(start, end, _ASSIGNED, self._pseudonyms.token(_ASSIGNED.id, blob))]


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decode(blob: bytes) -> str:
    return blob.decode("utf-8", "surrogatepass")


def _by_text(matches: list[Match], starts: list[int]) -> Iterator[tuple[int, list[Match]]]:
    """Yield the index of each text that has matches, with them."""
    place = 0

    def index_of(match: Match) -> int:
        nonlocal place
        while starts[place + 1] <= match.start:
            place += 1
        return place

    replaceable = (match for match in matches if match.stand_in is not None)
    for index, own in groupby(replaceable, key=index_of):
        yield index, list(own)


def _spans(text: str, blob: bytes, offset: int, matches: list[Match]) -> list[_Span]:
    """Return where the matches stand in characters; one that cuts a character takes it whole."""
    if len(text) == len(blob):
        return [_Span(match.start - offset, match.end - offset) for match in matches]
    spans: list[_Span] = []
    done = n_characters = 0
    for match in matches:
        start, end = match.start - offset, match.end - offset
        while _is_continued(blob, start):
            start -= 1
        while _is_continued(blob, end):
            end += 1
        first = n_characters + len(_decode(blob[done:start]))
        n_characters = first + len(_decode(blob[start:end]))
        done = end
        spans.append(_Span(first, n_characters))
    return spans


def _is_continued(blob: bytes, at: int) -> bool:
    """Tell whether a character of UTF-8 goes on at `at`."""
    return at < len(blob) and blob[at] & _HIGH_BITS == _CONTINUATION


def _replaced(text: str, changes: _Changes) -> str:
    pieces: list[str] = []
    done = 0
    for (start, end), match in zip(*changes, strict=True):
        pieces += (text[done:start], (match.stand_in or b"").decode())
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def _changed_lines(text: str, changes: _Changes) -> str:
    """Return the lines of the changed text in which stand-ins stand."""
    lines: list[str] = []
    done = -1
    shift = 0
    for (start, end), match in zip(*changes, strict=True):
        length = len(match.stand_in or b"")
        if start + shift > done:
            first = text.rfind("\n", 0, start + shift) + 1
            done = text.find("\n", start + shift + length)
            done = done if done >= 0 else len(text)
            lines.append(text[first:done])
        shift += length - (end - start)
    return "\n".join(lines)


def _marks(before: list[Mark], changes: _Changes) -> list[Mark]:
    """Return earlier marks where the changes have moved them, and one for each change."""
    marks: list[Mark] = []
    seen = {mark.rule.id for mark in before}
    old = before[::-1]
    shift = 0
    for (start, end), match in zip(*changes, strict=True):
        while old and old[-1].start < start:
            marks.append(_moved(old.pop(), shift))
        while old and old[-1].start < end:
            old.pop()
        length = len(match.stand_in or b"")
        rule = match.rule
        if rule.id not in seen or rule.id not in _MARKED_ONCE:
            marks.append(Mark(start + shift, start + shift + length, rule))
            seen.add(rule.id)
        shift += length - (end - start)
    return [*marks, *(_moved(mark, shift) for mark in reversed(old))]


def _moved(mark: Mark, shift: int) -> Mark:
    return Mark(mark.start + shift, mark.end + shift, mark.rule)
