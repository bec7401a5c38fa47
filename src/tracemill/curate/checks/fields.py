"""Whether a dataset shows that code uses what tools return, and does not only call them.

A model does not take to reading fields by itself: shown in about 5 % of examples it read none, in
about 22 % it read them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracemill.base.python_code.field_access import FieldAccess, field_access
from tracemill.curate.checks.answers import with_calls
from tracemill.curate.checks.protocol import Checked, at_least, share
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


def _accesses(row: TrainingRow) -> list[FieldAccess]:
    found = (field_access(as_python(code)) for code in run_code(row))
    return [access for access in found if access is not None]
