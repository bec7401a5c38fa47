"""The seam of dataset checks: rows in, one result out.

Most checks object to rows and ask that no more than a share of them be objected to; such a
check is a function that yields its objections, and a line in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from tracemill.curate.checks.wording import said
from tracemill.records.datasets.audits import CheckResult, FailingRow, TrainingRow, Verdict
from tracemill.records.datasets.recipes import Limits

if TYPE_CHECKING:
    from tracemill.curate.copies.containment import Containment
    from tracemill.curate.copies.near_duplicates import Pair, Shingled, Shingles, Text
    from tracemill.curate.copies.word_runs import EvaluationRuns

ALIKE: Final = 0.8
"""Jaccard similarity of word five-grams from which two rows are nearly the same."""
MAX_SHOWN: Final = 20
"""Failing rows that a result names; all are counted."""
_MISSING: Final = "cannot be looked for: install tracemill[datasets]"

Objection = tuple[TrainingRow, str]
"""A row, and what is wrong with it in words that hold nothing of its text."""


@dataclass(frozen=True)
class Checked:
    """What a dataset's checks work on."""

    rows: Sequence[TrainingRow]
    """The rows, in the order in which they stand."""
    before: Sequence[TrainingRow] = ()
    """Rows of the version before, where one was given."""
    limits: Limits = field(default_factory=Limits)
    """What some checks need to know."""
    evaluated: EvaluationRuns | None = None
    """What models are judged on; None where nothing is named, or nothing installed to compare."""

    compare: Callable[[Sequence[Text], float, Sequence[bool]], Sequence[Pair]] | None = None
    """Finds texts that are nearly the same, where that is not to be done in this process."""
    shingles: Shingles | None = None
    """Knows the shingles of texts that were compared before."""

    @cached_property
    def _shingled(self) -> Shingled:
        from tracemill.curate.copies.near_duplicates import Shingles

        return (self.shingles or Shingles()).of([said(row) for row in self.rows])

    @cached_property
    def alike(self) -> Sequence[Pair] | None:
        """Pairs of rows that are nearly the same; None where nothing is installed to find them."""
        held = [row.split in ("validation", "test") for row in self.rows]
        if self.compare is not None:
            return self.compare([said(row) for row in self.rows], ALIKE, held)
        try:
            from tracemill.curate.copies.near_duplicates import near_duplicates
        except ModuleNotFoundError:
            return None
        return list(near_duplicates(self._shingled, ALIKE, held))

    @cached_property
    def contained(self) -> Sequence[Containment] | None:
        """Rows that stand in longer ones; None where nothing is installed to find them."""
        try:
            from tracemill.curate.copies.containment import contained
        except ModuleNotFoundError:
            return None
        return list(contained(self._shingled))


class Check(Protocol):
    """Measures one property of a dataset against what is asked of it."""

    @property
    def name(self) -> str:
        """Name of the check, as in reports."""
        ...

    def run(self, checked: Checked) -> CheckResult:
        """Return what was found."""
        ...


def every_row(checked: Checked) -> Sequence[TrainingRow]:
    """Look at all rows."""
    return checked.rows


def always(_: Checked) -> bool:
    """Need nothing but the rows."""
    return True


@dataclass(frozen=True)
class RowCheck:
    """Asks that no more than a share of some rows be objected to."""

    name: str
    threshold: float
    """Highest share of rows."""
    says: str
    """What an objection means, as in `12 of 345 rows …`."""
    objections: Callable[[Checked], Iterator[Objection]]
    """Yields each row objected to, once."""
    of: Callable[[Checked], Sequence[TrainingRow]] = every_row
    """The rows that are looked at; where there are none, the verdict is unknown."""
    is_local: bool = False
    """Whether an objection to a row has nothing to do with other rows."""
    is_possible: Callable[[Checked], bool] = always
    """Whether what it needs is installed; where it is not, the verdict is unknown."""

    def run(self, checked: Checked) -> CheckResult:
        """Return what was found."""
        n_rows, is_possible = len(self.of(checked)), self.is_possible(checked)
        n_failing, shown = failing(self.objections(checked) if n_rows and is_possible else ())
        measured = share(n_failing, n_rows) if is_possible else None
        return CheckResult(
            name=self.name,
            verdict=at_most(measured, self.threshold),
            measured=measured,
            threshold=self.threshold,
            n_rows=n_rows,
            n_failing=n_failing,
            says=f"{n_failing:,} of {n_rows:,} rows {self.says}" if is_possible else _MISSING,
            failing=shown,
        )


def failing(objections: Iterable[Objection]) -> tuple[int, tuple[FailingRow, ...]]:
    """Return how many rows are objected to, and the first of them."""
    listed = [FailingRow(file=row.file, line=row.line, detail=why) for row, why in objections]
    return len(listed), tuple(listed[:MAX_SHOWN])


def share(part: int, whole: int) -> float | None:
    """Return a ratio, or None where there is nothing to divide by."""
    return part / whole if whole else None


def at_most(measured: float | None, threshold: float) -> Verdict:
    """Judge a value that must not exceed a threshold."""
    if measured is None:
        return "unknown"
    return "pass" if measured <= threshold else "fail"


def at_least(measured: float | None, threshold: float) -> Verdict:
    """Judge a value that must reach a threshold."""
    if measured is None:
        return "unknown"
    return "pass" if measured >= threshold else "fail"
