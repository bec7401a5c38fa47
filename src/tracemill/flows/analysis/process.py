"""All that is known of a team's work, with the version of each prompt that was in force.

A report says which version its agent had, or the only prompt of its role does by its moment; a
session had the standing orders of the commit or moment at which it began. What neither tells is
unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.analyze.process import Process, Told
from tracemill.analyze.session_metrics import session_facts
from tracemill.analyze.versions import Naming, VersionCounts
from tracemill.flows.deriving.facts import Facts, recorded_facts
from tracemill.flows.held.lookup import require_kept
from tracemill.label.history import WORK
from tracemill.prompts.history import KINDS, KeptHistory, histories
from tracemill.prompts.in_force import InForce, at_moment
from tracemill.prompts.lineage import Lineage
from tracemill.prompts.naming import canonical, plain
from tracemill.records.episodes import Episode
from tracemill.records.events import Captured, DocumentVersion, Event, TeamReport
from tracemill.records.links import SURE_ENOUGH
from tracemill.records.prompt_versions import PromptHistory
from tracemill.records.team_projects import GateReport, ProjectReport, StageReport
from tracemill.render.team import captured_report
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_OF_AGENTS = (StageReport, GateReport)
IN_REPORTS: Final = Naming(in_reports="prompt_version")
"""How reports alone name the version of a prompt."""


class Known(NamedTuple):
    """The work, the texts that agents had, and how one was told from the other."""

    process: Process
    """The work."""
    texts: list[KeptHistory]
    """The texts that agents are given."""
    in_force: InForce
    """Which version of each was in force."""
    by: Counter[str]
    """How versions were told: said in a report, by commit, by moment, or not at all."""
    used: frozenset[str]
    """Texts of which some session is known to have used a version, by their ids."""

    def naming(self, text: PromptHistory) -> Naming:
        """Return the facts by which reports and sessions name their version of a text."""
        if text.kind == "instructions":
            return Naming(in_sessions="instructions")
        return (
            IN_REPORTS._replace(in_sessions=_used(text.id)) if text.id in self.used else IN_REPORTS
        )


def _used(text: str) -> str:
    return f"text:{text}"


class TextCounts:
    """What each version of each text brought; texts that reports alone name are counted at once."""

    def __init__(self, known: Known, metrics: Collection[str] = ()) -> None:
        """Count the cases of some metrics, or of all."""
        self._known, self._metrics = known, metrics
        self._counts: dict[Naming, VersionCounts] = {}

    def of(self, text: PromptHistory) -> VersionCounts:
        """Return the counts in which the versions of a text are."""
        naming = self._known.naming(text)
        if naming not in self._counts:
            self._counts[naming] = VersionCounts(self._known.process, naming, self._metrics)
        return self._counts[naming]


def read_process(workspace: Workspace) -> Process:
    """Return all that is known of a team's work, ready to be counted."""
    return read_known(workspace).process


def read_told(workspace: Workspace) -> Process:
    """Return the work with what its reports say themselves, and nothing that was found out.

    Which arm of an experiment a unit had is never to be guessed.
    """
    require_kept(workspace)
    lake = Lake(workspace.lake)
    events: Iterator[Event] = lake.records(TABLES["events"], where=is_unknown("trajectory_id"))
    process = Process(report for event in events if (report := _report(event)) is not None)
    process.rename("prompt_version", canonical)
    _add_sessions(process, recorded_facts(lake), InForce([], Lineage([])), Counter())
    return process


def read_known(workspace: Workspace) -> Known:
    """Return all that is known of a team's work, and the texts that its agents had."""
    require_kept(workspace)
    lake = Lake(workspace.lake)
    reports: list[TeamReport] = []
    documents: list[DocumentVersion] = []
    events: Iterator[Event] = lake.records(TABLES["events"], where=is_unknown("trajectory_id"))
    for event in events:
        if isinstance(event, DocumentVersion):
            documents += [event] if event.document in KINDS else []
        elif (report := _report(event)) is not None:
            reports.append(report)
    facts = recorded_facts(lake)
    lineage = Lineage(facts.commits)
    texts = histories(documents, lineage)
    in_force = InForce((each.told for each in texts), lineage)
    process = Process(reports)
    by: Counter[str] = Counter()
    _attribute_reports(process, in_force, by)
    process.fill("recipe_version", _Recipes(process, texts).version)
    used = _add_sessions(process, facts, in_force, by)
    return Known(process, texts, in_force, by, used)


def _report(event: Event) -> TeamReport | None:
    if isinstance(event, Captured):
        return captured_report(event)
    return event if isinstance(event, TeamReport) else None


def _attribute_reports(process: Process, in_force: InForce, by: Counter[str]) -> None:
    """Say which prompt an agent had of which its report does not tell."""

    def version(told: Told) -> str | None:
        role = told.facts.get("role")
        if not isinstance(told.report, _OF_AGENTS) or role is None:
            return None
        found = in_force.of_role(role, told.at)
        by[f"report_{found.by if found else 'unknown'}"] += 1
        return found.label if found else None

    process.rename("prompt_version", canonical)
    by["report_said"] = sum("prompt_version" in told.facts for told in process.all())
    process.fill("prompt_version", version)


class _Recipes:
    """Which version of its recipe a project followed: as it says, or that of its beginning."""

    def __init__(self, process: Process, texts: list[KeptHistory]) -> None:
        files = [each.told for each in texts if each.told.kind == "recipe"]
        shared = Counter(each.role for each in files)
        self._files = {each.role: each for each in files if shared[each.role] == 1}
        self._begun: dict[str, datetime] = {}
        for told in process.all():
            project, at = told.facts.get("project"), _began(told)
            if project is not None and at is not None:
                self._begun[project] = min(at, self._begun.get(project, at))

    def version(self, told: Told) -> str | None:
        """Return the version of the recipe that a report's project followed."""
        recipe = told.facts.get("recipe")
        if recipe is None or canonical(recipe) != recipe:
            return recipe and canonical(recipe)
        history = self._files.get(plain(recipe))
        begun = self._begun.get(told.facts.get("project", ""))
        found = at_moment(history, begun) if history else None
        return found.name if found else plain(recipe)


def _began(told: Told) -> datetime | None:
    metadata = told.report.project_metadata if isinstance(told.report, ProjectReport) else None
    return metadata.created_at if metadata and metadata.created_at else told.at


def _add_sessions(
    process: Process, facts: Facts, in_force: InForce, by: Counter[str]
) -> frozenset[str]:
    """Add sessions and their work; return the texts that they used."""
    worked_in = _repositories(facts)
    texts: set[str] = set()
    for trajectory in facts.trajectories.values():
        activity, places = facts.activities[trajectory.id], worked_in[trajectory.id]
        process.trajectories.append((trajectory, activity))
        found = in_force.of_session(trajectory, places)
        by[f"session_{found.by if found else 'unknown'}"] += 1
        used = in_force.used_in(trajectory, activity.used_texts, places)
        texts |= used.keys()
        told = {_used(text): each.label for text, each in used.items()}
        if told or found:
            orders = {"instructions": found.label} if found else {}
            process.session_facts[trajectory.id] = {**told, **orders}
    for episode in facts.episodes:
        process.episodes.append((episode, _of_episode(episode, process, facts)))
    return frozenset(texts)


def _of_episode(episode: Episode, process: Process, facts: Facts) -> dict[str, str]:
    """Return what work belongs to: all that its first session does, and what texts any one used."""
    found: dict[str, str] = {}
    for name in reversed(episode.trajectory_ids):
        own = process.session_facts.get(name, {})
        found |= {fact: value for fact, value in own.items() if fact != "instructions"}
    first = facts.trajectories.get(next(iter(episode.trajectory_ids), ""))
    return (
        {**session_facts(first), **found, **process.session_facts.get(first.id, {})}
        if first
        else {}
    )


def _repositories(facts: Facts) -> dict[str, set[str]]:
    """Return by session the repositories that kept it, or of which commits are its work."""
    places = {commit.id: commit.origin.uri.partition("#")[0] for commit in facts.commits}
    found = {each.id: {each.origin.uri.partition("#")[0]} for each in facts.trajectories.values()}
    for link in facts.links:
        place = places.get(link.target.id)
        is_sure = link.method in WORK and link.confidence >= SURE_ENOUGH
        if place is not None and is_sure and link.source.id in found:
            found[link.source.id].add(place)
    return found
