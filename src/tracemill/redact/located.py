"""Where in a text that came in something was found, however often it was changed on its way.

Each pass says what it replaced in the text that the pass before it left. Here those places are
led back to the first text: a place within a stand-in means all that the stand-in stands for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tracemill.redact.protocol import Rule
from tracemill.redact.scanning.joined import Changes


class Found(NamedTuple):
    """Something that was found in a text, and what stands for it now. Offsets count characters."""

    start: int
    """Where it begins in the text that came in."""
    end: int
    """Just behind it."""
    stand: int
    """Where its stand-in begins in the redacted text."""
    stand_end: int
    """Just behind the stand-in."""
    rule: Rule
    """What found it."""


class Located(NamedTuple):
    """A redacted text, and what was found in the one that came in, in order."""

    text: str
    found: Sequence[Found]


class Seen(NamedTuple):
    """A text of a record in which something was found."""

    record: int
    """The record's number among those that were looked at."""
    where: str
    """The field that holds it, as a path such as `calls[0].arguments.command`."""
    text: str
    """As it came in, with all that is sensitive."""
    located: Located
    """As it may leave."""


class Tracer:
    """Follows the changes of many texts."""

    def __init__(self) -> None:
        self._found: dict[int, list[Found]] = {}

    def note(self, index: int, changes: Changes) -> None:
        """Take in what one pass did to a text."""
        before = self._found.get(index)
        self._found[index] = _followed(before, changes) if before else _found_first(changes)

    def forget(self) -> None:
        """Begin anew: the texts are looked at once more."""
        self._found.clear()

    def found(self, index: int) -> Sequence[Found]:
        """Return what was found in a text."""
        return self._found.get(index, [])


def _found_first(changes: Changes) -> list[Found]:
    """Return what was found in a text that nothing has changed yet."""
    found: list[Found] = []
    shift = 0
    for (start, end), match in zip(changes.spans, changes.matches, strict=True):
        n_characters = len(match.stand_in or "")
        stand = start + shift
        found.append(Found(start, end, stand, stand + n_characters, match.rule))
        shift += n_characters - (end - start)
    return found


def _followed(before: list[Found], changes: Changes) -> list[Found]:
    """Return what was found before and by these changes; what they touch becomes part of them."""
    ends = [found.stand_end for found in before]
    followed: list[Found] = []
    done = shift = 0
    for (start, end), match in zip(changes.spans, changes.matches, strict=True):
        first = max(done, bisect_right(ends, start))
        last = first
        while last < len(before) and before[last].stand < end:
            last += 1
        followed += [_moved(found, shift) for found in before[done:first]]
        touched = before[first:last]
        grown = len(match.stand_in or "") - (end - start)
        found = Found(
            _in_first_text(before, ends, start).start,
            _in_first_text(before, ends, end).end,
            min([start, *(found.stand for found in touched)]) + shift,
            max([end, *(found.stand_end for found in touched)]) + shift + grown,
            match.rule,
        )
        _add(followed, found)
        shift += grown
        done = last
    return [*followed, *(_moved(found, shift) for found in before[done:])]


class _Place(NamedTuple):
    start: int
    end: int


def _in_first_text(before: list[Found], ends: list[int], at: int) -> _Place:
    """Return what a place in the changed text is in the first: all of a stand-in, or itself."""
    i = bisect_right(ends, at)
    if i < len(before) and before[i].stand < at:
        return _Place(before[i].start, before[i].end)
    first = at - (before[i - 1].stand_end - before[i - 1].end) if i else at
    return _Place(first, first)


def _moved(found: Found, shift: int) -> Found:
    if not shift:
        return found
    return found._replace(stand=found.stand + shift, stand_end=found.stand_end + shift)


def _add(followed: list[Found], found: Found) -> None:
    """Add what was found; where it tears the same stand-in as the one before, they are one."""
    if followed and followed[-1].end > found.start:
        last = followed.pop()
        found = found._replace(start=last.start, stand=last.stand)
    followed.append(found)
