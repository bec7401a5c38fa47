"""All that is known of a team's work, with the version of each prompt that was in force.

A report says which version its agent had, or the only prompt of its role does by its moment; a
session had the standing orders of the commit or moment at which it began. What neither tells is
unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from tracemill.analyze.conclusions.versions import Naming, VersionCounts
from tracemill.analyze.process import Process, Told
from tracemill.analyze.work import EpisodeWork, SessionWork, used_fact
from tracemill.flows.held.counted import Counted, read_counted
from tracemill.flows.held.lookup import open_index
from tracemill.prompts.history import KeptHistory
from tracemill.prompts.in_force import InForce, at_moment
from tracemill.prompts.lineage import Lineage
from tracemill.prompts.naming import canonical, plain
from tracemill.records.events.team_projects import GateReport, ProjectReport, StageReport
from tracemill.records.process.prompt_versions import PromptHistory
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
        is_used = text.id in self.used
        return IN_REPORTS._replace(in_sessions=used_fact(text.id)) if is_used else IN_REPORTS


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
    counted = read_work(workspace)
    process = Process(counted.reports)
    process.rename("prompt_version", canonical)
    process.sessions = [_without_orders(session) for session in counted.sessions]
    _add_episodes(process, counted.episodes)
    return process


def _without_orders(session: SessionWork) -> SessionWork:
    return msgspec.structs.replace(session, instructions=None, told_by=None, used={})


def read_known(workspace: Workspace) -> Known:
    """Return all that is known of a team's work, and the texts that its agents had."""
    counted = read_work(workspace)
    in_force = InForce((each.told for each in counted.texts), Lineage([]))
    process = Process(counted.reports)
    by: Counter[str] = Counter()
    _attribute_reports(process, in_force, by)
    process.fill("recipe_version", _Recipes(process, counted.texts).version)
    process.sessions = counted.sessions
    by.update(f"session_{session.told_by or 'unknown'}" for session in counted.sessions)
    _add_episodes(process, counted.episodes)
    used = frozenset(text for session in counted.sessions for text in session.used)
    return Known(process, counted.texts, in_force, by, used)


def read_work(workspace: Workspace) -> Counted:
    """Return what was kept for metrics; of an older workspace it is gathered once more."""
    with open_index(workspace) as index:
        kept = read_counted(index)
    if kept is not None:
        return kept
    from tracemill.flows.deriving.counting import counted_work
    from tracemill.flows.deriving.facts import recorded_facts
    from tracemill.store.lake import Lake

    return counted_work(recorded_facts(Lake(workspace.lake)))


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


def _add_episodes(process: Process, episodes: list[EpisodeWork]) -> None:
    """Put pieces of work to the process, each with what it belongs to.

    That is all that its first session does, and the texts that any of its sessions used.
    """
    sessions = {session.id: session for session in process.sessions}
    for episode in episodes:
        own = [sessions[name] for name in episode.trajectory_ids if name in sessions]
        is_first_known = bool(own) and own[0].id == episode.trajectory_ids[0]
        facts = dict(own[0].facts) if is_first_known else {}
        for session in reversed(own if is_first_known else ()):
            facts |= session.used_facts
        process.episodes.append((episode, facts))
