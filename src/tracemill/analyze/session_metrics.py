"""Metrics of sessions: what agents did, what failed, and what people said to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.analyze.cases import Case, Facts
from tracemill.analyze.process import Process
from tracemill.records.refs import Ref
from tracemill.records.trajectory import Trajectory

_TRIED_OFTEN: Final = 3
_AGAINST: Final = frozenset({"correction", "rejection", "interruption"})


def work_achieved(process: Process) -> Iterator[Case]:
    """Yield each piece of work whose outcome is known."""
    for episode, facts in process.episodes:
        if episode.outcome != "unknown":
            achieved = episode.outcome == "achieved"
            ref = Ref(kind="episode", id=episode.id)
            yield Case(facts, float(achieved), ref, episode.started, None, not achieved)


def tool_errors(process: Process) -> Iterator[Case]:
    """Yield the calls of each session: those that failed and those that did not."""
    for trajectory, activity in process.trajectories:
        facts, ref = _facts(process, trajectory), Ref(kind="trajectory", id=trajectory.id)
        for number in range(activity.n_calls):
            failed = number < activity.n_errors
            yield Case(facts, float(failed), ref, trajectory.started, None, failed and not number)


def messages_taken_back(process: Process) -> Iterator[Case]:
    """Yield each session that a person led, and whether they took anything back."""
    for trajectory, activity in process.trajectories:
        if trajectory.is_subagent or not activity.n_user_steps:
            continue
        against = [each for each in activity.reactions if each.kind in _AGAINST]
        ref = Ref(kind="trajectory", id=trajectory.id, step=against[0].step if against else None)
        reason = against[0].kind if against else None
        yield Case(
            _facts(process, trajectory),
            float(bool(against)),
            ref,
            trajectory.started,
            reason,
            bool(against),
        )


def failures_overcome(process: Process) -> Iterator[Case]:
    """Yield each failure, and whether the same worked at last."""
    for trajectory, activity in process.trajectories:
        for recovery in activity.recoveries:
            facts = {**_facts(process, trajectory), "kind": recovery.kind, "cause": recovery.cause}
            overcome = recovery.resolved_step is not None
            ref = Ref(kind="trajectory", id=trajectory.id, step=recovery.attempts[0])
            yield Case(facts, float(overcome), ref, recovery.at, recovery.symptom, not overcome)


def same_attempts(process: Process) -> Iterator[Case]:
    """Yield each failure, and whether it was tried again and again with nothing changed between."""
    for trajectory, activity in process.trajectories:
        for recovery in activity.recoveries:
            stuck = len(recovery.attempts) >= _TRIED_OFTEN and not recovery.edits
            facts = {**_facts(process, trajectory), "kind": recovery.kind}
            ref = Ref(kind="trajectory", id=trajectory.id, step=recovery.attempts[-1])
            yield Case(facts, float(stuck), ref, recovery.at, recovery.symptom, stuck)


def session_tokens(process: Process) -> Iterator[Case]:
    """Yield the tokens that the sessions of achieved work wrote."""
    achieved = {
        name
        for episode, _ in process.episodes
        if episode.outcome == "achieved"
        for name in episode.trajectory_ids
    }
    for trajectory, _ in process.trajectories:
        usage = trajectory.total_usage
        if trajectory.id in achieved and usage is not None and usage.output_tokens is not None:
            ref = Ref(kind="trajectory", id=trajectory.id)
            yield Case(
                _facts(process, trajectory), float(usage.output_tokens), ref, trajectory.started
            )


def _facts(process: Process, trajectory: Trajectory) -> Facts:
    return {**session_facts(trajectory), **process.session_facts.get(trajectory.id, {})}


def session_facts(trajectory: Trajectory) -> dict[str, str]:
    """Return what a session belongs to."""
    found = {
        "agent": trajectory.agent,
        "model": trajectory.models[0] if trajectory.models else None,
        "project": trajectory.cwd,
        "branch": trajectory.branch,
    }
    return {name: value for name, value in found.items() if value}
