"""`tracemill gate`: test runs, linters, coverage, scanners and CI, and what was fixed."""

from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Limit, Listing
from tracemill.cli.shared.output import answer, counts, hint, when, write
from tracemill.flows.deriving.gate_rows import FixRow, FlakyRow, GateRow
from tracemill.records.events.event import GateRun
from tracemill.records.events.gates import FAILING, Coverage, GateKind, GateResult, GateStatus

_MESSAGE_WIDTH = 140
_URI_WIDTH = 42


def _cells(row: GateRow) -> tuple[str, ...]:
    failing = row.failed + row.errors
    tool = row.tool or row.title or "unknown"
    share = f"{row.line_rate:.1%}" if row.line_rate is not None else ""
    return (
        row.id, when(row.at), row.gate, tool, row.status, str(row.total), str(failing),
        share, (row.commit or "")[:12], _end_of(row.uri),
    )  # fmt: skip


def _end_of(uri: str) -> str:
    """Return the end of an address, which tells more of a report than its beginning."""
    return uri if len(uri) <= _URI_WIDTH else f"…{uri[-_URI_WIDTH:]}"


_SHAPE = Shape(
    "gates",
    ("ID", "WHEN", "GATE", "TOOL", "STATUS", "RESULTS", "FAILING", "LINES", "COMMIT", "INPUT"),
    _cells,
    "tracemill gate show ID",
    ("COMMIT", "LINES", "RESULTS", "WHEN", "TOOL"),
    "no gate runs are held; name reports of tests, linters or CI to `tracemill run`",
)


def _fix_cells(row: FixRow) -> tuple[str, ...]:
    return (
        row.before, row.after, when(row.after_at), str(row.fixed), str(row.collected),
        str(row.still_failing), str(row.broken), "yes" if row.is_green else "no",
        one_line(row.tests[0], 60),
    )  # fmt: skip


_FIX_SHAPE = Shape(
    "fixes",
    ("BEFORE", "AFTER", "WHEN", "FIXED", "COLLECTED", "STILL FAIL", "BROKEN", "GREEN", "FIRST"),
    _fix_cells,
    "tracemill gate show AFTER",
    ("COLLECTED", "WHEN", "STILL FAIL", "BROKEN"),
    "no test is known to have failed in one gate run and passed in a later one",
)


def _flaky_cells(row: FlakyRow) -> tuple[str, ...]:
    said = f"{row.attempts} attempts" if row.attempts else f"{row.failed} no, {row.passed} yes"
    return (
        row.runs[-1], when(row.last_at), row.gate, said, (row.commit or "")[:12],
        str(len(row.runs)), one_line(row.name, 80),
    )  # fmt: skip


_FLAKY_SHAPE = Shape(
    "flaky",
    ("RUN", "WHEN", "GATE", "PROOF", "COMMIT", "RUNS", "TEST"),
    _flaky_cells,
    "tracemill gate show RUN",
    ("RUNS", "WHEN", "COMMIT", "GATE"),
    "no test is known to have failed and passed on the same code",
)


def list_gate(
    *,
    kind: GateKind | None = None,
    status: GateStatus | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List gate runs, newest first.

    Parameters
    ----------
    kind
        Only runs of one kind of gate.
    status
        Only those that ended so.
    """
    return show_list("gate", GateRow, _SHAPE, listing, common, gate=kind, status=status)


def fixes_gate(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List pairs of gate runs between which failing tests were fixed, newest first."""
    return show_list("fix", FixRow, _FIX_SHAPE, listing, common)


def flaky_gate(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List tests that failed and passed on the same code, with what shows it, newest first."""
    return show_list("flaky", FlakyRow, _FLAKY_SHAPE, listing, common)


def show_gate(
    name: str,
    /,
    *,
    limit: Limit = 50,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show a gate run: its verdict, its totals, and what failed where.

    Parameters
    ----------
    name
        Its id, or how it begins.
    limit
        How many results to show, failures first; 0 for all.
    """
    from tracemill.flows.deriving.gates import show_gate_run

    shown = show_gate_run(common.open(), name, limit)
    if answer("gate", shown, common, next_steps=["tracemill gate fixes"]):
        return EXIT_DONE
    run = shown.run
    version = f" {run.tool_version}" if run.tool_version else ""
    write(f"{run.id}  {run.gate}  {run.tool or 'unknown tool'}{version}  {run.status}")
    write(shown.row.uri)
    for uri in shown.reports:
        write(f"Also told    {uri}")
    _show_facts(run)
    for pair in shown.fixes:
        is_after = pair.after_id == run.id
        other = pair.before_id if is_after else pair.after_id
        fixed = counted(len(pair.fixed) + len(pair.collected), "test")
        write(f"Fixed        {fixed} {'since' if is_after else 'until'} {other}")
    for flaky in shown.flaky:
        write(f"Flaky        {one_line(flaky.name, _MESSAGE_WIDTH)}")
    for result in shown.results:
        if result.status in FAILING or result.status == "noted":
            _show_result(result)
    if shown.n_results > len(shown.results):
        hint(f"{len(shown.results)} of {shown.n_results} results; all: --limit 0", common)
    return EXIT_DONE


def _show_facts(run: GateRun) -> None:
    counts("Results", {str(status): n for status, n in run.totals.items()})
    if run.coverage:
        write(f"Coverage     {_covered(run.coverage)}")
    said = {
        "When": f"{run.at:%Y-%m-%d %H:%M:%S UTC}" if run.at else None,
        "Took": f"{run.duration_s:,.2f} s" if run.duration_s is not None else None,
        "Commit": run.commit,
        "Branch": run.branch,
        "CI run": run.run_id,
        "Attempt": run.attempt,
        "Exit code": run.exit_code,
        "Score": run.score,
        "Folder": run.root,
    }
    for title, value in said.items():
        if value is not None:
            write(f"{title:<12} {value}")


def _covered(coverage: Coverage) -> str:
    parts = []
    if coverage.line_rate is not None:
        parts.append(f"{coverage.line_rate:.1%} of lines")
    if coverage.branch_rate is not None:
        parts.append(f"{coverage.branch_rate:.1%} of branches")
    return ", ".join(parts) or "unknown"


def _show_result(result: GateResult) -> None:
    place = ":".join(str(part) for part in (result.path, result.line, result.column) if part)
    test = "::".join(part for part in (result.suite, result.name) if part)
    named = result.rule if result.rule is not None else test
    said = one_line(result.message or "", _MESSAGE_WIDTH)
    covered = _covered(result.coverage) if result.coverage else ""
    write("  ".join(part for part in (result.status, named, place, said, covered) if part))
