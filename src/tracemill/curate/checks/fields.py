"""Whether a dataset shows that code uses what tools return, and does not only call them.

A model does not take to reading fields by itself: shown in about 5 % of examples it read none, in
about 22 % it read them. That a function's results have fields is known where any row reads one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracemill.base.python_code.field_access import FieldAccess, field_access
from tracemill.curate.checks.answers import with_calls
from tracemill.curate.checks.protocol import (
    Checked,
    Objection,
    at_least,
    at_most,
    failing,
    share,
)
from tracemill.curate.checks.tool_use import as_python, run_code
from tracemill.records.datasets.audits import CheckResult, TrainingRow
from tracemill.stats import wilson

_MOSTLY = 0.5


@dataclass(frozen=True)
class FieldReads:
    """Asks that a dataset whose code calls tools also read fields of what they return.

    It asks nothing where less than half of the rows with calls call tools from code, and fails
    where the 95 % interval of the share says so.
    """

    threshold: float = 0.2
    """Lowest share of all rows that read a field."""
    name: str = "field_reads"

    def run(self, checked: Checked) -> CheckResult:
        """Return the share of rows that read a field of what a call in their code returned."""
        n_rows = len(checked.rows)
        accesses = [_accesses(row) for row in with_calls(checked)]
        n_coding = sum(any(each.functions for each in found) for found in accesses)
        n_reading = sum(any(each.reads for each in found) for found in accesses)
        is_asked = n_coding > 0 and n_coding >= _MOSTLY * len(accesses)
        measured = share(n_reading, n_rows) if is_asked else None
        verdict = at_least(measured, self.threshold)
        is_shown = wilson(n_reading, n_rows).high < self.threshold
        is_open = verdict == "fail" and not is_shown
        return CheckResult(
            name=self.name,
            verdict="unknown" if is_open else verdict,
            measured=measured,
            threshold=self.threshold,
            n_rows=n_rows,
            says=(
                f"{n_reading:,} of {n_rows:,} rows read a field of what a tool returned"
                f"{'; too few rows to tell' if is_open else ''}"
                if is_asked
                else "few rows call tools from code"
            ),
            facts={"calling_from_code": n_coding, "reading": n_reading},
        )


@dataclass(frozen=True)
class UnusedResults:
    """Names rows whose code calls what returns fields, and reads no field of it.

    It fails where the 95 % interval of their share among the rows that call such functions lies
    beyond the limit.
    """

    threshold: float = 0.8
    """Highest share of these rows."""
    name: str = "unused_results"

    def run(self, checked: Checked) -> CheckResult:
        """Return the share of rows that call such a function and use nothing of its result."""
        accesses = [(row, _accesses(row)) for row in with_calls(checked)]
        typed = frozenset(each.call for _, found in accesses for each in _reads(found))
        calling = [
            (row, found) for row, found in accesses if any(each.functions & typed for each in found)
        ]
        n_failing, shown = failing(_unused(calling, typed))
        n_rows = len(calling)
        measured = share(n_failing, n_rows)
        verdict = at_most(measured, self.threshold)
        is_open = verdict == "fail" and wilson(n_failing, n_rows).low <= self.threshold
        return CheckResult(
            name=self.name,
            verdict="unknown" if is_open else verdict,
            measured=measured,
            threshold=self.threshold,
            n_rows=n_rows,
            n_failing=n_failing,
            says=(
                f"{n_failing:,} of {n_rows:,} rows call what returns fields and read none"
                f"{'; too few rows to tell' if is_open else ''}"
            ),
            failing=shown,
            facts={"functions": len(typed)},
        )


class _Read(NamedTuple):
    call: str
    field: str


def _reads(found: list[FieldAccess]) -> Iterator[_Read]:
    return (_Read(*read) for access in found for read in access.reads)


def _unused(
    calling: Sequence[tuple[TrainingRow, list[FieldAccess]]], typed: frozenset[str]
) -> Iterator[Objection]:
    for row, found in calling:
        if not any(_reads(found)):
            n_called = len({name for each in found for name in each.functions & typed})
            yield row, f"{n_called} functions return fields, and none is read"


def _accesses(row: TrainingRow) -> list[FieldAccess]:
    found = (field_access(as_python(code)) for code in run_code(row))
    return [access for access in found if access is not None]
