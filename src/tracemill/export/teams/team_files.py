"""The files that teams keep of their own process, made from the reports that we hold.

| path | holds |
|---|---|
| `training_data/failures.jsonl`, `successes`, `performance`, `context_metrics` | by feature |
| `training_data/feature_episodes.jsonl`, `branch_outcomes` | features, branches |
| `training_data/recipe_versions.jsonl` | versions of recipes, as written down |
| `training_data/artifacts-YYYY-MM-DD.jsonl` | attempts at artifacts, by day |
| `raw/YYYY-MM/project_ID_execution.jsonl`, `_gates`, `_feedback` | by project and month |
| `raw/YYYY-MM/project_ID_summary.json` | the project as a whole |

These are views: nothing is kept in them that we do not hold, and they can be made again at any
time. A report that was read from such a file is written as it was read. One that names no
project or no moment goes to `unknown`, since a place made up would be a lie. A project has
one summary, in the month of its last: what a later one says stands in place of what it said before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.clock import moment_key
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team import Report
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.events.team_branches import BranchEpisode, BranchOutcome
from tracemill.records.events.team_features import (
    ContextReport,
    FailureReport,
    PerformanceReport,
    SuccessReport,
)
from tracemill.records.events.team_projects import GateReport, ProjectReport, StageReport
from tracemill.records.events.team_recipes import RecipeReport
from tracemill.render.team import write_report

_BY_FEATURE: Final[dict[type[Report], str]] = {
    FailureReport: "failures",
    SuccessReport: "successes",
    PerformanceReport: "performance",
    ContextReport: "context_metrics",
    BranchEpisode: "feature_episodes",
    BranchOutcome: "branch_outcomes",
    RecipeReport: "recipe_versions",
}
_BY_PROJECT: Final[dict[type[Report], str]] = {
    StageReport: "execution.jsonl",
    GateReport: "gates.jsonl",
    ProjectReport: "summary.json",
}
_UNKNOWN: Final = "unknown"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+|^\.+")


class TeamFile(NamedTuple):
    """One file of a view."""

    path: str
    """Its path, with `/` between the parts."""
    data: bytes
    n_reports: int
    """Reports in it."""


def team_files(events: Iterable[TeamReport]) -> Iterator[TeamFile]:
    """Yield the files that hold `events`, in the order of their paths, lines by time."""
    lines: defaultdict[str, list[TeamReport]] = defaultdict(list)
    wholes: defaultdict[str | None, list[TeamReport]] = defaultdict(list)
    for event in sorted(events, key=_order):
        if isinstance(event.report, ProjectReport) and event.project_id is not None:
            wholes[event.project_id].append(event)
        else:
            lines[path_of(event)].append(event)
    for same in wholes.values():
        lines[path_of(_newest(same))] += same
    for path, reports in sorted(lines.items()):
        if path.endswith(".json"):
            yield TeamFile(path, _document(reports), 1)
        else:
            yield TeamFile(path, b"".join(map(_line, reports)), len(reports))


def _newest(events: Sequence[TeamReport]) -> TeamReport:
    """Return the event of the last known moment; the last one where none is known."""
    return next((event for event in reversed(events) if event.at is not None), events[-1])


def path_of(event: TeamReport) -> str:
    """Return the path of the file to which a report belongs."""
    feature_file = _BY_FEATURE.get(type(event.report))
    if feature_file is not None:
        return f"training_data/{feature_file}.jsonl"
    if isinstance(event.report, ArtifactReport):
        day = f"{event.at:%Y-%m-%d}" if event.at is not None else _UNKNOWN
        return f"training_data/artifacts-{day}.jsonl"
    month = f"{event.at:%Y-%m}" if event.at is not None else _UNKNOWN
    project = _UNSAFE.sub("_", event.project_id or "") or _UNKNOWN
    return f"raw/{month}/project_{project}_{_BY_PROJECT.get(type(event.report), 'feedback.jsonl')}"


def _line(event: TeamReport) -> bytes:
    return msgspec.json.encode(write_report(event)) + b"\n"


def _document(events: Sequence[TeamReport]) -> bytes:
    """Return the summaries of one project as one, the later word on each field counting."""
    whole: dict[str, Any] = {}
    for event in events:
        whole = _over(whole, write_report(event))
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _over(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with what a later one says in place of what it says itself."""
    whole = dict(earlier)
    for name, value in later.items():
        before = whole.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            whole[name] = _over(before, value)
        else:
            whole[name] = value
    return whole


def _order(event: TeamReport) -> tuple[bool, float, str, int, str]:
    """Sort by time; what names no time stays in the order in which it was read."""
    start = event.span.start if event.span else 0
    moment = moment_key(event.at)
    return event.at is None, moment, event.origin.input_id, start, event.id
