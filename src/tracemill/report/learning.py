"""The report that a team lead reads: what got worse, why, and what to change, on the first screen.

One record, two forms: Markdown for a repository, and one HTML page with its charts inside. Text
that comes from sessions is put into code spans or escaped, so that nothing in it is obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from tracemill.base.text import counted, measured, one_line
from tracemill.records.process.patterns import Pattern
from tracemill.records.process.reports import Compared, LearningReport
from tracemill.records.process.suggestions import Suggestion
from tracemill.report.chart import chart
from tracemill.report.marks import code_span
from tracemill.report.page import page
from tracemill.report.targets import target_lines
from tracemill.report.went_wrong import wrong_lines

_MARKS: Final = re.compile(r"[\\`*_{}\[\]<>|#]")
_MOST_PATTERNS: Final = 7
_MOST_SHOWN: Final = 3
_MOST_CHARTS: Final = 8
_QUOTED: Final = 120
"""Characters that are quoted of a text."""
_TITLES: Final = {"weekly": "Week", "monthly": "Month", "learning": "Learning report"}


def markdown(report: LearningReport) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def html(report: LearningReport) -> str:
    """Return the report as one page that needs no other file and runs nothing."""
    charts = "".join(map(_chart, _charted(report)))
    trends = f"<h2>Trends</h2>{charts}" if charts else ""
    return page(title(report), markdown(report), trends)


def title(report: LearningReport) -> str:
    """Return what the report is called."""
    name = _TITLES[report.kind]
    if report.n_projects is not None:
        name = f"{name} of the last {counted(report.n_projects, 'project')}"
    if report.begin is None:
        return f"{name}, up to {report.end}"
    return f"{name} of {report.begin} to {report.end}"


def _lines(report: LearningReport) -> Iterator[str]:
    yield f"# {title(report)}"
    yield ""
    yield "## In three sentences"
    yield ""
    for bullet in summary(report):
        yield f"- {bullet}"
    yield ""
    if report.wrong is not None:
        yield from wrong_lines(report.wrong)
    yield from _changes(report)
    yield from _repeating(report)
    yield from _improvements(report)
    yield from _actions(report)
    yield from target_lines(report.targets)


def summary(report: LearningReport) -> tuple[str, str, str]:
    """Return three sentences: what got worse, why, and what to change."""
    return _worse(report), _why(report), _advice(report)


def _worse(report: LearningReport) -> str:
    if not report.compared:
        last = (
            f" The last day of which anything is held is {report.last_day}."
            if report.last_day
            else ""
        )
        return f"**What got worse:** nothing is held of this time.{last}"
    compared, time = report.compared, ""
    if report.month is not None:
        compared, time = report.lately, f"in {report.month:%B %Y}, "
    worse = [each for each in compared if each.change == "worse"]
    if not worse:
        known = sum(each.before is not None for each in compared)
        return f"**What got worse:** {time}{_nothing(report, known)}."
    said = "; ".join(
        f"{each.metric.replace('_', ' ')} went from {measured(each.unit, each.before.value)} to "
        f"{measured(each.unit, each.now.value)}"
        for each in worse[:3]
        if each.before is not None
    )
    return f"**What got worse:** {time}{said}."


def _nothing(report: LearningReport, n_known: int) -> str:
    """Return how surely nothing got worse."""
    earlier = "the projects before"
    if report.n_projects is None:
        earlier = "the time before" if report.month is None else "the month before"
    if not n_known:
        return f"nothing can be said, as nothing is held of {earlier}"
    told = f"{counted(n_known, 'metric')} that can be compared with {earlier}"
    return f"nothing by more than chance, of {told}"


def _why(report: LearningReport) -> str:
    pattern = _foremost(report)
    held = "in all that is held" if report.n_projects is None else "in these projects"
    if pattern is None:
        lie = "lies" if report.n_watched == 1 else "lie"
        watched = f"{counted(report.n_watched, 'slice')} {lie}"
        return f"**Why:** no cause stands out {held}; {watched} beyond a limit and may be chance."
    because = (
        f", most often {code_span(pattern.reasons[0].text, _QUOTED)}" if pattern.reasons else ""
    )
    return f"**Why:** what stands out {held}: {_plain(pattern.says)}{because}."


def _advice(report: LearningReport) -> str:
    pattern = _foremost(report)
    if pattern is None:
        return "**What to change:** nothing yet; keep reading sessions and gates until causes show."
    proposed = next((each for each in report.suggestions if each.pattern == pattern.id), None)
    if proposed is not None:
        said = _proposed(proposed)
        return f"**What to change:** {said}; see `tracemill prompt suggest`."
    doing = " or ".join(action.replace("_", " ") for action in pattern.actions)
    said = f"{doing} against that" if doing else "look at its cases"
    return f"**What to change:** {said}; see `tracemill pattern show {pattern.id}`."


def _foremost(report: LearningReport) -> Pattern | None:
    """Return the pattern that the first screen is about: the surest that a proposal follows from.

    Where none has a proposal, it is one that says why, then any.
    """
    asked = {each.pattern for each in report.suggestions}
    ranked = sorted(report.patterns, key=lambda each: (each.id not in asked, not each.reasons))
    return ranked[0] if ranked else None


def _proposed(each: Suggestion) -> str:
    """Return a proposal in one sentence: for whom, where, and what."""
    change = each.proposed_change
    place = (
        f"in {code_span(change.prompt_file, _QUOTED)}"
        if change.prompt_file
        else "where its prompt is"
    )
    done = "add" if change.new_text else "take away"
    said = change.new_text.removeprefix(f"{change.old_text or ''}\n") or change.old_text or ""
    whose = f" for the {_plain(each.agent_role.replace('_', ' '))}" if each.agent_role else ""
    return f"{done}{whose}, {place}: {code_span(said, _QUOTED)}"


def _changes(report: LearningReport) -> Iterator[str]:
    if not report.compared:
        return
    yield "## Numbers"
    yield ""
    if all(each.before is None for each in report.compared):
        yield "| metric | value | cases |"
        yield "|---|---|---|"
        for each in sorted(report.compared, key=_rank):
            yield f"| {_row(each)} |"
    else:
        yield "| metric | now | cases | before | cases | change |"
        yield "|---|---|---|---|---|---|"
        for each in sorted(report.compared, key=_rank):
            yield f"| {_row(each)} | {_beside(each)} |"
    yield ""


def _row(each: Compared) -> str:
    """Return what a metric is now."""
    value = measured(each.unit, each.now.value)
    return f"{each.metric.replace('_', ' ')} | {value} | {each.now.n:,}"


def _beside(each: Compared) -> str:
    """Return what a metric was before, and whether the difference is more than chance."""
    before = each.before
    was = f"{measured(each.unit, before.value)} | {before.n:,}" if before else "unknown | 0"
    is_told = each.q_value is not None and each.change in ("better", "worse")
    return f"{was} | {each.change}" + (f" (q {each.q_value:.2g})" if is_told else "")


def _rank(each: Compared) -> tuple[int, str]:
    return ("worse", "better", "same", "unknown").index(each.change), each.metric


def _repeating(report: LearningReport) -> Iterator[str]:
    if not report.patterns:
        return
    yield "## What repeats"
    yield ""
    for pattern in report.patterns[:_MOST_PATTERNS]:
        yield f"- {_plain(pattern.says)}{_between(pattern)}. `{pattern.id}`"
        for reason in pattern.reasons:
            yield f"  - {counted(reason.n, 'time')}: {code_span(reason.text, _QUOTED)}"
        if pattern.evidence:
            shown = ", ".join(f"`{ref.name}`" for ref in pattern.evidence[:_MOST_SHOWN])
            yield f"  - shown by {shown}"
    left = len(report.patterns) - _MOST_PATTERNS
    if left > 0:
        yield f"- and {left} more: `tracemill pattern list`"
    yield ""
    if any(pattern.evidence for pattern in report.patterns[:_MOST_PATTERNS]):
        yield "Say what you think of one: `tracemill review submit ID --comments …`, or in notes."
        yield ""


def _between(pattern: Pattern) -> str:
    low, high = pattern.measure.low, pattern.measure.high
    if low is None or high is None:
        return ""
    unit = pattern.measure.unit
    return f", at 95 % {measured(unit, low)} to {measured(unit, high)}"


def _improvements(report: LearningReport) -> Iterator[str]:
    """Yield what should be changed in prompts, the surest first."""
    if not report.suggestions:
        return
    yield "## What should be changed in prompts"
    yield ""
    for each in report.suggestions[:_MOST_PATTERNS]:
        yield f"- {_proposed(each)}"
        yield f"  - because {_plain(each.proposed_change.rationale)}. `{each.suggestion_id}`"
    left = len(report.suggestions) - _MOST_PATTERNS
    if left > 0:
        yield f"- and {left} more: `tracemill prompt suggest`"
    yield ""


def _actions(report: LearningReport) -> Iterator[str]:
    actions: dict[str, list[str]] = {}
    for pattern in report.patterns:
        for action in pattern.actions:
            actions.setdefault(action, []).append(pattern.id)
    if not actions:
        return
    yield "## What could be done next"
    yield ""
    for action, ids in sorted(actions.items(), key=lambda item: -len(item[1]))[:_MOST_PATTERNS]:
        yield f"- {action.replace('_', ' ')}: " + ", ".join(f"`{i}`" for i in ids[:3])
    yield ""


def _chart(each: Compared) -> str:
    heading = escape(each.metric.replace("_", " "))
    return f"<h3>{heading}</h3>{chart(each.says, each.months, each.unit)}"


def _charted(report: LearningReport) -> list[Compared]:
    """Return the metrics with months enough to show a line."""
    return [each for each in sorted(report.compared, key=_rank) if len(each.months) > 1][
        :_MOST_CHARTS
    ]


def _plain(text: str) -> str:
    """Return a sentence of ours that names foreign things, without marks of Markdown in it."""
    return _MARKS.sub(r"\\\g<0>", one_line(text, 240))
