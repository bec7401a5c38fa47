"""One derivation of everything: links, episodes, labels, examples, dataset and index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tracemill.base.ids import digest
from tracemill.curate.recipe import shipped_recipe
from tracemill.flows.deriving.counting import counted_work
from tracemill.flows.deriving.dataset import Made, NothingKept, build_version, builder_config
from tracemill.flows.deriving.examples import build_examples
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.gates import compare_gates
from tracemill.flows.deriving.indexing import count_findings, count_store, fill_index
from tracemill.flows.deriving.review_facts import Known
from tracemill.flows.deriving.timing import StageClock
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.held.counted import keep_counted
from tracemill.label.outcomes.branch_labels import branch_labels
from tracemill.label.outcomes.evidence import commits_of
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome import judge_episode
from tracemill.label.outcomes.survival import survival_of
from tracemill.label.outcomes.trajectory_labels import trajectory_labels
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.change_sets import change_sets
from tracemill.link.commits.releases import release_links
from tracemill.link.forge.links import forge_links
from tracemill.link.group import group_episodes
from tracemill.link.link_records import link_records
from tracemill.link.work_links import document_links, gate_links, plan_links
from tracemill.records.datasets.recipes import DEFAULT_NAME
from tracemill.records.labels import Label
from tracemill.records.links import Link
from tracemill.records.work.survival import Survival
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class Derivations:
    """Everything that follows from the facts of one workspace."""

    def __init__(
        self, workspace: Workspace, index: Index, executor: Executor, clock: StageClock
    ) -> None:
        self._workspace = workspace
        self._index = index
        self._executor = executor
        self._clock = clock
        self._lake = Lake(workspace.lake)
        self._recipe = shipped_recipe(DEFAULT_NAME)

    def run(self) -> None:
        """Derive it all; tables whose rows came out as they were get no new version."""
        with self._clock.stage("link"):
            facts = Facts(self._lake)
            compared = compare_gates(self._lake, facts.gate_runs, facts.told_tests)
            facts.fix_pairs, facts.flaky, same_runs = compared
            facts.fold_reports(same_runs)
            facts.links = link_records(
                facts.trajectories.values(),
                facts.activities,
                facts.commits,
                facts.checkpoints,
                facts.undone,
                facts.lines,
            )
            known = {link.id: link for link in (*facts.links, *same_runs, *_work_links(facts))}
            facts.links = [known[name] for name in sorted(known)]
            facts.change_sets = change_sets(Branches(facts.commits), facts.links)
            self._keep("links", facts.links)
            self._keep("change_sets", facts.change_sets)
            self._keep("fix_pairs", facts.fix_pairs)
            self._keep("flaky_tests", facts.flaky)
        with self._clock.stage("label"):
            self._judge(facts)
        with self._clock.stage("build"):
            config = builder_config(self._recipe)
            build_examples(
                self._lake, self._workspace.lake, self._index, self._executor, facts, config
            )
        with self._clock.stage("export"):
            found = count_findings(self._lake)
            made = Made(self._lake, facts, found.rules)
            built = build_version(self._workspace, self._index, self._executor, made, self._recipe)
            version = None if isinstance(built, NothingKept) else built
        with self._clock.stage("index"):
            fill_index(self._index, facts)
            keep_counted(self._index, counted_work(facts))
            shown = Known(facts.episodes, facts.activities, facts.commits)
            facts.reviews.fill(self._index, self._lake, shown)
            counts = count_store(self._lake, facts, version, built.drops, found)
            self._index.note(counts=msgspec.json.encode(counts).decode())

    def _judge(self, facts: Facts) -> None:
        history = History(facts.commits, facts.links, facts.fates)
        for group in group_episodes(facts.trajectories.values(), facts.links):
            facts.episodes.append(
                judge_episode(group, facts.trajectories, facts.activities, history)
            )
        facts.episodes = facts.reviews.supersede(facts.episodes)
        facts.labels.extend(_labels(facts, history))
        pulls = facts.held.pulls
        facts.labels.extend(branch_labels(facts.change_sets, history, facts.links, pulls))
        facts.survivals.extend(_survivals(facts, history))
        facts.labels.extend(facts.reviews.labels(facts.episodes))
        self._keep("episodes", facts.episodes)
        self._keep("survivals", facts.survivals)
        self._keep("labels", facts.labels, [label.target.id for label in facts.labels])

    def _keep(self, name: str, records: Sequence[Any], owners: Sequence[str] | None = None) -> None:
        """Put `records` in place of a table's rows, unless they are the same."""
        key = digest(*(msgspec.json.encode(record) for record in records))
        is_there = self._workspace.table_versions([name])[name] >= 0
        if self._index.state(f"rows_{name}") == key and (is_there or not records):
            return
        writer = self._lake.writer(TABLES[name])
        writer.write_records(records, owners)
        self._lake.commit(writer, whole=True)
        self._index.note(**{f"rows_{name}": key})


def _work_links(facts: Facts) -> Iterator[Link]:
    yield from gate_links(facts.gate_runs, facts.commits)
    yield from document_links(facts.written, facts.commits, facts.activities, facts.links)
    yield from plan_links(facts.written, facts.commits, Branches(facts.commits))
    yield from release_links(facts.commits, facts.links)
    sessions = [
        (trajectory, facts.activities[name])
        for name, trajectory in facts.trajectories.items()
        if name in facts.activities
    ]
    yield from forge_links(sessions, facts.commits, facts.held.pulls, facts.held.issues)


def _survivals(facts: Facts, history: History) -> Iterator[Survival]:
    episodes = {i: episode.id for episode in facts.episodes for i in episode.trajectory_ids}
    works = {
        episode.id: [history.commits[i] for i in episode.event_ids if i in history.commits]
        for episode in facts.episodes
    }
    for each in facts.change_sets:
        shas = (*each.commits, each.merge or "")
        found = (history.find(each.repository, sha) for sha in shas)
        works[each.id] = [commit for commit in found if commit is not None]
    for name, commits in works.items():
        survival = survival_of(name, commits, history, episodes)
        if survival is not None:
            yield survival


def _labels(facts: Facts, history: History) -> Iterator[Label]:
    for trajectory_id in sorted(facts.activities):
        commits = commits_of([trajectory_id], history)
        yield from trajectory_labels(facts.activities[trajectory_id], commits, history)
