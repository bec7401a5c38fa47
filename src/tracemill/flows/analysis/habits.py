"""Numbers of the work as a whole: of each repository, and of all sessions together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from statistics import fmean
from typing import Final

from tracemill.analyze.habits import incremental_checking, todo_habits, todo_spans
from tracemill.analyze.metrics.documentation import documentation_coverage, missing_parts
from tracemill.analyze.metrics.issue_resolution import (
    header_resolution,
    header_upkeep,
    issue_resolution,
)
from tracemill.analyze.metrics.message_quality import message_quality
from tracemill.analyze.metrics.written_down import PLACES
from tracemill.flows.analysis.habit_cases import only, written_down
from tracemill.flows.analysis.period import Period
from tracemill.flows.held.lookup import require_kept
from tracemill.label.learning import commit_roles, mended_issues, names_cause
from tracemill.records.events.event import (
    Commit,
    DocumentVersion,
    Event,
    Issue,
    IssueHeader,
    TodoChange,
)
from tracemill.records.refs import Record
from tracemill.records.sessions.activity import Activity
from tracemill.records.work.episodes import Episode
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_OF_REPOSITORY: Final = (Commit, DocumentVersion, IssueHeader)


class MetricRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One number of the work as a whole."""

    name: str
    """What is measured, for example `commits.documented`."""
    repository: str | None
    """The repository that it is of; None where it is of all sessions or issues."""
    value: float | None
    """The number; None where there is nothing to count."""
    part: int | None
    """How many of the whole have it; None where it is a mean."""
    whole: int
    """How many it is counted over."""


class MetricsResult(Record, frozen=True, kw_only=True):
    """Numbers of the work as a whole."""

    rows: tuple[MetricRow, ...]
    """Repositories first, then what is of all sessions."""


def read_metrics(workspace: Workspace, period: Period) -> MetricsResult:
    """Return the numbers of a period."""
    require_kept(workspace)
    lake = Lake(workspace.lake)
    repositories: defaultdict[str, list[Event]] = defaultdict(list)
    issues: list[Issue] = []
    todos: defaultdict[str, list[TodoChange]] = defaultdict(list)
    for event in lake.records(TABLES["events"]):
        if not period.holds(event.at):
            continue
        if isinstance(event, _OF_REPOSITORY):
            repositories[event.origin.uri.partition("#")[0]].append(event)
        elif isinstance(event, Issue):
            issues.append(event)
        elif isinstance(event, TodoChange) and event.trajectory_id is not None:
            todos[event.trajectory_id].append(event)
    rows = [row for name in sorted(repositories) for row in _of(name, repositories[name])]
    if issues:
        resolved = issue_resolution(issues)
        rows.append(_share("issues.resolved", None, *resolved))
    rows.extend(_of_sessions(lake, period, todos.values()))
    return MetricsResult(rows=tuple(rows))


def _of(repository: str, events: list[Event]) -> Iterator[MetricRow]:
    commits = only(Commit, events)
    qualities = [
        quality.score
        for commit in commits
        if (quality := message_quality(commit, commit_roles(commit))) is not None
    ]
    if qualities:
        yield _mean("commits.message_quality", qualities, repository)
    yield _share("commits.documented", repository, *documentation_coverage(commits))
    headers = only(IssueHeader, events)
    if headers:
        yield _share("issues.headers_resolved", repository, *header_resolution(headers))
        yield _share("issues.headers_kept_up", repository, *header_upkeep(headers))
        yield _explained(repository, commits, headers)
    missing = [missing_parts(each) for each in only(DocumentVersion, events)]
    told = [parts for parts in missing if parts is not None]
    if told:
        yield _share("documents.whole", repository, sum(not parts for parts in told), len(told))


def _of_sessions(
    lake: Lake, period: Period, lists: Collection[list[TodoChange]]
) -> Iterator[MetricRow]:
    activities: list[Activity] = [
        activity
        for activity in lake.records(TABLES["activities"])
        if period.holds(activity.started)
    ]
    people = {activity.trajectory_id for activity in activities if activity.n_user_steps}
    if not people:
        return
    episodes: list[Episode] = list(lake.records(TABLES["episodes"]))
    n_episodes = sum(not people.isdisjoint(episode.trajectory_ids) for episode in episodes)
    yield MetricRow(
        name="sessions.episodes",
        repository=None,
        value=round(n_episodes / len(people), 4),
        part=n_episodes,
        whole=len(people),
    )
    lacking = [missing for _, missing in written_down(lake, period)]
    yield _mean("work.written_down", [1 - len(each) / len(PLACES) for each in lacking])
    yield _share("sessions.edits_checked", None, *incremental_checking(activities))
    told = [each for each in map(todo_habits, lists) if each is not None]
    n_done = sum(each.n_done for each in told)
    yield _share("sessions.todos_done", None, n_done, sum(each.n_entries for each in told))
    yield _share("sessions.todos_batched", None, sum(each.n_batched for each in told), n_done)
    yield _mean("sessions.todos_each", [each.n_entries for each in told])
    spans = [span.minutes for each in lists for span in todo_spans(each)]
    yield _mean("sessions.todo_minutes", [minutes for minutes in spans if minutes is not None])


def _explained(repository: str, commits: list[Commit], headers: list[IssueHeader]) -> MetricRow:
    """Return of how many issues that commits took out of headers the message says the cause."""
    told = {commit.sha for commit in commits if names_cause(commit)}
    mended = mended_issues(headers)
    n_told = sum(len(issues) for sha, issues in mended.items() if sha in told)
    whole = sum(map(len, mended.values()))
    return _share("issues.headers_explained", repository, n_told, whole)


def _mean(name: str, values: Sequence[float], repository: str | None = None) -> MetricRow:
    value = round(fmean(values), 4) if values else None
    return MetricRow(name=name, repository=repository, value=value, part=None, whole=len(values))


def _share(name: str, repository: str | None, part: int, whole: int) -> MetricRow:
    value = round(part / whole, 4) if whole else None
    return MetricRow(name=name, repository=repository, value=value, part=part, whole=whole)
