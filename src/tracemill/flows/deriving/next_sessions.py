"""Which session went on with each, and what became of it: the label of a hand-off."""

from __future__ import annotations

from tracemill.flows.deriving.facts import Facts
from tracemill.link.sessions.take_ups import take_ups
from tracemill.records.work.handoffs import NextSession


def next_sessions(facts: Facts) -> dict[str, NextSession]:
    """Return for each session the one that surely went on, and what became of its work."""
    verdicts = {name: episode for episode in facts.episodes for name in episode.trajectory_ids}
    taken = take_ups(facts.trajectories.values(), facts.activities, facts.links)
    return {
        earlier: NextSession(
            trajectory_id=each.trajectory_id,
            method=each.method,
            confidence=each.confidence,
            outcome=verdicts[each.trajectory_id].outcome,
            outcome_confidence=verdicts[each.trajectory_id].confidence,
        )
        for earlier, each in taken.items()
        if each.is_sure and each.trajectory_id in verdicts
    }
