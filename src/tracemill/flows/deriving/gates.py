"""Gate runs as lists and pages show them, and what shows when they are compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.flows.deriving.ci_gates import CiEvent, gate_of, results_of
from tracemill.flows.deriving.gate_rows import FixRow, FlakyRow, GateRow
from tracemill.flows.deriving.team_gates import team_gate, team_results
from tracemill.flows.held.lookup import find_row
from tracemill.link.gates.fix_pairs import find_fix_pairs
from tracemill.link.gates.flaky_tests import find_flaky_tests
from tracemill.link.gates.one_run import folded, further_reports, one_run, same_run_links
from tracemill.link.gates.reported_tests import ReportedTest, RunOfTests
from tracemill.records.events.event import Event, GateRun
from tracemill.records.events.gates import FAILING, FixPair, FlakyTest, GateResult, ResultStatus
from tracemill.records.links import Link
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
    """The run; what its report leaves open is taken from further ones."""
    reports: list[str]
    """Where further reports of the run lie, which say the same."""
    results: list[GateResult]
    """What it says, failures first; no more than was asked for."""
    n_results: int
    """How many results it has."""
    fixes: list[FixPair]
    """What was fixed up to it, or after it."""
    flaky: list[FlakyTest]
    """Tests of it that failed and passed on the same code."""


def gate_row(run: GateRun, reports: Sequence[str] = ()) -> Row:
    """Return a gate run as a row of the index; further reports of it answer to their ids too."""
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
        reports=tuple(reports),
    )
    return Row.of("gate", row, run.at, row.reports)


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
    return Row.of("fix", row, pair.after_at)


def flaky_row(flaky: FlakyTest) -> Row:
    """Return a flaky test as a row of the index."""
    row = FlakyRow(
        id=flaky.id,
        name=flaky.name,
        gate=flaky.gate,
        proof=flaky.proof,
        commit=flaky.commit,
        runs=flaky.run_ids,
        failed=len(flaky.failed_ids),
        passed=len(flaky.passed_ids),
        attempts=flaky.attempts,
        last_at=flaky.last_at,
    )
    return Row.of("flaky", row, flaky.last_at)


class Compared(NamedTuple):
    """What runs of the same tests show when they are compared."""

    fix_pairs: list[FixPair]
    """Runs between which something was fixed."""
    flaky: list[FlakyTest]
    """Tests that failed and passed on the same code."""
    same_runs: list[Link]
    """From each further report of a run to the one that stands for it."""


def compare_gates(
    lake: Lake, runs: Sequence[GateRun], told: Mapping[str, Sequence[ReportedTest]]
) -> Compared:
    """Compare gate runs of the same tests; `told` are the results of those that a team told of.

    Several reports of one run are one run here.
    """
    reported = _reported(lake, {run.id for run in runs if run.gate == "test"})
    tested = [
        RunOfTests(run, [*reported.get(run.id, ()), *told.get(run.id, ())])
        for run in runs
        if run.gate == "test" or run.id in told
    ]
    same_runs = list(same_run_links(each for each in tested if each.run.gate == "test"))
    counted = {run.id: run for run in folded(runs, further_reports(same_runs))}
    tested = [each.of(counted[each.run.id]) for each in tested if each.run.id in counted]
    jobs = [RunOfTests(run, [_job(run)]) for run in runs if run.gate == "ci"]
    flaky = find_flaky_tests([*tested, *jobs])
    timed = (run for run in tested if run.run.at is not None)
    return Compared(find_fix_pairs(timed, {each.name for each in flaky}), flaky, same_runs)


def _reported(lake: Lake, runs: Collection[str]) -> dict[str, list[ReportedTest]]:
    reported: defaultdict[str, list[ReportedTest]] = defaultdict(list)
    if not runs:
        return reported
    columns = ["gate_run_id", "id", "suite", "name", "status", "attempts"]
    for batch in lake.batches(TABLES["gate_results"], columns=columns):
        for run_id, result_id, suite, name, status, attempts in zip(
            *(batch.column(column).to_pylist() for column in columns), strict=True
        ):
            if name is not None and run_id in runs:
                reported[run_id].append(ReportedTest(result_id, suite, name, status, attempts))
    return reported


def _job(run: GateRun) -> ReportedTest:
    """Return a job of CI as if it were a test; on one commit it may be as flaky."""
    status: ResultStatus = "failed" if run.status == "error" else run.status
    return ReportedTest(run.id, run.tool, run.title or "unknown", status)


def show_gate_run(workspace: Workspace, name: str, limit: int) -> ShownGate:
    """Return a gate run with its results, failures first; a limit of 0 means all.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    row = find_row(workspace, "gate", name, GateRow)
    lake = Lake(workspace.lake)
    event, *others = (
        next(lake.records(TABLES["events"], where=equals("id", report)))
        for report in (row.id, *row.reports)
    )
    run = one_run(_run_of(event), [_run_of(other) for other in others])
    own = {run.origin.input_id}
    kept = lake.records(TABLES["gate_results"], owners=own, where=equals("gate_run_id", row.id))
    results = [*kept, *results_of(event), *team_results(event)]
    results.sort(key=lambda result: result.status not in FAILING)
    pairs = lake.records(TABLES["fix_pairs"])
    fixes = [pair for pair in pairs if row.id in {pair.before_id, pair.after_id}]
    flaky = [each for each in lake.records(TABLES["flaky_tests"]) if row.id in each.run_ids]
    return ShownGate(
        row=row,
        run=run,
        reports=[other.origin.uri for other in others],
        results=results[:limit] if limit else results,
        n_results=len(results),
        fixes=fixes,
        flaky=flaky,
    )


def _run_of(event: Event) -> GateRun:
    """Return the gate run that stands in lists under the id of an event."""
    if isinstance(event, GateRun):
        return event
    if isinstance(event, CiEvent):
        return gate_of(event)
    run = team_gate(event)
    assert run is not None, type(event)
    return run
