"""Reports: made from what is held, written into the workspace, or out of it through the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import structs

from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.cases import Case
from tracemill.analyze.conclusions.before_and_after import compare
from tracemill.analyze.conclusions.went_wrong import went_wrong
from tracemill.analyze.metrics.table import Metric
from tracemill.analyze.process import Process
from tracemill.flows.analysis.patterns import rules_of
from tracemill.flows.analysis.period import month_of, week_of
from tracemill.flows.analysis.process import read_known
from tracemill.flows.analysis.targets import measured_targets
from tracemill.flows.held.lookup import find_row
from tracemill.flows.prompts.proposals import suggestions_of
from tracemill.flows.results import EpisodeRow
from tracemill.flows.written_reports import REPORTS, write_texts
from tracemill.records.process.reports import Compared, LearningReport, ReportKind, WentWrong
from tracemill.records.refs import Count, Record
from tracemill.report.learning import html, markdown
from tracemill.store.workspace import Workspace

_MOST_WEEKS: Final = 12
"""Weeks that are caught up at most."""
_WEEKLY: Final = "weekly_"
_TRAINING: Final = "training_"
"""How the files of reports are called: a week by its Monday, all that is held by its last day."""
_MONTH: Final = timedelta(days=30)
"""After so long a report of the last projects is due, however few there were."""


class WrittenReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A report that was written."""

    report: LearningReport
    """What it says."""
    files: tuple[str, ...]
    """Where it is: as Markdown, and as one page."""


class MissedReports(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The weekly reports that were missing."""

    written: tuple[WrittenReport, ...]
    """Those that were written, the oldest first."""
    n_left: int
    """Weeks longer ago than any that is written, which are left out."""


class DueReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Whether it is time to learn from the last projects again."""

    is_due: bool
    """Whether as many projects as are asked for were worked on since, or a month is over."""
    last: date | None
    """The last day of the last such report; None where there is none."""
    n_projects: Count
    """Projects that were worked on since."""


def read_due(workspace: Workspace, today: date, n_projects: int, to: Path | None) -> DueReport:
    """Say whether so many projects were worked on since the last report, or a month is over.

    Where no report lies there, one is due as soon as any project is known.
    """
    folder = workspace.root / REPORTS if to is None else to
    paths = folder.glob(f"{_TRAINING}*.md")
    days = [day for path in paths if (day := _day_in(path.stem, _TRAINING)) is not None]
    last = max((day for day in days if day <= today), default=None)
    worked_on = read_known(workspace).process.last_worked_on().values()
    after = float("-inf") if last is None else _end_of(last)
    n_since = sum(last is None or moment > after for moment in worked_on)
    is_over = last is not None and today - last >= _MONTH
    enough = 1 if last is None else n_projects
    return DueReport(is_due=n_since >= enough or is_over, last=last, n_projects=n_since)


def _end_of(day: date) -> float:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC).timestamp()


def make_report(
    workspace: Workspace, kind: ReportKind, day: date, n_projects: int | None = None
) -> LearningReport:
    """Return the report of the week or month of a day, or of all that is held up to it.

    Args:
        workspace: what is held.
        kind: which stretch.
        day: a day of it, or the last one of all.
        n_projects: only the projects that were worked on last, so many.
    """
    known = read_known(workspace)
    process, rules = known.process, rules_of(workspace)
    begin, end, before = stretch(kind, day)
    cases = _cases(process, day)
    last_day = _last_day(cases)
    month: date | None = None
    lately: tuple[Compared, ...] = ()
    names = process.projects()
    if n_projects is None and begin is None:
        month, lately = _last_month(cases, last_day or day)
    if n_projects is None:
        compared = compare(cases, lambda case: _is_in(case, begin, end), before)
    else:
        last, others = names[-n_projects:], names[-2 * n_projects : -n_projects]
        compared = compare(cases, _is_of(last), _is_of(others))
        process.keep(last)
    found = find_patterns(process, rules)
    targets = measured_targets(workspace, process)
    return LearningReport(
        kind=kind,
        begin=begin,
        end=end,
        compared=compared,
        patterns=tuple(each for each in found.patterns if each.verdict == "found"),
        n_watched=sum(each.verdict != "found" for each in found.patterns),
        last_day=last_day,
        n_projects=None if n_projects is None else min(n_projects, len(names)),
        suggestions=suggestions_of(known, found.patterns).suggestions,
        month=month,
        lately=lately,
        wrong=_with_goals(workspace, went_wrong(process, begin, end)),
        targets=tuple(each for each in targets if each.measured is not None),
    )


def _with_goals(workspace: Workspace, wrong: WentWrong) -> WentWrong:
    """Say of each piece of work what was asked for."""
    lost = (
        structs.replace(each, goal=find_row(workspace, "episode", each.episode, EpisodeRow).goal)
        for each in wrong.lost
    )
    return structs.replace(wrong, lost=tuple(lost))


class Trends(NamedTuple):
    """What metrics say of a month, and of all that is held."""

    begin: date
    """The first day of the month."""
    month: tuple[Compared, ...]
    """What is counted in it, beside the month before."""
    whole: tuple[Compared, ...]
    """What is counted of everything."""


def read_trends(workspace: Workspace, today: date) -> Trends:
    """Return the last month of which anything is known beside the one before, and everything."""
    cases = _cases(read_known(workspace).process, today)
    begin, month = _last_month(cases, _last_day(cases) or today)
    return Trends(
        begin, month, compare(cases, lambda case: _is_in(case, None, today), lambda _: False)
    )


def _last_month(
    cases: Mapping[str, Iterable[Case]], day: date
) -> tuple[date, tuple[Compared, ...]]:
    """Return the first day of a day's month, and the month beside the one before."""
    begin, end, before = stretch("monthly", day)
    assert begin is not None
    return begin, compare(cases, lambda case: _is_in(case, begin, end), before)


class _Cases:
    """The cases of a metric until the end of a day's month, made anew whenever they are asked for.

    Every call of a tool is a case: those of all metrics together may be many.
    """

    def __init__(self, process: Process, metric: Metric, day: date) -> None:
        self._process, self._metric = process, metric
        self._last = max(day, stretch("monthly", day)[1])

    def __iter__(self) -> Iterator[Case]:
        for case in self._metric.cases(self._process):
            if case.at is not None and case.at.date() <= self._last:
                yield case


def _cases(process: Process, day: date) -> dict[str, _Cases]:
    return {name: _Cases(process, metric, day) for name, metric in METRICS.items()}


def _is_of(projects: Sequence[str]) -> Callable[[Case], bool]:
    """Return what tells whether a case belongs to one of some projects."""
    known = frozenset(projects)
    return lambda case: case.facts.get("project") in known


def stretch(kind: ReportKind, day: date) -> tuple[date | None, date, Callable[[Case], bool]]:
    """Return the first and last day of a report, and what tells cases of the time before it."""
    if kind == "weekly":
        begin, end = week_of(day)
        earlier = begin - timedelta(days=7)
    elif kind == "monthly":
        begin, end = month_of(day)
        earlier = (begin - timedelta(days=1)).replace(day=1)
    else:
        return None, day, lambda _: False
    return begin, end, lambda case: _is_in(case, earlier, begin - timedelta(days=1))


def _is_in(case: Case, begin: date | None, end: date) -> bool:
    at = case.at.date() if case.at is not None else None
    return at is not None and (begin is None or at >= begin) and at <= end


def _last_day(cases: Mapping[str, Iterable[Case]]) -> date | None:
    moments = (case.at for held in cases.values() for case in held if case.at is not None)
    last = max(moments, default=None)
    return last.date() if last else None


def write_report(
    workspace: Workspace,
    kind: ReportKind,
    day: date,
    to: Path | None,
    n_projects: int | None = None,
) -> WrittenReport:
    """Write a report into the workspace, or through the gate into a folder elsewhere.

    Raises:
        PolicyError: the gate refuses it; nothing is written.
    """
    report = make_report(workspace, kind, day, n_projects)
    name = file_name(report)
    texts = {f"{name}.md": markdown(report), f"{name}.html": html(report)}
    files = write_texts(workspace, name, texts, to)
    return WrittenReport(report=report, files=files)


def write_missed(workspace: Workspace, today: date, to: Path | None) -> MissedReports:
    """Write the reports of whole weeks since the last one that lies there, twelve at most.

    Where none lies there, only the last whole week is written.

    Raises:
        PolicyError: the gate refuses one; those before it are written.
    """
    folder = workspace.root / REPORTS if to is None else to
    last = today - timedelta(days=today.weekday() + 7)
    paths = folder.glob(f"{_WEEKLY}*.md")
    known = [day for path in paths if (day := _day_in(path.stem, _WEEKLY)) is not None]
    first = max(known) + timedelta(days=7) if known else last
    weeks = [first + timedelta(days=7 * n) for n in range((last - first).days // 7 + 1)]
    wanted = weeks[-_MOST_WEEKS:]
    return MissedReports(
        written=tuple(write_report(workspace, "weekly", day, to) for day in wanted),
        n_left=len(weeks) - len(wanted),
    )


def _day_in(stem: str, kind: str) -> date | None:
    """Return the day by which a file of a report is called."""
    try:
        return date.fromisoformat(stem.removeprefix(kind))
    except ValueError:
        return None


def file_name(report: LearningReport) -> str:
    """Return the name that teams give such a file: a week by its Monday, a month by its name."""
    if report.kind == "weekly" and report.begin is not None:
        return f"{_WEEKLY}{report.begin}"
    if report.kind == "monthly" and report.begin is not None:
        return f"{report.begin:%Y-%m}-learning_report"
    return f"{_TRAINING}{report.end}"
