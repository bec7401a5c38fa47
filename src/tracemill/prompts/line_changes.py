"""What one version of a text added to the one before, and took away, line by line.

A line belongs to the heading above it, or to the key at the left margin where the text is YAML or
TOML. Lines that only moved are told as taken away and added: nobody knows better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final, NamedTuple

from tracemill.records.process.prompt_versions import LineChange

_MOST_TOLD: Final = 200
_MOST_COMPARED: Final = 20_000
"""Lines of both together; longer texts are told by how many lines they have."""
_HEADING: Final = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t#]*")
_KEY: Final = re.compile(r"([A-Za-z_][\w-]{0,60})[ \t]*[:=](?:[ \t].*)?")
_TABLE: Final = re.compile(r"\[{1,2}([\w.\"-]+)\]{1,2}")
_DATA: Final = (".yaml", ".yml", ".toml")


class Difference(NamedTuple):
    """What a version added and took away."""

    n_added: int
    n_removed: int
    kept: float
    """Share of the older text's lines that are still there, empty ones left out; 1 of none."""
    lines: tuple[LineChange, ...]
    """The first of these lines; none where the texts are too long."""


def difference(old: str, new: str, path: str) -> Difference:
    """Return what `new` has that `old` has not, and the other way round."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > _MOST_COMPARED:
        return _roughly(before, after)
    is_data = path.lower().endswith(_DATA)
    changes = list(_changes(before, after, is_data=is_data))
    told = [change for change in changes if change.text]
    n_removed = sum(not change.is_added for change in told)
    n_before = sum(bool(line.strip()) for line in before)
    return Difference(
        n_added=len(told) - n_removed,
        n_removed=n_removed,
        kept=1 - n_removed / n_before if n_before else 1.0,
        lines=tuple(told[:_MOST_TOLD]),
    )


def _roughly(before: Sequence[str], after: Sequence[str]) -> Difference:
    old, new = set(before), set(after)
    n_removed = sum(line not in new for line in before)
    n_added = sum(line not in old for line in after)
    return Difference(n_added, n_removed, 1 - n_removed / max(1, len(before)), ())


def _changes(before: Sequence[str], after: Sequence[str], *, is_data: bool) -> Iterator[LineChange]:
    was_in, is_in = _sections(before, is_data=is_data), _sections(after, is_data=is_data)
    begin = _n_same(before, after)
    end = _n_same(before[begin:][::-1], after[begin:][::-1])
    old, new = before[begin : len(before) - end], after[begin : len(after) - end]
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            continue
        for at in range(begin + first, begin + last):
            yield LineChange(section=was_in[at], text=before[at].strip(), is_added=False)
        for at in range(begin + new_first, begin + new_last):
            yield LineChange(section=is_in[at], text=after[at].strip(), is_added=True)


def _n_same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines two texts begin with alike."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)


def _sections(lines: Sequence[str], *, is_data: bool) -> list[str]:
    """Return for each line the heading or key that it stands under."""
    found, section = [], ""
    for line in lines:
        if is_data:
            match = _KEY.fullmatch(line) or _TABLE.fullmatch(line)
        else:
            match = _HEADING.fullmatch(line)
        section = match[1] if match else section
        found.append(section)
    return found
