"""What stands behind the numbers of habits: each commit, document, change, issue or todo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from tracemill.analyze.habits import todo_spans
from tracemill.analyze.metrics.documentation import documentation_coverage, missing_parts
from tracemill.analyze.metrics.issue_resolution import header_changes_kept_up
from tracemill.analyze.metrics.message_quality import message_quality
from tracemill.analyze.metrics.written_down import PLACES, missing_places
from tracemill.base.clock import moment_key
from tracemill.base.errors import UsageError
from tracemill.base.text import one_line
from tracemill.flows.analysis.period import Period
from tracemill.flows.held.lookup import require_kept
from tracemill.label.learning import commit_roles, mended_issues, names_cause
from tracemill.records.events.event import (
    Commit,
    DocumentVersion,
    Event,
    IssueHeader,
    TodoChange,
)
from tracemill.records.links import SURE_ENOUGH
from tracemill.records.refs import Record
from tracemill.records.work.episodes import Episode
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_PARTS_OF_A_PLAN: Final = 3
_WIDTH: Final = 120
_WRITTEN_DOWN: Final = "work.written_down"
_LONGEST_FIRST: Final = frozenset({"sessions.todo_minutes"})


class HabitCase(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One of the things that a habit is counted over."""

    value: float
    """How well it keeps the habit, 0 to 1; minutes of a todo."""
    missing: tuple[str, ...]
    """What it lacks."""
    what: str
    """What it is: a subject, a path, an issue, a todo."""
    id: str
    """Hash of the commit; id of the document or the session."""
    repository: str | None
    """The repository that it lies in; None for what belongs to a session."""
    at: datetime | None
    """When it was."""


class HabitCases(Record, frozen=True, kw_only=True):
    """What a habit is counted over, what keeps it least first; of minutes the longest first."""

    habit: str
    """The habit."""
    rows: tuple[HabitCase, ...]
    """The cases."""


def read_habit_cases(workspace: Workspace, habit: str, period: Period) -> HabitCases:
    """Return what a habit is counted over in a period, what keeps it least or took longest first.

    Raises:
        UsageError: nothing stands behind that habit, or nobody knows it.
    """
    known = sorted((*HABITS, _WRITTEN_DOWN))
    if habit not in known:
        raise UsageError(f"no cases of {habit!r}; expected one of {', '.join(known)}")
    require_kept(workspace)
    lake = Lake(workspace.lake)
    found = HABITS[habit](_events(lake, period)) if habit in HABITS else _of_work(lake, period)
    rows = sorted(found, key=lambda each: (each.what, each.id))
    rows.sort(key=lambda each: each.value, reverse=habit in _LONGEST_FIRST)
    return HabitCases(habit=habit, rows=tuple(rows))


def _events(lake: Lake, period: Period) -> list[Event]:
    return [
        event
        for event in lake.records(TABLES["events"])
        if isinstance(event, (Commit, DocumentVersion, IssueHeader, TodoChange))
        and period.holds(event.at)
    ]


def _of_work(lake: Lake, period: Period) -> Iterator[HabitCase]:
    for episode, missing in written_down(lake, period):
        yield HabitCase(
            value=round(1 - len(missing) / len(PLACES), 4),
            missing=missing,
            what=one_line(episode.goal, _WIDTH),
            id=episode.id,
            repository=None,
            at=episode.started,
        )


def written_down(lake: Lake, period: Period) -> Iterator[tuple[Episode, tuple[str, ...]]]:
    """Yield each piece of work that edited anything, and where it is not written down."""
    links = [link for link in lake.records(TABLES["links"]) if link.confidence >= SURE_ENOUGH]
    documented = {link.source.id for link in links if link.method == "edited_document"}
    closing = {link.source.id for link in links if link.method == "closes"}
    activities = {each.trajectory_id: each for each in lake.records(TABLES["activities"])}
    for episode in lake.records(TABLES["episodes"]):
        own = [activities[name] for name in episode.trajectory_ids if name in activities]
        missing = missing_places(episode, own, documented, closing)
        if missing is not None and period.holds(episode.started):
            yield episode, missing


def _of_messages(events: Iterable[Event]) -> Iterator[HabitCase]:
    for commit in only(Commit, events):
        quality = message_quality(commit, commit_roles(commit))
        if quality is not None:
            missing = tuple(name for name in quality._fields if not getattr(quality, name))
            yield _of_commit(commit, quality.score, missing)


def _of_documented(events: Iterable[Event]) -> Iterator[HabitCase]:
    for commit in only(Commit, events):
        coverage = documentation_coverage([commit])
        if coverage.n_code:
            missing = () if coverage.n_documented else ("documents",)
            yield _of_commit(commit, float(coverage.n_documented), missing)


def _of_plans(events: Iterable[Event]) -> Iterator[HabitCase]:
    last: dict[tuple[str, str], DocumentVersion] = {}
    for version in only(DocumentVersion, events):
        known = last.get((version.origin.uri, version.path))
        if known is None or _moment(known) <= _moment(version):
            last[version.origin.uri, version.path] = version
    for version in last.values():
        missing = missing_parts(version)
        if missing is not None:
            share = round(1 - len(missing) / _PARTS_OF_A_PLAN, 4)
            yield _of_file(version, share, missing, version.path)


def _of_headers(events: Iterable[Event]) -> Iterator[HabitCase]:
    for version, is_kept_up in header_changes_kept_up(only(IssueHeader, events)):
        missing = () if is_kept_up else ("header",)
        yield _of_file(version, float(is_kept_up), missing, version.path)


def _of_causes(events: Iterable[Event]) -> Iterator[HabitCase]:
    held = list(events)
    commits = {commit.sha: commit for commit in only(Commit, held)}
    for sha, issues in mended_issues(only(IssueHeader, held)).items():
        is_explained = sha in commits and names_cause(commits[sha])
        missing = () if is_explained else ("cause",)
        for each in issues:
            what = f"{each.header.path}: {one_line(each.issue.text, _WIDTH)}"
            yield _of_file(each.header, float(is_explained), missing, what)


def _of_todos(events: Iterable[Event]) -> Iterator[HabitCase]:
    lists: defaultdict[str, list[TodoChange]] = defaultdict(list)
    for change in only(TodoChange, events):
        if change.trajectory_id is not None:
            lists[change.trajectory_id].append(change)
    for name, changes in lists.items():
        for span in todo_spans(changes):
            if span.minutes is not None:
                yield HabitCase(
                    value=round(span.minutes, 2),
                    missing=(),
                    what=one_line(span.text, _WIDTH),
                    id=name,
                    repository=None,
                    at=span.begun,
                )


HABITS: Final[Mapping[str, Callable[[Iterable[Event]], Iterator[HabitCase]]]] = MappingProxyType(
    {
        "commits.message_quality": _of_messages,
        "commits.documented": _of_documented,
        "documents.whole": _of_plans,
        "issues.headers_kept_up": _of_headers,
        "issues.headers_explained": _of_causes,
        "sessions.todo_minutes": _of_todos,
    }
)
"""Habits, and how their cases are found."""


def only(kind: Any, events: Iterable[Event]) -> list[Any]:
    """Return the events of a kind."""
    return [event for event in events if isinstance(event, kind)]


def _of_commit(commit: Commit, value: float, missing: tuple[str, ...]) -> HabitCase:
    return HabitCase(
        value=value,
        missing=missing,
        what=one_line(commit.subject, _WIDTH),
        id=commit.sha,
        repository=_repository(commit),
        at=commit.at,
    )


def _of_file(
    version: DocumentVersion | IssueHeader, value: float, missing: tuple[str, ...], what: str
) -> HabitCase:
    return HabitCase(
        value=value,
        missing=missing,
        what=what,
        id=version.commit or version.id,
        repository=_repository(version),
        at=version.at,
    )


def _repository(event: Event) -> str:
    return event.origin.uri.partition("#")[0]


def _moment(version: DocumentVersion) -> float:
    return moment_key(version.at)
