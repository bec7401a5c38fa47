"""Sentences of a text, each with its place: code, tables and markup around them are left aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_FENCE: Final = re.compile(r"^\s*(?:```|~~~)")
_MARK: Final = re.compile(r"\s*(?:(?:[-*+>•]|\d{1,2}[.)]|#{1,6}|\[[ xX]\])\s+|[✅✔☑❌✗⚠️🔧🎯]+\s*)*")
_END: Final = re.compile(r"[.!?…](?=[\"'`)*]*\s)[\"'`)*]*|\s+[\u2013\u2014]\s+(?=[A-Z])")
_ABBREVIATED: Final = re.compile(r"\b(?:e\.g|i\.e|etc|vs|cf|approx|no)\.$", re.IGNORECASE)
_HEADING: Final = re.compile(r"^\s{0,3}(?:#{1,6}\s+(.+?)|\*\*(.{1,60}?):?\*\*:?)\s*#*\s*$")
_NO_PROSE: Final = re.compile(r"^\s*(?:\||<[/a-zA-Z!]|[{}\[\]]|@@|[+-]{3} |\$ |    \S)")
_LONGEST_ABBREVIATION: Final = 8
_LEAST_WORDS: Final = 3
_LONGEST: Final = 400
_LETTERS: Final = re.compile(r"[^\W\d_]")
_MOSTLY: Final = 0.6


class Sentence(NamedTuple):
    """A sentence and its place in the text."""

    text: str
    start: int
    end: int
    heading: str
    """The heading below which it stands, in small letters; empty where there is none."""


def sentences(text: str, longest: int = _LONGEST) -> Iterator[Sentence]:
    """Yield the sentences of a text, in order; what is longer than `longest` is left out."""
    heading, is_code, at = "", False, 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if _FENCE.match(line):
            is_code = not is_code
        elif is_code or _NO_PROSE.match(line):
            continue
        elif found := _HEADING.match(line):
            heading = (found[1] or found[2]).strip(" *:").lower()
        else:
            yield from _of_line(text, start, start + len(line), heading, longest)


def beginning(text: str, longest: int) -> Sentence | None:
    """Return how a text begins, up to a word's end; for one that is no run of sentences."""
    stripped = text.strip()
    if not stripped:
        return None
    start = text.index(stripped[0])
    end = start + len(stripped)
    if len(stripped) > longest:
        cut = text.rfind(" ", start, start + longest)
        end = cut if cut > start else start + longest
    return Sentence(text[start:end], start, end, "")


def _of_line(text: str, start: int, end: int, heading: str, longest: int) -> Iterator[Sentence]:
    first = _MARK.match(text, start, end)
    at = first.end() if first else start
    while at < end:
        close = _close(text, at, end)
        first_at, last_at = _unwrapped(text, at, close)
        said = text[first_at:last_at]
        if _is_prose(said) and len(said) <= longest:
            yield Sentence(said, first_at, last_at, heading)
        at = close
        while at < end and text[at].isspace():
            at += 1


def _close(text: str, at: int, end: int) -> int:
    """Return where the sentence that begins at `at` ends."""
    place = at
    while found := _END.search(text, place, end):
        last = max(at, found.start() - _LONGEST_ABBREVIATION)
        if not _ABBREVIATED.search(text, last, found.start() + 1):
            return found.end()
        place = found.end()
    return end


def _unwrapped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a sentence stands without the space and the marks around the whole of it."""
    while end > start and text[end - 1].isspace():
        end -= 1
    for mark in ("**", "__"):
        is_wrapped = text.startswith(mark, start, end) and text.endswith(mark, start + 2, end)
        if is_wrapped and text.count(mark, start, end) == len(mark):
            return start + len(mark), end - len(mark)
    return start, end


def sentence_at(text: str, place: int) -> Sentence:
    """Return the sentence that holds a place, however short it is."""
    at = text.rfind("\n", 0, place) + 1
    line_end = text.find("\n", place)
    end = len(text) if line_end < 0 else line_end
    while (close := _close(text, at, end)) <= place and close < end:
        at = close
    while at < close and text[at].isspace():
        at += 1
    start, stop = _unwrapped(text, at, close)
    return Sentence(text[start:stop], start, stop, "")


def _is_prose(said: str) -> bool:
    if len(said.split()) < _LEAST_WORDS or said.endswith(":"):
        return False
    bare = said.replace(" ", "")
    return len(_LETTERS.findall(bare)) >= _MOSTLY * len(bare)
