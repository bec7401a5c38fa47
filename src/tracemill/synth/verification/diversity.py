"""Diversity: no row asks what another asks but for its numbers, or nearly says what one says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracemill.records.datasets.audits import TrainingRow
from tracemill.synth.verification.exchanges import is_result
from tracemill.synth.verification.ladder import Judged

_NUMBER: Final = re.compile(r"\d+")

Alike = tuple[int, int, float]
"""Places of two rows, the earlier first, and how much of them is the same."""


def template(row: TrainingRow) -> str:
    """Return what people ask in a row, with numbers and spaces that make no difference."""
    asked = (m.content for m in row.messages if m.role == "user" and not is_result(m))
    return _NUMBER.sub("#", " ".join(" ".join(asked).split())).casefold()


def templates(rows: Sequence[TrainingRow]) -> Iterator[Judged]:
    """Judge rows that ask something: the first of a template is its own, the others repeat it."""
    first: dict[str, TrainingRow] = {}
    for row in rows:
        if not (asked := template(row)):
            continue
        known = first.setdefault(asked, row)
        if known is row:
            yield Judged(row)
        else:
            detail = f"asks as {known.file}:{known.line} does once numbers make no difference"
            yield Judged(row, "fail", detail)


def near_copies(
    rows: Sequence[TrainingRow], known: Sequence[TrainingRow], alike: Iterable[Alike] | None
) -> Iterator[Judged]:
    """Judge every row against those before it, and against `known`, which stand before them all.

    Places in `alike` count `known` first; None means that nothing is installed to compare.
    """
    if alike is None:
        yield from (Judged(row, "unknown", _MISSING) for row in rows)
        return
    everything = [*known, *rows]
    original: dict[int, tuple[TrainingRow, float]] = {}
    for earlier, later, share in alike:
        if later >= len(known):
            original.setdefault(later, (everything[earlier], share))
    for at, row in enumerate(rows, len(known)):
        if at in original:
            other, share = original[at]
            yield Judged(row, "fail", f"{share:.0%} the same as {other.file}:{other.line}")
        else:
            yield Judged(row)


_MISSING: Final = "cannot be looked for: install tracemill[datasets]"
