"""Gate runs as lists and pages show them, and which of them show that something was fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from tracemill.flows.ci_gates import gate_of, results_of
from tracemill.flows.lookup import find_row
from tracemill.flows.results import FixRow, GateRow
from tracemill.link.fix_pairs import ReportedTest, RunOfTests, find_fix_pairs
from tracemill.records.events import GateRun
from tracemill.records.gates import FAILING, FixPair, GateResult
from tracemill.records.refs import Record
from tracemill.store.index import Row
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_SHOWN_TESTS: Final = 10


class ShownGate(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A gate run with what it says."""

    row: GateRow
    """The run as it stands in lists."""
    run: GateRun
    """The run."""
    results: list[GateResult]
    """What it says, failures first; no more than was asked for."""
    n_results: int
    """How many results it has."""
    fixes: list[FixPair]
    """What was fixed up to it, or after it."""


def gate_row(run: GateRun) -> Row:
    """Return a gate run as a row of the index."""
    coverage = run.coverage
    row = GateRow(
        id=run.id,
        gate=run.gate,
        tool=run.tool,
        tool_version=run.tool_version,
        status=run.status,
        total=sum(run.totals.values()),
        passed=run.totals.get("passed", 0),
        failed=run.totals.get("failed", 0),
        errors=run.totals.get("error", 0),
        skipped=run.totals.get("skipped", 0),
        line_rate=coverage.line_rate if coverage else None,
        branch_rate=coverage.branch_rate if coverage else None,
        score=run.score,
        at=run.at,
        duration_s=run.duration_s,
        commit=run.commit,
        branch=run.branch,
        run_id=run.run_id,
        attempt=run.attempt,
        exit_code=run.exit_code,
        title=run.title,
        source=run.origin.source,
        uri=run.origin.uri,
    )
    moment = run.at.isoformat() if run.at else ""
    return Row("gate", row.id, moment, msgspec.to_builtins(row))


def fix_row(pair: FixPair) -> Row:
    """Return a fix pair as a row of the index."""
    row = FixRow(
        id=pair.id,
        before=pair.before_id,
        after=pair.after_id,
        before_at=pair.before_at,
        after_at=pair.after_at,
        fixed=len(pair.fixed),
        collected=len(pair.collected),
        still_failing=pair.n_still_failing,
        broken=pair.n_broken,
        is_green=pair.is_green,
        tests=tuple(test.name for test in (*pair.fixed, *pair.collected))[:_SHOWN_TESTS],
    )
    moment = pair.after_at.isoformat() if pair.after_at else ""
    return Row("fix", row.id, moment, msgspec.to_builtins(row))


def read_fix_pairs(lake: Lake, runs: Sequence[GateRun]) -> list[FixPair]:
    """Return the runs of tests between which something was fixed."""
    tested = {run.id: run for run in runs if run.gate == "test" and run.at is not None}
    if not tested:
        return []
    columns = ["gate_run_id", "id", "suite", "name", "status"]
    reported: defaultdict[str, list[ReportedTest]] = defaultdict(list)
    for batch in lake.batches(TABLES["gate_results"], columns=columns):
        for run_id, result_id, suite, name, status in zip(
            *(batch.column(column).to_pylist() for column in columns), strict=True
        ):
            if name is not None and run_id in tested:
                reported[run_id].append(ReportedTest(result_id, suite, name, status))
    return find_fix_pairs(RunOfTests(run, reported[run_id]) for run_id, run in tested.items())


def show_gate_run(workspace: Workspace, name: str, limit: int) -> ShownGate:
    """Return a gate run with its results, failures first; a limit of 0 means all.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    row = find_row(workspace, "gate", name, GateRow)
    lake = Lake(workspace.lake)
    (event,) = lake.records(TABLES["events"], where=equals("id", row.id))
    run = event if isinstance(event, GateRun) else gate_of(event)
    own = {run.origin.input_id}
    kept = lake.records(TABLES["gate_results"], owners=own, where=equals("gate_run_id", row.id))
    results = [*kept, *results_of(event)]
    results.sort(key=lambda result: result.status not in FAILING)
    fixes = [
        pair
        for pair in lake.records(TABLES["fix_pairs"])
        if row.id in {pair.before_id, pair.after_id}
    ]
    shown = results[:limit] if limit else results
    return ShownGate(row=row, run=run, results=shown, n_results=len(results), fixes=fixes)
