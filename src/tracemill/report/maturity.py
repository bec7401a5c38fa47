"""The report on maturity: which level is reached, what is missing, and the evidence of it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.base.text import counted
from tracemill.records.process.maturity import Criterion, MaturityReport
from tracemill.report.page import page
from tracemill.report.targets import target_lines

_WORDS: Final = {"met": "yes", "not_met": "no", "unknown": "unknown"}


def markdown(report: MaturityReport) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def html(report: MaturityReport) -> str:
    """Return the report as one page that needs no other file and runs nothing."""
    return page(title(report), markdown(report))


def title(report: MaturityReport) -> str:
    """Return what the report is called."""
    return f"Maturity on {report.day}: level {report.level} of {len(report.levels)}"


def summary(report: MaturityReport) -> tuple[str, ...]:
    """Return in a few sentences which level is reached, and what the next one lacks."""
    reached = [each for each in report.levels if each.is_reached]
    where = f"level {reached[-1].level}, {reached[-1].name}" if reached else "below the first level"
    said = [f"**Reached:** {where}."]
    ahead = next((each for each in report.levels if not each.is_reached), None)
    if ahead is not None:
        lacking = [each for each in ahead.criteria if each.verdict != "met"]
        of = f"{len(lacking)} of {len(ahead.criteria)}"
        said.append(
            f"**Level {ahead.level}, {ahead.name}, lacks {of}:** "
            + "; ".join(f"{each.asks} ({_value(each)})" for each in lacking)
            + "."
        )
    n_unknown = sum(each.verdict == "unknown" for level in report.levels for each in level.criteria)
    if n_unknown:
        said.append(f"**Unknown:** {counted(n_unknown, 'line')}; nothing that is held tells.")
    return tuple(said)


def _lines(report: MaturityReport) -> Iterator[str]:
    yield f"# {title(report)}"
    yield ""
    for sentence in summary(report):
        yield f"- {sentence}"
    for level in report.levels:
        reached = "reached" if level.is_reached else "not reached"
        yield ""
        yield f"## Level {level.level}: {level.name} ({reached})"
        yield ""
        yield "| asks | so | measured | needed | cases | what was looked at |"
        yield "|---|---|---|---|---|---|"
        for each in level.criteria:
            needed = "" if each.needed is None else _number(each, each.needed)
            yield (
                f"| {each.asks} | {_WORDS[each.verdict]} | {_value(each)} | {needed} "
                f"| {each.n:,} | {each.evidence} |"
            )
    yield ""
    yield from target_lines(report.targets)


def _value(each: Criterion) -> str:
    if each.value is None:
        return "unknown" if each.verdict == "unknown" else ""
    return _number(each, each.value)


def _number(each: Criterion, value: float) -> str:
    return f"{value:,.0f}" if each.unit == "count" else f"{value:.0%}"
