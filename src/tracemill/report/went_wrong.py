"""What went wrong in a stretch of time, in the report of it: each line with what shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.base.text import counted, one_line
from tracemill.records.process.reports import RecurringFailure, WentWrong

_WIDTH: Final = 120


def said_of(wrong: WentWrong) -> str:
    """Return in a sentence what failed, how much of it was put right, and what came to nothing."""
    if not wrong.n_failures:
        failed = "nothing failed whose moment is told"
    else:
        failed = f"{counted(wrong.n_failures, 'failure')}, {wrong.n_overcome:,} of them put right"
    piece = counted(wrong.n_lost, "piece")
    return f"{failed}; {piece} of work failed or {'was' if wrong.n_lost == 1 else 'were'} given up."


def wrong_lines(wrong: WentWrong) -> Iterator[str]:
    """Yield the section of a report, as Markdown."""
    yield "## What went wrong"
    yield ""
    said = said_of(wrong)
    yield f"{said[0].upper()}{said[1:]}"
    yield ""
    if wrong.recurring:
        yield "| what failed most | times | put right | for example | shown by |"
        yield "|---|---|---|---|---|"
        for each in wrong.recurring:
            yield f"| {_row(each)} |"
        yield ""
    for work in wrong.lost:
        when = f", {work.started:%Y-%m-%d}" if work.started is not None else ""
        yield f"- {work.outcome}{when}: {_quoted(work.goal or 'unknown')}. `{work.episode}`"
    left = wrong.n_lost - len(wrong.lost)
    if left > 0:
        yield f"- and {left:,} more: `tracemill episode list --outcome failed`, or `abandoned`"
    if wrong.lost:
        yield ""


def _row(each: RecurringFailure) -> str:
    symptom = _quoted(each.symptom) if each.symptom else "unknown"
    shown = ", ".join(f"`{ref.name}`" for ref in each.shown_by)
    return f"{_quoted(each.name)} | {each.n:,} | {each.n_overcome:,} | {symptom} | {shown}"


def _quoted(text: str) -> str:
    """Return foreign text as a code span in a cell, in which nothing is obeyed."""
    inside = one_line(text, _WIDTH).replace("`", "'").replace("|", "\\|")
    return f"`{inside}`"
