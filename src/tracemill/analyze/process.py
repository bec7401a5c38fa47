"""A team's process as reported: each report with what it belongs to.

A gate's report does not say which prompt its agent had, or which recipe its project follows. The
report of the stage before it says the one, the project's own report the other; both are looked up
here once, so that every metric can be asked by them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from tracemill.analyze.cases import Facts
from tracemill.analyze.work import EpisodeWork, SessionWork
from tracemill.base.clock import moment_key
from tracemill.records.events.team import Report, TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.events.team_features import FailureReport
from tracemill.records.events.team_projects import (
    ApprovalReport,
    EscalationReport,
    GateReport,
    ProjectReport,
    StageReport,
)
from tracemill.records.events.team_recipes import RecipeReport
from tracemill.records.refs import Ref
from tracemill.render.team_whole import held_in, one_a_project

R = TypeVar("R", bound=Report)

_OTHER_FACTS: Final = ("team", "platform", "complexity")
"""Facts that no field of ours holds, and that some files say."""
_TEAM_SIZES: Final = ((1, "1"), (4, "2 to 4"))
"""Most people of each size of a team; above, there are five and more."""


class Told(NamedTuple):
    """One report with what it belongs to."""

    report: Any
    """What it says."""
    facts: Facts
    """What it belongs to."""
    ref: Ref
    """The event that holds it."""
    at: datetime | None
    """When it was."""
    beyond: dict[str, Any]
    """What the file says beyond it."""

    @property
    def project(self) -> str:
        """The project that it names; else its own event, since two without a name may be two."""
        return self.facts.get("project") or self.ref.id


class Process:
    """All that is known of a team's work, ready to be counted."""

    def __init__(self, events: Iterable[TeamReport]) -> None:
        """Sort reports by kind, and find out what each belongs to."""
        self._by_kind: dict[type, list[Told]] = defaultdict(list)
        self.sessions: list[SessionWork] = []
        """Sessions, with what happened in each."""
        self.episodes: list[tuple[EpisodeWork, Facts]] = []
        """Pieces of work, with what each belongs to."""
        held = list(one_a_project(sorted(events, key=_order)))
        projects = {e.project_id: e.report for e in held if isinstance(e.report, ProjectReport)}
        stages = _Stages(event for event in held if isinstance(event.report, StageReport))
        for event in held:
            project = projects.get(event.project_id) if event.project_id else None
            about = {**_of_project(event.project_id, project), **_own(event.report)}
            facts = {**about, **_beyond(event)}
            facts = stages.facts(event, facts) | facts
            values = event.remainder.values if event.remainder else {}
            told = Told(event.report, facts, Ref(kind="event", id=event.id), event.at, values)
            self._by_kind[type(event.report)].append(told)
        self._add_held()

    def _add_held(self) -> None:
        """Add what summaries hold, of kinds of which their project has no lines of its own.

        Of lines that name no project nobody knows whether they tell what a summary holds.
        """
        told_apart = {(type(told.report), told.project) for told in self.all()}
        for told in self.of(ProjectReport):
            for report in held_in(told.report):
                if (type(report), told.project) not in told_apart:
                    facts = {**told.facts, **_own(report)}
                    self._by_kind[type(report)].append(Told(report, facts, told.ref, told.at, {}))

    def of(self, kind: type[R]) -> list[Told]:
        """Return the reports of a kind, in the order of their moments."""
        return self._by_kind.get(kind, [])

    def all(self) -> Iterator[Told]:
        """Yield every report."""
        for told in self._by_kind.values():
            yield from told

    def projects(self) -> list[str]:
        """Return the projects that reports and sessions name, those worked on last at the end."""
        last = self.last_worked_on()
        return sorted(last, key=lambda project: (last[project], project))

    def last_worked_on(self) -> dict[str, float]:
        """Return each project with its last moment that is told; without any, before all others."""
        last: dict[str, float] = {}
        dated = [(told.facts.get("project"), told.at) for told in self.all()]
        dated += [(session.project, session.started) for session in self.sessions]
        for project, at in dated:
            if project is not None:
                moment = moment_key(at)
                last[project] = max(moment, last.get(project, moment))
        return last

    def keep(self, projects: Collection[str]) -> None:
        """Leave out all that belongs to other projects, or to none that is known."""
        for kind, held in self._by_kind.items():
            self._by_kind[kind] = [told for told in held if told.facts.get("project") in projects]
        self.sessions = [each for each in self.sessions if each.project in projects]
        self.episodes = [pair for pair in self.episodes if pair[1].get("project") in projects]

    def fill(self, name: str, found: Callable[[Told], str | None]) -> None:
        """Put a fact to the reports that do not say it, where `found` knows it."""
        for kind, held in self._by_kind.items():
            self._by_kind[kind] = [
                told._replace(facts={**told.facts, name: value})
                if name not in told.facts and (value := found(told)) is not None
                else told
                for told in held
            ]

    def rename(self, name: str, named: Callable[[str], str]) -> None:
        """Write a fact of reports in another way."""
        for kind, held in self._by_kind.items():
            self._by_kind[kind] = [
                told._replace(facts={**told.facts, name: named(told.facts[name])})
                if name in told.facts
                else told
                for told in held
            ]


_Place = tuple[str | None, str, str]
"""A project, whether a stage or a role is named, and its name."""


class _Stages:
    """Which run of a stage came before a moment."""

    def __init__(self, events: Iterable[TeamReport]) -> None:
        self._moments: dict[_Place, list[datetime]] = defaultdict(list)
        self._reports: dict[_Place, list[StageReport]] = defaultdict(list)
        self._undated: dict[_Place, list[StageReport]] = defaultdict(list)
        for event in events:
            report = event.report
            if isinstance(report, StageReport):
                role = _of_stage(report).get("role") or _beyond(event).get("role")
                for place in _places(event.project_id, report.stage_id, role):
                    self._add(place, event.at, report)

    def _add(self, place: _Place, at: datetime | None, report: StageReport) -> None:
        if at is None:
            self._undated[place].append(report)
        else:
            self._moments[place].append(at)
            self._reports[place].append(report)

    def facts(self, event: TeamReport, known: Facts) -> dict[str, str]:
        """Return what the last run of the same stage says of the agent that was judged.

        A decision names no stage, so there it is the last run of the same role. A run that names
        no moment is meant where it is the only one.
        """
        if isinstance(event.report, GateReport):
            place = (event.project_id, "stage", known.get("stage", ""))
        elif isinstance(event.report, ApprovalReport):
            place = (event.project_id, "role", known.get("role", ""))
        else:
            return {}
        found = self._before(place, event.at)
        return {} if found is None else _of_stage(found)

    def _before(self, place: _Place, at: datetime | None) -> StageReport | None:
        undated = self._undated.get(place, [])
        if at is None or undated:
            runs = [*undated, *self._reports.get(place, [])]
            return runs[0] if len(runs) == 1 else None
        before = bisect_right(self._moments.get(place, []), at)
        return self._reports[place][before - 1] if before else None


def _places(project: str | None, stage: str | None, role: str | None) -> Iterator[_Place]:
    named: Mapping[str, str | None] = {"stage": stage, "role": role}
    yield from ((project, kind, name) for kind, name in named.items() if name)


def _order(event: TeamReport) -> tuple[bool, float, str, int, str]:
    """Order reports by time; those of one moment stay in the order of their file.

    Ids differ from workspace to workspace, so they come last: what follows what is no chance.
    """
    start = event.span.start if event.span else 0
    return event.at is None, moment_key(event.at), event.origin.input_id, start, event.id


def _of_project(project_id: str | None, project: ProjectReport | None) -> dict[str, str]:
    metadata = project.project_metadata if project else None
    return _said(
        project=project_id,
        recipe=metadata.recipe if metadata else None,
        domain=metadata.client_domain if metadata else None,
        team_size=_team_size(metadata.team_size) if metadata else None,
        autonomy=metadata.autonomy_level_used if metadata else None,
    )


def _team_size(people: int | None) -> str | None:
    """Return how large a team is, in three sizes: few projects have a team of just seven."""
    if not people:
        return None
    return next((name for most, name in _TEAM_SIZES if people <= most), "5 and more")


def _own(said: Report) -> dict[str, str]:
    """Return what a report says itself of what it belongs to."""
    match said:
        case StageReport() as report:
            return _of_stage(report)
        case GateReport() as report:
            return _said(
                gate=report.gate_id,
                stage=report.stage,
                role=report.agent_role,
                model=report.agent_model,
                strategy=report.auto_fix_strategy,
            )
        case ApprovalReport() as report:
            return _said(decision=report.decision_type)
        case EscalationReport() as report:
            return _said(stage=report.stage)
        case ArtifactReport() as report:
            return _said(artifact=report.artifact_type, model=report.agent_model)
    return _said(recipe=said.recipe) if isinstance(said, RecipeReport) else _of_failure(said)


def _of_failure(report: Report) -> dict[str, str]:
    if not isinstance(report, FailureReport):
        return {}
    learned, context = report.learning_value, report.context
    return _said(
        failure_type=report.failure_type,
        category=learned.category if learned else None,
        severity=learned.severity if learned else None,
        model=context.model_version if context else None,
    )


def _of_stage(report: StageReport) -> dict[str, str]:
    return _said(
        stage=report.stage_id,
        role=report.agent_role,
        model=report.agent_model,
        prompt_version=report.prompt_version,
    )


def _beyond(event: TeamReport) -> dict[str, str]:
    values = event.remainder.values if event.remainder else {}
    found = {name: values.get(name) for name in _OTHER_FACTS}
    found |= {"role": values.get("agent_role"), "prompt_version": values.get("prompt_version")}
    return _said(**{k: v for k, v in found.items() if isinstance(v, str | int)})


def _said(**facts: str | int | None) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}


def hand_offs(process: Process) -> Iterator[tuple[Told, Told]]:
    """Yield stages of a project that follow one another, and were other agents' work."""
    last: dict[str, Told] = {}
    for told in process.of(StageReport):
        project = told.facts.get("project")
        if project is None or "role" not in told.facts:
            continue
        before = last.get(project)
        if before is not None and before.facts["role"] != told.facts["role"]:
            yield before, told
        last[project] = told
