"""Checks of rows that are nearly the same: repetition and leaks that no exact comparison sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracemill.curate.checks.protocol import Checked, Objection, at_most, failing, share
from tracemill.records.audits import CheckResult, TrainingRow

_MISSING: Final = "cannot be looked for: install tracemill[datasets]"


@dataclass(frozen=True)
class NearDuplicates:
    """Asks that few rows be nearly the same as an earlier one of the same split."""

    threshold: float = 0.05
    """Highest share of rows."""
    name: str = "near_duplicates"

    def run(self, checked: Checked) -> CheckResult:
        """Return how many rows are nearly the same as an earlier one."""
        return _result(self, checked, checked.rows, _near(checked), "are nearly an earlier row")


@dataclass(frozen=True)
class NearLeaks:
    """Asks that no row held out be nearly the same as one that is trained on."""

    threshold: float = 0.0
    """Highest share of the rows held out."""
    name: str = "near_leaks"

    def run(self, checked: Checked) -> CheckResult:
        """Return how many of the rows held out are nearly trained on."""
        looked_at = _held_beside_trained(checked)
        says = "of those held out are nearly trained on"
        return _result(self, checked, looked_at, _leaked(checked), says)


@dataclass(frozen=True)
class ContainedRows:
    """Asks that few rows stand in a longer row of the same split."""

    threshold: float = 0.05
    """Highest share of rows."""
    name: str = "contained_rows"

    def run(self, checked: Checked) -> CheckResult:
        """Return how many rows stand in a longer one."""
        return _result(self, checked, checked.rows, _inside(checked), "stand in a longer row")


@dataclass(frozen=True)
class ContainedLeaks:
    """Asks that no row held out stand in one that is trained on, nor the other way round."""

    threshold: float = 0.0
    """Highest share of the rows held out."""
    name: str = "contained_leaks"

    def run(self, checked: Checked) -> CheckResult:
        """Return how many rows held out stand in what is trained on, or hold it."""
        looked_at = _held_beside_trained(checked)
        says = "of those held out stand in what is trained on, or hold it"
        return _result(self, checked, looked_at, _leaked_inside(checked), says)


def _inside(checked: Checked) -> Iterator[Objection]:
    for found in checked.contained or ():
        inner, outer = checked.rows[found.inner], checked.rows[found.outer]
        if (inner.split, inner.part) == (outer.split, outer.part) and inner.digest != outer.digest:
            yield inner, f"{found.share:.0%} of it stands in {outer.file}:{outer.line}"


def _leaked_inside(checked: Checked) -> Iterator[Objection]:
    seen: set[int] = set()
    for found in checked.contained or ():
        for held, trained in ((found.inner, found.outer), (found.outer, found.inner)):
            row, known = checked.rows[held], checked.rows[trained]
            is_leak = row.split in ("validation", "test") and known.split == "train"
            if is_leak and held not in seen:
                seen.add(held)
                yield row, f"shares {found.share:.0%} of the shorter with {known.file}:{known.line}"


def _held_beside_trained(checked: Checked) -> Sequence[TrainingRow]:
    held = [row for row in checked.rows if row.split in ("validation", "test")]
    return held if any(row.split == "train" for row in checked.rows) else ()


def _result(
    check: NearDuplicates | NearLeaks | ContainedRows | ContainedLeaks,
    checked: Checked,
    rows: Sequence[TrainingRow],
    objections: Iterator[Objection],
    says: str,
) -> CheckResult:
    is_known = checked.alike is not None
    n_failing, shown = failing(objections)
    measured = share(n_failing, len(rows)) if is_known else None
    return CheckResult(
        name=check.name,
        verdict=at_most(measured, check.threshold),
        measured=measured,
        threshold=check.threshold,
        n_rows=len(rows),
        n_failing=n_failing,
        says=f"{n_failing:,} of {len(rows):,} rows {says}" if is_known else _MISSING,
        failing=shown,
    )


def _near(checked: Checked) -> Iterator[Objection]:
    seen: set[int] = set()
    for pair in checked.alike or ():
        one, other = checked.rows[pair.first], checked.rows[pair.second]
        is_alike = (one.split, one.part) == (other.split, other.part)
        if is_alike and one.digest != other.digest and pair.second not in seen:
            seen.add(pair.second)
            yield other, f"{pair.similarity:.0%} the same as {one.file}:{one.line}"


def _leaked(checked: Checked) -> Iterator[Objection]:
    seen: set[int] = set()
    for pair in checked.alike or ():
        for held, trained in ((pair.first, pair.second), (pair.second, pair.first)):
            row, known = checked.rows[held], checked.rows[trained]
            is_leak = row.split in ("validation", "test") and known.split == "train"
            if is_leak and held not in seen:
                seen.add(held)
                yield row, f"{pair.similarity:.0%} the same as {known.file}:{known.line}"
