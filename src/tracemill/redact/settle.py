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
_MARKED_ONCE: Final = "home-path"
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


class _Changes(NamedTuple):
    """What is done to one text: spans of characters, and the match that each stands for."""

    spans: list[tuple[int, int]]
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
            lines: list[str] = []
            for place, changes in changed.items():
                text, stands = _replaced(waiting[place], changes)
                lines.append(_lines_at(text, stands))
                before = settled.get(indexes[place])
                old = _moved(before.marks, changes) if before else []
                settled[indexes[place]] = Redacted(text, _marked(old, stands, changes))
            again = self._pass(lines, {})
            indexes = [indexes[place] for i, place in enumerate(changed) if i in again]
            if not indexes:
                return settled
            waiting = [settled[index].text for index in indexes]
            roles = {i: texts.roles[j] for i, j in enumerate(indexes) if j in texts.roles}
        settled |= {index: self._taken_out(settled[index].text) for index in indexes}
        return settled

    def _taken_out(self, text: str) -> Redacted:
        token = self._pseudonyms.token(_UNSETTLED.id, text.encode("utf-8", "surrogatepass"))
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


def _by_text(matches: list[Match], starts: list[int]) -> Iterator[tuple[int, list[Match]]]:
    """Yield the index of each text that has matches, with them."""
    place = 0

    def index_of(match: Match) -> int:
        nonlocal place
        while starts[place + 1] <= match.start:
            place += 1
        return place

    for index, own in groupby(matches, key=index_of):
        yield index, list(own)


def _spans(text: str, blob: bytes, offset: int, matches: list[Match]) -> list[tuple[int, int]]:
    """Return where the matches stand in characters; one that cuts a character takes it whole."""
    if len(text) == len(blob):
        return [(match.start - offset, match.end - offset) for match in matches]
    spans: list[tuple[int, int]] = []
    done = n_characters = 0
    for match in matches:
        start, end = match.start - offset, match.end - offset
        while _is_continued(blob, start):
            start -= 1
        while _is_continued(blob, end):
            end += 1
        first = n_characters + len(blob[done:start].decode("utf-8", "surrogatepass"))
        n_characters = first + len(blob[start:end].decode("utf-8", "surrogatepass"))
        done = end
        spans.append((first, n_characters))
    return spans


def _is_continued(blob: bytes, at: int) -> bool:
    """Tell whether a character of UTF-8 goes on at `at`."""
    return at < len(blob) and blob[at] & _HIGH_BITS == _CONTINUATION


class _Text(NamedTuple):
    text: str
    stands: list[int]
    """Where each stand-in begins."""


def _replaced(text: str, changes: _Changes) -> _Text:
    pieces: list[str] = []
    stands: list[int] = []
    done = shift = 0
    for (start, end), match in zip(*changes, strict=True):
        stand_in = match.stand_in or ""
        pieces += (text[done:start], stand_in)
        stands.append(start + shift)
        shift += len(stand_in) - (end - start)
        done = end
    pieces.append(text[done:])
    return _Text("".join(pieces), stands)


def _lines_at(text: str, stands: list[int]) -> str:
    """Return the lines of a text in which stand-ins stand."""
    lines: list[str] = []
    done = -1
    for stand in stands:
        if stand > done:
            done = text.find("\n", stand)
            done = done if done >= 0 else len(text)
            lines.append(text[text.rfind("\n", 0, stand) + 1 : done])
    return "\n".join(lines)


def _marked(old: list[Mark], stands: list[int], changes: _Changes) -> list[Mark]:
    """Return earlier marks and one for each change, in the order in which they stand."""
    marks: list[Mark] = []
    is_marked = any(mark.rule.id == _MARKED_ONCE for mark in old)
    for stand, match in zip(stands, changes.matches, strict=True):
        if match.rule.id == _MARKED_ONCE:
            if is_marked:
                continue
            is_marked = True
        marks.append(Mark(stand, stand + len(match.stand_in or ""), match.rule))
    return sorted([*old, *marks], key=lambda mark: mark.start) if old else marks


def _moved(marks: list[Mark], changes: _Changes) -> list[Mark]:
    """Return marks where the changes have moved them, without those that were replaced."""
    moved: list[Mark] = []
    waiting = marks[::-1]
    shift = 0
    for (start, end), match in zip(*changes, strict=True):
        while waiting and waiting[-1].start < start:
            mark = waiting.pop()
            moved.append(Mark(mark.start + shift, mark.end + shift, mark.rule))
        while waiting and waiting[-1].start < end:
            waiting.pop()
        shift += len(match.stand_in or "") - (end - start)
    return [*moved, *(Mark(m.start + shift, m.end + shift, m.rule) for m in waiting[::-1])]
