"""`tracemill synth verify`: how far made-up rows can be believed, one rung after another."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted
from tracemill.cli.shared.door import Judge
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.cli.shared.steps import StepLine
from tracemill.cli.shared.tables import print_table
from tracemill.flows.synthesis.again import do_again
from tracemill.flows.synthesis.verifying import RunAgain, verify_files
from tracemill.llm.judging import open_judge
from tracemill.records.datasets.audits import CheckResult
from tracemill.records.synth.verification import RungResult, ShownPart, VerificationReport

_SHOWN_ROWS: Final = 2


@Parameter(name="*")
@dataclass(frozen=True)
class Again:
    """Whether work is done once more."""

    run_again: bool = False
    """Carry the calls of our own examples out once more in a sandbox, and compare what comes back;
    exit 5 without a sandbox."""
    workers: Annotated[int, Parameter(validator=Number(gt=0))] = 2
    """Processes that carry them out."""

    def runner(self, line: StepLine) -> RunAgain | None:
        """Return what carries calls out; None where nothing is run."""
        if not self.run_again:
            return None
        return lambda made: do_again(made, self.workers, partial(line.tell, "verify"))


def verify_synth(
    *files: Path,
    against: tuple[Path, ...] = (),
    jsonl: bool = False,
    again: Again = Again(),
    judge: Judge = Judge(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Put rows on the ladder: format, schema, execution, outcome, semantic, diversity, balance.

    Takes anybody's files: rows in any shape that trainers read, ADP, ATIF, logs of agents. Each
    rung says pass, fail or unknown; where nobody can tell, it is unknown and never pass. Nothing
    is kept, and nothing leaves this machine.

    Parameters
    ----------
    files
        Files, or folders that hold them.
    against
        Files of real rows, of which none may nearly be a copy.
    jsonl
        Print where each row stands, one line of JSON each.
    """
    with open_judge(judge.config()) as ask, StepLine(common) as line:
        report = verify_files(
            files,
            against,
            ask=ask,
            run_again=again.runner(line),
            with_rows=jsonl or common.json,
        )
    if jsonl:
        write_lines(report.rows)
    elif not answer("verification", report, common):
        _show(report, common)
    return EXIT_NO if report.has_failed else EXIT_DONE


def _show(report: VerificationReport, common: Common) -> None:
    counts("Rows", {str(standing): n for standing, n in report.standings.items()})
    share = "" if report.template_share is None else f" ({report.template_share:.0%})"
    write(
        f"Different    {report.n_unique:,} of {counted(report.n_rows, 'row')}, "
        f"{report.n_templates:,} templates of requests{share}"
    )
    columns = ("RUNG", "PASS", "FAIL", "UNKNOWN", "STANDING")
    print_table(columns, map(_cells, report.rungs))
    if report.shows:
        write("")
        shown = ("SHOWS", "PART", "WANTED", "ROWS", "DIFFERENT", "STANDING")
        print_table(shown, map(_part_cells, report.shows), ("WANTED",))
        write(
            f"{counted(report.n_parallel, 'row')} with several calls at once, "
            f"{report.n_naming_skills:,} that name a skill\n"
        )
    for rung in report.rungs:
        for check in rung.checks:
            if check.verdict != "pass" and (check.n_rows or check.verdict == "fail"):
                _show_check(rung, check)
    hint("where each row stands, and why: add --jsonl", common)


def _part_cells(shown: ShownPart) -> tuple[str, ...]:
    numbers = (shown.target, shown.n_rows, shown.n_unique, shown.n_standing)
    return (shown.category, shown.part, *(f"{number:,}" for number in numbers))


def _cells(rung: RungResult) -> tuple[str, ...]:
    numbers = (rung.n_passed, rung.n_failed, rung.n_unknown, rung.n_standing)
    return (rung.rung, *(f"{number:,}" for number in numbers))


def _show_check(rung: RungResult, check: CheckResult) -> None:
    unknown = check.facts.get("unknown")
    more = f"; of {unknown:,} nobody can tell" if unknown else ""
    write(f"{check.verdict:<8} {rung.rung:<10} {check.name:<20} {check.says}{more}")
    for row in check.failing[:_SHOWN_ROWS] if check.verdict == "fail" else ():
        write(f"{'':<20}{row.file}:{row.line}  {row.detail}")
