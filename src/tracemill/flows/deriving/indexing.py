"""Rows of the index from what is known: what lists show, and under which names things go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from tracemill.base.ids import make_id
from tracemill.flows.deriving.branches import branch_rows
from tracemill.flows.deriving.counting import told_refusals, told_stops
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.gates import fix_row, flaky_row, gate_row
from tracemill.flows.results import EpisodeRow, FailureRow, LinkRow, SessionRow, StoreCounts
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.refs import Ref
from tracemill.records.sessions.trajectory import Usage
from tracemill.records.work.episodes import Episode
from tracemill.records.work.survival import Survival
from tracemill.store.index import Index, Row
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES

_SHORT_HASH: Final = 12


def fill_index(index: Index, facts: Facts) -> None:
    """Put rows for everything that can be looked up into the index."""
    index.replace("session", _sessions(facts))
    index.replace("input_of", _inputs(facts))
    survivals = {survival.id: survival for survival in facts.survivals}
    index.replace("episode", (_episode(e, survivals.get(e.id)) for e in facts.episodes))
    index.replace("branch", branch_rows(facts, survivals))
    index.replace("failure", _failures(facts))
    index.replace("link", _links(facts))
    index.replace("gate", (gate_row(run, facts.further.get(run.id, ())) for run in facts.gate_runs))
    index.replace("fix", map(fix_row, facts.fix_pairs))
    index.replace("flaky", map(flaky_row, facts.flaky))
    for kind, rows in facts.held.rows(facts.labels).items():
        index.replace(kind, rows)


def _sessions(facts: Facts) -> Iterator[Row]:
    verdicts = {i: episode for episode in facts.episodes for i in episode.trajectory_ids}
    for trajectory in facts.trajectories.values():
        activity = facts.activities[trajectory.id]
        episode = verdicts.get(trajectory.id)
        usage = trajectory.total_usage or Usage()
        row = SessionRow(
            id=trajectory.id,
            source=trajectory.origin.source,
            uri=trajectory.origin.uri,
            started=trajectory.started,
            ended=trajectory.ended,
            agent=trajectory.agent,
            model=trajectory.models[0] if trajectory.models else None,
            cwd=trajectory.cwd,
            branch=trajectory.branch,
            user_steps=activity.n_user_steps,
            tool_calls=activity.n_calls,
            tool_errors=None if activity.n_calls and not activity.n_ended else activity.n_errors,
            rejections=told_refusals(trajectory, activity),
            interruptions=told_stops(trajectory, activity),
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            outcome=episode.outcome if episode else "unknown",
            outcome_confidence=episode.confidence if episode else None,
            session_id=trajectory.session_id,
            parent_id=trajectory.parent_id,
            is_subagent=trajectory.is_subagent,
            steps=trajectory.n_steps,
            tool_results=activity.n_results,
            compactions=activity.n_compactions,
            todo_changes=activity.n_todo_changes,
            title=trajectory.title or activity.goal[:200] or None,
        )
        aliases = () if trajectory.is_subagent else (trajectory.session_id,)
        yield Row.of("session", row, row.started, aliases)


def _inputs(facts: Facts) -> Iterator[Row]:
    for trajectory in facts.trajectories.values():
        data = {"id": trajectory.id, "input_id": trajectory.origin.input_id}
        yield Row("input_of", trajectory.id, trajectory.id, data)


def _failures(facts: Facts) -> Iterator[Row]:
    for trajectory_id, activity in facts.activities.items():
        for number, recovery in enumerate(activity.recoveries):
            row = FailureRow(
                id=make_id("failure", trajectory_id, str(number)),
                session=trajectory_id,
                **{name: getattr(recovery, name) for name in recovery.__struct_fields__},
            )
            yield Row.of("failure", row, row.at)


def _episode(episode: Episode, survival: Survival | None) -> Row:
    row = EpisodeRow(
        id=episode.id,
        kind=episode.kind,
        started=episode.started,
        goal=episode.goal,
        sessions=episode.session_ids,
        commits=episode.commits,
        outcome=episode.outcome,
        confidence=episode.confidence,
        quality=episode.quality,
        rollback=survival.rollback if survival else None,
        kept_week=survival.kept_week if survival else None,
        kept_head=survival.kept_head if survival else None,
    )
    return Row.of("episode", row, episode.started, tuple(episode.trajectory_ids))


def _links(facts: Facts) -> Iterator[Row]:
    names = dict(_names(facts))
    for link in facts.links:
        row = LinkRow(
            source=_named(link.source, names),
            target=_named(link.target, names),
            method=link.method,
            confidence=link.confidence,
        )
        yield Row("link", link.id, f"{link.confidence:.4f}", msgspec.to_builtins(row))


def _names(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield the ids of events and what people call them."""
    for commit in facts.commits:
        yield commit.id, commit.sha
    for document in facts.written:
        yield document.id, f"{document.path}@{document.commit[:_SHORT_HASH]}"
    for pull in facts.held.pulls:
        yield pull.id, f"{pull.repository or ''}#{pull.number}"
    for issue in facts.held.issues:
        numbered = None if issue.number is None else f"{issue.repository or ''}#{issue.number}"
        yield issue.id, numbered or issue.native_id or issue.id


def _named(ref: Ref, names: dict[str, str]) -> str:
    """Name a record as people do where they have a name for it, and by its id otherwise."""
    return names.get(ref.id, ref.id)


class FoundCounts(NamedTuple):
    """How many sensitive places were replaced."""

    kinds: dict[str, int]
    """By kind."""
    rules: dict[str, int]
    """By the rule that found them."""


def count_findings(lake: Lake) -> FoundCounts:
    """Count what redaction found in everything that is kept."""
    kinds: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for batch in lake.batches(TABLES["findings"], columns=["kind", "rule"]):
        kinds.update(batch.column("kind").to_pylist())
        rules.update(batch.column("rule").to_pylist())
    return FoundCounts(dict(sorted(kinds.items())), dict(sorted(rules.items())))


def _fixed_tests(facts: Facts) -> int:
    """Count tests that were fixed; gates of a team's process that pass at last are none."""
    of_tests = {run.id for run in facts.gate_runs if run.gate == "test"}
    return sum(len(pair.fixed) for pair in facts.fix_pairs if pair.after_id in of_tests)


def count_store(
    lake: Lake,
    facts: Facts,
    version: DatasetVersion | None,
    drops: dict[str, int],
    found: FoundCounts,
) -> StoreCounts:
    """Count what the store holds."""
    subagents = sum(trajectory.is_subagent for trajectory in facts.trajectories.values())
    return StoreCounts(
        sessions=len(facts.trajectories) - subagents,
        subagents=subagents,
        copies=facts.copies,
        steps=sum(trajectory.n_steps for trajectory in facts.trajectories.values()),
        tool_calls=sum(activity.n_calls for activity in facts.activities.values()),
        commits=len({commit.sha for commit in facts.commits}),
        documents=dict(sorted(facts.held.documents.items())),
        reports=dict(sorted(facts.held.reports.items())),
        forge=facts.held.forge.counts(),
        quarantined=lake.count(TABLES["quarantine"]),
        findings=found.kinds,
        rules=found.rules,
        gates=dict(sorted(Counter(run.status for run in facts.gate_runs).items())),
        fixed_tests=_fixed_tests(facts),
        flaky_tests=len({each.name for each in facts.flaky}),
        links=dict(sorted(Counter(link.method for link in facts.links).items())),
        episodes=dict(sorted(Counter(episode.outcome for episode in facts.episodes).items())),
        examples=version.n_examples if version else {},
        funnel=version.funnel if version else (),
        drops=drops,
    )
