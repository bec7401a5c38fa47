"""`tracemill flywheel`: whether recorded work makes models and work better."""

from collections.abc import Iterable

from tracemill.base.text import counted, measured
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.flywheel import check_flywheel as look
from tracemill.records.process.flywheel import FlywheelReport, OriginGain
from tracemill.records.process.patterns import Measure
from tracemill.report.flywheel import STATES

_HEADS = ("STATE", "WHAT", "EVIDENCE")
_BROUGHT = ("POINTS FOR 100 EXAMPLES", "95 %", "MODELS", "EXAMPLES", "WHAT")
_ORIGINS = {
    "real": "examples of real work",
    "made_up": "examples that were made up",
    "mixed": "both",
    "unknown": "nobody knows",
}
_SAID = {
    "check:tool": "right tools",
    "check:fields": "fields of results that are needed",
    "check:order": "right tools behind another one's result",
    "all": "whole cases, every check passed",
    "goals_reached": "work that was achieved",
    "turns_taken_badly": "turns that people corrected, refused, stopped or asked again",
    "work_given_up": "work that people gave up",
    "turns_taken_well": "turns that people accepted or went on from",
    "calls_that_succeed": "calls that succeed",
    "highest_failure_rate": "calls that fail of the tool that fails most",
    "median_seconds_of_a_turn": "seconds of the middle turn",
    "empty_fields": "fields of results that are empty",
}


def check_flywheel(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Check what the loop of data lacks, which faults it has, and whether it is shown to work.

    Ends with 1 where something is missing or a fault is found.
    """
    found = look(common.open())
    if not answer("flywheel", found, common, next_steps=["tracemill metrics targets"]):
        _show(found)
        n_missing = f"{found.n_missing:,} of {counted(len(found.held), 'thing')} missing"
        n_faults = f"{found.n_faults:,} of {counted(len(found.faults), 'fault')} found"
        hint(f"{n_missing}, {n_faults}; next: tracemill metrics targets", common)
    return EXIT_NO if found.n_missing or found.n_faults else EXIT_DONE


def _show(found: FlywheelReport) -> None:
    write("What must be held")
    rows = [(each.verdict, each.name.replace("_", " "), each.evidence) for each in found.held]
    print_table(_HEADS, rows)
    write()
    write("What goes wrong elsewhere")
    wrong = [(each.verdict, each.name.replace("_", " "), each.evidence) for each in found.faults]
    print_table(_HEADS, wrong)
    for title, measures in (
        ("What models do", found.behaviour),
        ("What work brings people", found.satisfaction),
        ("How tools fare", found.health),
    ):
        write()
        write(title)
        print_table(("MEASURED", "95 %", "CASES", "WHAT"), map(_cells, measures))
    write()
    write("What examples brought")
    print_table(_BROUGHT, map(_gain_cells, found.by_origin))
    write()
    write(STATES[found.state])
    write(f"  {found.because}")


def _gain_cells(gain: OriginGain) -> tuple[str, ...]:
    return (
        _points(gain.points_per_100), _between(gain), f"{gain.n_models:,}",
        f"{gain.n_examples:,}", _ORIGINS[gain.origin],
    )  # fmt: skip


def _between(gain: OriginGain) -> str:
    if gain.low is None or gain.high is None:
        return ""
    return f"{gain.low:+.2f} to {gain.high:+.2f}"


def _points(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.2f}"


def _cells(measure: Measure) -> tuple[str, ...]:
    value = measured(measure.unit, measure.value)
    between = ""
    if measure.low is not None and measure.high is not None:
        low, high = (measured(measure.unit, each) for each in (measure.low, measure.high))
        between = f"{low} to {high}"
    return value, between, f"{measure.n:,}", _said(measure.metric, measure.slice.values())


def _said(metric: str, of: Iterable[str]) -> str:
    names = ", ".join(of)
    return f"{_SAID[metric]} ({names})" if names else _SAID[metric]
