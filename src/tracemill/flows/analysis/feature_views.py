"""What sessions themselves show, as reports: the facts behind each piece of work, put together.

Steps are read once, and of each nothing but the tokens of its model call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from tracemill.analyze.features import (
    ContextUse,
    Feature,
    Session,
    feature_reports,
    gate_failure,
    told_of,
)
from tracemill.analyze.features.context import Window, read_windows, shipped_windows
from tracemill.analyze.features.effects import practice_effects
from tracemill.analyze.features.gates import MAX_TESTS, said_no
from tracemill.analyze.features.refusals import PullName, refusals
from tracemill.base.named_files import read_named
from tracemill.flows.analysis.process import read_process
from tracemill.flows.deriving.copies import standing
from tracemill.flows.deriving.counting import any_of, reverted_work
from tracemill.flows.deriving.facts import Facts, recorded_facts
from tracemill.records.events.commits import Commit
from tracemill.records.events.event import PullRequest, Review
from tracemill.records.events.gates import FAILING, GateResult, GateRun
from tracemill.records.events.team import TeamReport
from tracemill.records.links import SURE_ENOUGH
from tracemill.records.refs import Ref
from tracemill.records.sessions.trajectory import Usage
from tracemill.records.work.episodes import Episode
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_WINDOWS: Final = "context_windows.toml"
_SAYS: Final = "sizes of context windows"
_WORKED_FOR: Final = frozenset({"opened", "head_branch"})
_PREVIOUS: Final = 5
"""Pieces of work before another that are named."""
_usage: Final = msgspec.json.Decoder(Usage).decode


def reports_of_sessions(workspace: Workspace) -> Iterator[TeamReport]:
    """Yield what the record shows of every piece of work.

    Raises:
        UsageError: the workspace's `context_windows.toml` cannot be read.
    """
    lake = Lake(workspace.lake)
    facts = recorded_facts(lake)
    windows = _windows(workspace)
    effects = practice_effects(read_process(workspace)) if facts.episodes else {}
    for feature in _features(facts, _contexts(lake, facts)):
        yield from feature_reports(feature, effects, windows)
    yield from _gate_failures(lake, facts)
    yield from _refusals(lake, facts)


def _windows(workspace: Workspace) -> tuple[Window, ...]:
    own = workspace.root / _WINDOWS
    return read_windows(read_named(own, _SAYS), _WINDOWS) if own.is_file() else shipped_windows()


def _contexts(lake: Lake, facts: Facts) -> dict[str, ContextUse]:
    """Return what stood in the window of each session."""
    used = {
        name: ContextUse({each.attempts[0] for each in activity.recoveries})
        for name, activity in facts.activities.items()
    }
    stands = {name: each.origin.input_id for name, each in facts.trajectories.items()}
    _follow(lake, used, stands)
    return used


def contexts_at(lake: Lake, wanted: Mapping[str, Collection[int]]) -> dict[str, dict[int, int]]:
    """Return by session how many tokens stood in its window at some steps, where that is told."""
    used = {name: ContextUse(steps) for name, steps in wanted.items()}
    sessions = standing(each for each in lake.records(TABLES["trajectories"]) if each.id in used)
    _follow(lake, used, {name: each.origin.input_id for name, each in sessions.items()})
    return {name: use.at for name, use in used.items()}


def _follow(lake: Lake, used: Mapping[str, ContextUse], stands: Mapping[str, str]) -> None:
    """Show each session its steps; `stands` says which of its copies in several inputs counts."""
    columns = ("input_id", "trajectory_id", "index", "usage")
    for batch in lake.batches(TABLES["steps"], columns=columns):
        rows = (batch.column(name).to_pylist() for name in columns)
        for input_id, name, index, usage in zip(*rows, strict=True):
            if usage is not None and stands.get(name) == input_id and name in used:
                used[name].see(index, _usage(usage))
    for each in used.values():
        each.finish()


def _features(facts: Facts, contexts: Mapping[str, ContextUse]) -> Iterator[Feature]:
    commits = {commit.id: commit for commit in facts.commits}
    gates = _by_commit(facts.gate_runs)
    reverted = reverted_work(facts.labels)
    before: defaultdict[str, list[str]] = defaultdict(list)
    for episode in sorted(facts.episodes, key=_order):
        sessions = [
            Session(facts.trajectories[name], facts.activities[name], contexts[name])
            for name in episode.trajectory_ids
            if name in facts.trajectories and name in facts.activities
        ]
        own = [commits[name] for name in episode.event_ids if name in commits]
        place = next((s.trajectory.cwd for s in sessions if s.trajectory.cwd), None)
        yield Feature(
            episode=episode,
            sessions=sessions,
            commits=own,
            gates=_gates(gates, own),
            reverted=any_of(reverted, episode.trajectory_ids),
            previous=tuple(before[place][-_PREVIOUS:]) if place else (),
        )
        if place and episode.started is not None:
            before[place].append(episode.id)


def _gate_failures(lake: Lake, facts: Facts) -> Iterator[TeamReport]:
    """Yield each gate run that said no and that the team did not tell itself.

    Of its results the first ones are looked at.
    """
    told = facts.told_tests.keys()
    runs = {run.id: run for run in facts.gate_runs if said_no(run) and run.id not in told}
    failing: defaultdict[str, list[GateResult]] = defaultdict(list)
    for result in lake.records(TABLES["gate_results"]) if runs else ():
        held = failing[result.gate_run_id] if result.gate_run_id in runs else None
        if held is not None and result.status in FAILING and len(held) < MAX_TESTS:
            held.append(result)
    fixed = {pair.before_id: pair for pair in lake.records(TABLES["fix_pairs"])}
    commits = {commit.sha: commit.id for commit in facts.commits}
    features = {event: each.id for each in facts.episodes for event in each.event_ids}
    for run in runs.values():
        feature_id = features.get(commits.get(run.commit or "", ""))
        report = gate_failure(run, failing[run.id], fixed.get(run.id), feature_id)
        yield told_of(report, run.origin, None, run.at, Ref(kind="event", id=run.id))


def _refusals(lake: Lake, facts: Facts) -> Iterator[TeamReport]:
    """Yield what other agents sent back of the pull requests of sessions."""
    reviews, pulls = list[Review](), dict[str, PullName]()
    for event in lake.records(TABLES["events"], where=is_unknown("trajectory_id")):
        if isinstance(event, Review):
            reviews.append(event)
        elif isinstance(event, PullRequest) and event.repository and event.number is not None:
            pulls[event.id] = PullName(event.repository, event.number)
    worked_for = {
        pulls[link.target.id]: facts.trajectories[link.source.id].session_id
        for link in sorted(facts.links, key=lambda each: (each.confidence, each.id))
        if link.method in _WORKED_FOR
        and link.confidence >= SURE_ENOUGH
        and link.target.id in pulls
        and link.source.id in facts.trajectories
    }
    yield from refusals(reviews, worked_for)


def _by_commit(runs: Iterable[GateRun]) -> dict[str, list[GateRun]]:
    """Return gate runs by the hash of the commit that they looked at, where they name one."""
    found: defaultdict[str, list[GateRun]] = defaultdict(list)
    for run in runs:
        if run.commit is not None:
            found[run.commit].append(run)
    return dict(found)


def _gates(runs: Mapping[str, Sequence[GateRun]], commits: Sequence[Commit]) -> list[GateRun]:
    """Return the runs that looked at some commits, in the order of time."""
    wanted = {commit.sha for commit in commits}
    found = [run for sha in wanted for run in runs.get(sha, ())]
    return sorted(found, key=lambda run: (run.at is not None, str(run.at), run.id))


def _order(episode: Episode) -> tuple[bool, str, str]:
    return episode.started is None, str(episode.started), episode.id
