"""What is known of all sessions, in small: what derivations start from.

Steps are not here; they may be larger than memory. Where several inputs hold one trajectory,
`copies` says which of them stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.flows.deriving.ci_gates import CiEvent, ci_gates
from tracemill.flows.deriving.copies import count_copies, observed, standing
from tracemill.flows.deriving.review_facts import ReviewFacts
from tracemill.flows.deriving.team_gates import TeamEvent, team_gate, team_gates, team_tests
from tracemill.flows.held.taking import Held
from tracemill.link.gates.one_run import folded, further_reports
from tracemill.link.work_links import WrittenDocument
from tracemill.prompts.history import KINDS
from tracemill.records.events.event import (
    Captured,
    ChangeUndone,
    Checkpoint,
    Commit,
    DocumentVersion,
    Event,
    FileVersion,
    GateRun,
    LineFate,
    LinesAdded,
    TeamReport,
)
from tracemill.records.events.gates import FixPair, FlakyTest
from tracemill.records.inputs import Input
from tracemill.records.labels import Label
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.change_sets import ChangeSet
from tracemill.records.work.episodes import Episode
from tracemill.records.work.survival import Survival
from tracemill.render.team import captured_report, without_texts
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES

_PLANS: Final = frozenset({"spec", "plan", "design"})


class Facts:
    """All that was read, by id, and what was derived from it so far."""

    def __init__(self, lake: Lake) -> None:
        self._read_sessions(lake)
        self._read_events(lake)
        self.further: dict[str, list[str]] = {}
        """Further reports of gate runs, by the run that stands for them."""
        self.links: list[Link] = []
        self.episodes: list[Episode] = []
        self.change_sets: list[ChangeSet] = []
        self.survivals: list[Survival] = []
        self.labels: list[Label] = self.held.labels()
        self.fix_pairs: list[FixPair] = []
        self.flaky: list[FlakyTest] = []

    def _read_sessions(self, lake: Lake) -> None:
        """Read inputs, and of each session what the input tells that stands for it."""
        self.inputs: dict[str, Input] = {i.id: i for i in lake.records(TABLES["inputs"])}
        self.trajectories = standing(lake.records(TABLES["trajectories"]))
        found: list[Activity] = list(lake.records(TABLES["activities"]))
        self.activities = observed(found, self.trajectories)
        self.copies = count_copies(self.activities, found)
        """Sessions that further inputs hold, by what these hold of them."""

    def _read_events(self, lake: Lake) -> None:
        """Read what happened outside of sessions, and which gates ran by all who tell of any."""
        self.commits: list[Commit] = []
        self.checkpoints: list[Checkpoint] = []
        self.gate_runs: list[GateRun] = []
        self._ci: list[CiEvent] = []
        self._team: list[TeamEvent] = []
        self.undone: list[ChangeUndone] = []
        self.held = Held()
        self.reviews = ReviewFacts()
        self.lines: list[LinesAdded] = []
        self.fates: list[LineFate] = []
        self.written: list[WrittenDocument] = []
        self.reports: list[TeamReport] = []
        """What the team's own process said, told events among them."""
        self.texts: list[DocumentVersion] = []
        """Versions of the texts that agents are given."""
        for event in lake.records(TABLES["events"], where=is_unknown("trajectory_id")):
            self._take(event)
        self.reviews.close(self._steps_said_of(lake))
        self.commits.sort(key=lambda commit: commit.id)
        self.checkpoints.sort(key=lambda checkpoint: checkpoint.id)
        self.gate_runs += ci_gates(self._ci)
        self.gate_runs += team_gates(self._team)
        self.told_tests = {event.id: team_tests(event) for event in self._team}
        self.gate_runs.sort(key=lambda run: run.id)

    def _steps_said_of(self, lake: Lake) -> Iterator[Step]:
        """Yield the steps of sessions in which people called a step right or wrong."""
        known = {name for name in self.reviews.judged_sessions() if name in self.trajectories}
        owners = {self.input_of(name).id for name in known}
        if owners:
            steps = lake.records(TABLES["steps"], owners=owners)
            yield from (step for step in steps if step.trajectory_id in known)

    def _take(self, event: Event) -> None:
        """Take an event of no session."""
        if isinstance(event, Commit):
            self.commits.append(event)
        elif isinstance(event, Checkpoint):
            self.checkpoints.append(event)
        elif isinstance(event, GateRun):
            self.gate_runs.append(event)
        elif isinstance(event, CiEvent):
            self._ci.append(event)
        elif isinstance(event, ChangeUndone):
            self.undone.append(event)
        elif isinstance(event, LinesAdded):
            self.lines.append(event)
        elif isinstance(event, LineFate):
            self.fates.append(event)
        else:
            self._take_other(event)

    def _take_other(self, event: Event) -> None:
        """Take a document, or what people and the team's own process said."""
        if isinstance(event, FileVersion) and event.commit is not None:
            self.written.append(_written(event, event.commit))
        if isinstance(event, DocumentVersion) and event.document in KINDS:
            self.texts.append(event)
        self.held.take(event)
        self.reviews.take(event)
        if isinstance(event, TeamEvent):
            self._take_told(event)

    def _take_told(self, event: TeamEvent) -> None:
        """Take what a team's process told, as a report or as an event that says the same."""
        told = captured_report(event) if isinstance(event, Captured) else event
        if told is not None:
            self.reports.append(without_texts(told))
        if team_gate(event) is not None:
            self._team.append(event)

    def fold_reports(self, links: Iterable[Link]) -> None:
        """Count each gate run once, however many reports of it were read."""
        standing = further_reports(links)
        for run in self.gate_runs:
            if run.id in standing:
                self.further.setdefault(standing[run.id], []).append(run.id)
        self.gate_runs = folded(self.gate_runs, standing)

    def input_of(self, trajectory_id: str) -> Input:
        """Return the input that stands for a trajectory."""
        return self.inputs[self.trajectories[trajectory_id].origin.input_id]


def _written(event: FileVersion, commit: str) -> WrittenDocument:
    """Return what links need of a document; what lies within a repository says so behind a `#`."""
    repository = event.origin.uri.partition("#")[0]
    written = WrittenDocument(event.id, repository, commit, event.path)
    if not isinstance(event, DocumentVersion):
        return written
    return written._replace(is_plan=event.document in _PLANS, branch=event.branch)


def recorded_facts(lake: Lake) -> Facts:
    """Return all facts with the links, episodes, labels and survivals that were derived last."""
    facts = Facts(lake)
    facts.links = list(lake.records(TABLES["links"]))
    facts.fold_reports(facts.links)
    facts.episodes = list(lake.records(TABLES["episodes"]))
    facts.labels = list(lake.records(TABLES["labels"]))
    facts.survivals = list(lake.records(TABLES["survivals"]))
    return facts
