"""Checks of a build that no rows alone can answer: what redaction finds, and what checks moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.base.text import counted
from tracemill.curate.checks.protocol import MAX_SHOWN, at_most, share
from tracemill.export import DATASET_FORMATS
from tracemill.export.trainers.dataset_format import LeftOut, Part, Row
from tracemill.flows.datasets.audit import rows_of
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.privacy.scan import Scan, ScanResult
from tracemill.records.datasets.audits import CheckResult, FailingRow, TrainingRow
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile, FunnelStage
from tracemill.store.workspace import Workspace

_BALANCE: Final = 0.1
"""Largest change of a class's share."""
_ON_PURPOSE: Final = ("mixture", "budget")
"""Stages that change what a dataset is made up of because somebody asked for it."""


class ReadRows(NamedTuple):
    """What stands in files of rows."""

    rows: list[TrainingRow]
    unread: list[FailingRow]
    """Lines that are no row."""
    found: ScanResult
    """What redaction, with the rules in use, finds in the files."""


def read_rows(workspace: Workspace, folder: Path, files: Sequence[ExportedFile]) -> ReadRows:
    """Return the rows of files, each line of which is read once, by checks and redaction alike.

    Where a line is no row, redaction reads for itself: it looks at text that is no JSON as well.
    """
    unread: list[FailingRow] = []
    redactor = own_redactor(workspace).redactor
    scan = Scan(redactor)
    paths = [folder / file.path for file in files]
    rows = [
        row
        for path in paths
        for row in rows_of(path, unread, Part.of_file(path.name), scan.look_at_lines)
    ]
    if unread:
        scan = Scan(redactor)
        scan.look(paths)
    return ReadRows(rows, unread, scan.result())


def clean_text(found: ScanResult, n_rows: int) -> CheckResult:
    """Return what redaction found in what was written as the result of a check.

    Where nothing is found, and something could not be looked at, nothing is known.
    """
    at = list(dict.fromkeys((place.path, place.place, place.rule) for place in found.places))
    n_failing = len({(path, line) for path, line, _ in at})
    n_unknown = len(found.failures)
    measured = None if n_unknown and not n_failing else share(n_failing, n_rows)
    unknown = f"; {counted(n_unknown, 'place')} could not be looked at" if n_unknown else ""
    return CheckResult(
        name="clean_text",
        verdict=at_most(measured, 0.0),
        measured=measured,
        threshold=0.0,
        n_rows=n_rows,
        n_failing=n_failing,
        says=f"{n_failing:,} of {n_rows:,} rows hold what redaction would take out{unknown}",
        facts=dict(sorted(Counter(each.reason for each in found.failures).items())),
        failing=tuple(
            FailingRow(file=Path(path).name, line=_number(line), detail=f"found by {rule}")
            for path, line, rule in at[:MAX_SHOWN]
        ),
    )


def _number(place: str) -> int:
    digits = "".join(filter(str.isdigit, place))
    return int(digits) if digits else 0


def fits_format(folder: Path, version: DatasetVersion, name: str) -> CheckResult:
    """Return how much of a version has no place in a format that its recipe names."""
    form = DATASET_FORMATS.load(name)()
    left_out: Counter[str] = Counter()
    n_examples = 0
    for each in examples_of(folder, version):
        rows = list(form.rows(each.part, each.example))
        n_examples += 1
        if not any(isinstance(row, Row) for row in rows):
            left_out.update({row.reason for row in rows if isinstance(row, LeftOut)} or {"no_row"})
    measured = share(left_out.total(), n_examples)
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in sorted(left_out.items()))
    return CheckResult(
        name=f"fits_{name}",
        verdict=at_most(measured, 0.0),
        measured=measured,
        threshold=0.0,
        n_rows=n_examples,
        n_failing=left_out.total(),
        says=f"{left_out.total():,} of {n_examples:,} examples have no place in {name}"
        + (f": {reasons}" if reasons else ""),
        facts=dict(sorted(left_out.items())),
    )


def kept_balance(funnel: Sequence[FunnelStage]) -> CheckResult:
    """Return by how much the share of any class moved among what is trained on."""
    names = [stage.name for stage in funnel]
    last = min((names.index(name) for name in _ON_PURPOSE if name in names), default=len(funnel))
    stages = [stage for stage in funnel[:last] if stage.shares]
    first, end = (stages[0].shares, stages[-1].shares) if stages else ({}, {})
    steps = {name: abs(end.get(name, 0.0) - first[name]) for name in first}
    worst = max(steps, key=lambda name: (steps[name], name), default=None)
    measured = None if worst is None else steps[worst]
    return CheckResult(
        name="kept_balance",
        verdict=at_most(measured, _BALANCE),
        measured=measured,
        threshold=_BALANCE,
        n_rows=stages[-1].n_out if stages else 0,
        says="nothing tells what it was made up of before"
        if measured is None
        else f"what was left out moved the share of {worst} by {measured:.1%}, and of others less",
        facts=steps,
    )
