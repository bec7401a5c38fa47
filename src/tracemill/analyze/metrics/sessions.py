"""Metrics of sessions: what agents did, what failed, and how people reacted.

Calls, failures and plans stand in sessions: those of one session, with its subagents and where it
was taken up again, are one cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.analyze.cases import Case
from tracemill.analyze.features.failures import action_of, retries_of
from tracemill.analyze.process import Process
from tracemill.records.refs import Ref
from tracemill.records.sessions.recoveries import Recovery

_TRIED_OFTEN: Final = 3


def work_achieved(process: Process) -> Iterator[Case]:
    """Yield each piece of work whose outcome is known."""
    for episode, facts in process.episodes:
        if episode.outcome != "unknown":
            achieved = episode.outcome == "achieved"
            ref = Ref(kind="episode", id=episode.id)
            yield Case(facts, float(achieved), ref, episode.started, None, not achieved)


def tool_errors(process: Process) -> Iterator[Case]:
    """Yield the calls of each session of which its log says whether they failed."""
    for session in process.sessions:
        facts, ref = session.facts, Ref(kind="trajectory", id=session.id)
        for number in range(session.n_ended):
            failed = number < session.n_errors
            is_first = failed and not number
            yield Case(
                facts, float(failed), ref, session.started, None, is_first, session.session_id
            )


def calls_refused(process: Process) -> Iterator[Case]:
    """Yield the calls of each session whose log records refusals, and whether it was refused."""
    for session in process.sessions:
        if session.n_refused is None:
            continue
        facts, ref = session.facts, Ref(kind="trajectory", id=session.id)
        for number in range(session.n_calls):
            refused = number < session.n_refused
            is_first = refused and not number
            yield Case(
                facts, float(refused), ref, session.started, None, is_first, session.session_id
            )


def plans_approved(process: Process) -> Iterator[Case]:
    """Yield each plan to which a person said yes or no."""
    for session in process.sessions:
        for plan in session.plan_verdicts:
            ref = Ref(kind="trajectory", id=session.id, step=plan.step)
            approved = float(plan.is_approved)
            is_against = not plan.is_approved
            yield Case(
                session.facts, approved, ref, plan.at, plan.said, is_against, session.session_id
            )


def messages_taken_back(process: Process) -> Iterator[Case]:
    """Yield each session that a person led, and whether they took anything back."""
    for session in process.sessions:
        if session.is_subagent or not session.is_led:
            continue
        is_against = session.against is not None
        ref = Ref(kind="trajectory", id=session.id, step=session.against_step)
        yield Case(
            session.facts, float(is_against), ref, session.started, session.against, is_against
        )


def failures_overcome(process: Process) -> Iterator[Case]:
    """Yield each failure, and whether the same worked at last."""
    for session in process.sessions:
        for recovery in session.recoveries:
            facts = {**session.facts, "kind": recovery.kind, "cause": recovery.cause}
            overcome = recovery.resolved_step is not None
            ref = Ref(kind="trajectory", id=session.id, step=recovery.attempts[0])
            symptom, value = recovery.symptom, float(overcome)
            yield Case(facts, value, ref, recovery.at, symptom, not overcome, session.session_id)


def same_attempts(process: Process) -> Iterator[Case]:
    """Yield each failure, and whether it was tried again and again with nothing changed between."""
    for session in process.sessions:
        for recovery in session.recoveries:
            stuck = len(recovery.attempts) >= _TRIED_OFTEN and not recovery.edits
            facts = {**session.facts, "kind": recovery.kind}
            ref = Ref(kind="trajectory", id=session.id, step=recovery.attempts[-1])
            symptom, value = recovery.symptom, float(stuck)
            yield Case(facts, value, ref, recovery.at, symptom, stuck, session.session_id)


def recovery_tries(process: Process) -> Iterator[Case]:
    """Yield how often each failure that was overcome was tried again, the last time among them."""
    for case, recovery in _overcome(process):
        yield case._replace(value=float(retries_of(recovery)))


def recovery_minutes(process: Process) -> Iterator[Case]:
    """Yield how many minutes it took until each failure was overcome."""
    for case, recovery in _overcome(process):
        if recovery.seconds is not None:
            yield case._replace(value=recovery.seconds / 60)


def _overcome(process: Process) -> Iterator[tuple[Case, Recovery]]:
    for session in process.sessions:
        for recovery in session.recoveries:
            if recovery.resolved_step is not None:
                own = {
                    "kind": recovery.kind,
                    "cause": recovery.cause,
                    "action": action_of(recovery),
                }
                ref = Ref(kind="trajectory", id=session.id, step=recovery.attempts[0])
                facts, symptom = {**session.facts, **own}, recovery.symptom
                within = session.session_id
                yield Case(facts, 0.0, ref, recovery.at, symptom, cluster=within), recovery


def work_minutes(process: Process) -> Iterator[Case]:
    """Yield how many minutes lie between the first and the last moment of achieved work."""
    for episode, facts in process.episodes:
        if episode.outcome == "achieved" and episode.seconds is not None:
            ref = Ref(kind="episode", id=episode.id)
            yield Case(facts, episode.seconds / 60, ref, episode.started)


def work_reverted(process: Process) -> Iterator[Case]:
    """Yield each piece of work whose commits are known for a week, and whether one was undone."""
    for episode, facts in process.episodes:
        if episode.reverted is not None:
            ref = Ref(kind="episode", id=episode.id)
            was = episode.reverted
            yield Case(facts, float(was), ref, episode.started, None, was)


def session_tokens(process: Process) -> Iterator[Case]:
    """Yield the tokens that the sessions of achieved work wrote."""
    achieved = {
        name
        for episode, _ in process.episodes
        if episode.outcome == "achieved"
        for name in episode.trajectory_ids
    }
    for session in process.sessions:
        if session.id in achieved and session.output_tokens is not None:
            ref = Ref(kind="trajectory", id=session.id)
            yield Case(session.facts, float(session.output_tokens), ref, session.started)


def tokens_per_line(process: Process) -> Iterator[Case]:
    """Yield the tokens that sessions wrote for each line that the commits of their work add.

    Work of which a session does not tell its tokens, or git not the lines, is left out.
    """
    written = {session.id: session.output_tokens for session in process.sessions}
    for episode, facts in process.episodes:
        tokens = [written.get(name) for name in episode.trajectory_ids]
        known = [n for n in tokens if n is not None]
        if known and len(known) == len(tokens) and episode.lines_added:
            ref = Ref(kind="episode", id=episode.id)
            yield Case(facts, sum(known) / episode.lines_added, ref, episode.started)
