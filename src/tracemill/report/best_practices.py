"""Best practices as Markdown and as one page, each line with what shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.base.text import counted
from tracemill.records.process.best_practices import BestPractices
from tracemill.records.process.practices import Practice
from tracemill.report.marks import code_span, named, share
from tracemill.report.page import page

_HELPS: Final = {"high": "yes", "low": "no", None: "not shown"}
_IN_PLACE: Final = {True: "in place", False: "not in place", None: "unknown whether in place"}


def title() -> str:
    """Return what the report is called."""
    return "Best practices"


def html(report: BestPractices) -> str:
    """Return the report as one page that needs no other file and runs nothing."""
    return page(title(), markdown(report))


def markdown(report: BestPractices) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def summary(report: BestPractices) -> tuple[str, ...]:
    """Return in a few sentences what helps, and what waits to be done."""
    helping = [each.name for each in report.practices if each.effectiveness == "high"]
    waiting = sum(each.is_in_place is False for each in report.preventions)
    said = [f"**What surely helps:** {', '.join(helping) or 'nothing yet by more than chance'}."]
    if report.remedies:
        first = report.remedies[0]
        said.append(
            f"**Overcome most:** {code_span(first.failed)}, {first.n_overcome} of {first.n} times."
        )
    if waiting:
        said.append(f"**Not in place:** {counted(waiting, 'prevention')}.")
    return tuple(said)


def _lines(report: BestPractices) -> Iterator[str]:
    yield f"# {title()}"
    yield ""
    yield from (f"- {sentence}" for sentence in summary(report))
    yield from _practices(report)
    if report.remedies:
        yield from ("", "## What made it work", "")
        for each in report.remedies:
            ways = ", ".join(f"{name} {n}" for name, n in each.by.items())
            said = f"{each.n_overcome} of {each.n} ({ways})"
            yield f"- {code_span(each.failed)}: {said}. {named(each.examples)}"
    if report.preventions:
        yield from ("", "## What would prevent failures", "")
        for told in report.preventions:
            yield f"- {code_span(told.text)} ({_IN_PLACE[told.is_in_place]}). {named([told.of])}"
    if report.lessons:
        yield from ("", "## What people learned", "")
        for lesson in report.lessons:
            when = f", {lesson.at:%Y-%m-%d}" if lesson.at else ""
            yield f"- {code_span(lesson.text)} ({lesson.by}{when}). {named([lesson.of])}"


def _practices(report: BestPractices) -> Iterator[str]:
    if not report.practices:
        return
    yield from ("", "## Ways of working", "")
    yield (
        f"Of {counted(report.n_work, 'piece')} of work of a known outcome. That work with a "
        "practice is achieved more often does not say why."
    )
    yield ""
    yield "| practice | is | achieved with | achieved without | helps | shown by |"
    yield "|---|---|---|---|---|---|"
    for each in report.practices:
        yield _row(each)


def _row(each: Practice) -> str:
    shown = ", ".join(f"`{ref.name}`" for ref in each.examples[:2])
    return (
        f"| {each.name} | {each.says} | {share(each.kept)} | {share(each.left_out)} "
        f"| {_HELPS[each.effectiveness]} | {shown} |"
    )
