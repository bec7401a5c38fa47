"""Checks of rows that are nearly the same: repetition and leaks that no exact comparison sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracemill.curate.checks.protocol import Checked, Objection


def nearly_repeated(checked: Checked) -> Iterator[Objection]:
    """Yield rows that are nearly the same as an earlier one of their split."""
    yield from _repeated(checked, _near(checked), "{:.0%} the same as")


def contained_rows(checked: Checked) -> Iterator[Objection]:
    """Yield rows that stand in a longer row of their split."""
    yield from _repeated(checked, _contained(checked), "{:.0%} of it stands in")


def nearly_leaked(checked: Checked) -> Iterator[Objection]:
    """Yield held-out rows that are nearly the same as one that is trained on."""
    yield from _leaked(checked, _near(checked), "{:.0%} the same as")


def leaked_inside(checked: Checked) -> Iterator[Objection]:
    """Yield held-out rows that stand in one that is trained on, or hold it."""
    yield from _leaked(checked, _contained(checked), "shares {:.0%} of the shorter with")


def is_compared(checked: Checked) -> bool:
    """Tell whether there is something installed that finds such rows."""
    return checked.alike is not None


class _Found(NamedTuple):
    """Two rows that have much in common."""

    row: int
    """Index of the one that came later, or that stands in the other."""
    known: int
    """Index of the other."""
    likeness: float
    """The share that they have in common, from 0 to 1."""


def _near(checked: Checked) -> Iterator[_Found]:
    for pair in checked.alike or ():
        yield _Found(pair.second, pair.first, pair.similarity)


def _contained(checked: Checked) -> Iterator[_Found]:
    for pair in checked.contained or ():
        yield _Found(pair.inner, pair.outer, pair.share)


def _repeated(checked: Checked, found: Iterable[_Found], says: str) -> Iterator[Objection]:
    """Yield each row, once, whose other is of the same split, and not the same to the letter."""
    seen: set[int] = set()
    for place, other, likeness in found:
        row, known = checked.rows[place], checked.rows[other]
        is_beside = (row.split, row.part) == (known.split, known.part)
        if is_beside and row.digest != known.digest and place not in seen:
            seen.add(place)
            yield row, f"{says.format(likeness)} {known.file}:{known.line}"


def _leaked(checked: Checked, found: Iterable[_Found], says: str) -> Iterator[Objection]:
    """Yield each row, once, of which the other is trained on, and it is held out."""
    seen: set[int] = set()
    for one, other, likeness in found:
        for place, trained in ((one, other), (other, one)):
            row, known = checked.rows[place], checked.rows[trained]
            is_leak = row.split in ("validation", "test") and known.split == "train"
            if is_leak and place not in seen:
                seen.add(place)
                yield row, f"{says.format(likeness)} {known.file}:{known.line}"
