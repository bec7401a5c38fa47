"""What metrics count, out of the facts; a session with the standing orders that it had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tracemill.analyze.practices import practices_of
from tracemill.analyze.work import EpisodeWork, SessionWork, episode_work, session_work
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.held.counted import Counted
from tracemill.prompts.history import histories
from tracemill.prompts.in_force import InForce
from tracemill.prompts.lineage import Lineage
from tracemill.records.labels import Label
from tracemill.records.links import SURE_ENOUGH, WORK
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.sources import TELLS_REFUSALS, TELLS_STOPS


def counted_work(facts: Facts) -> Counted:
    """Return all that metrics count."""
    lineage = Lineage(facts.commits)
    texts = histories(facts.texts, lineage)
    in_force = InForce((each.told for each in texts), lineage)
    return Counted(
        sorted(_sessions(facts, in_force), key=lambda session: session.id),
        sorted(_episodes(facts), key=lambda episode: episode.id),
        sorted(facts.reports, key=lambda report: report.id),
        texts,
    )


def _episodes(facts: Facts) -> Iterator[EpisodeWork]:
    commits = {commit.id: commit for commit in facts.commits}
    reverted = reverted_work(facts.labels)
    for episode in facts.episodes:
        led = [facts.activities[name] for name in episode.trajectory_ids if is_led(facts, name)]
        own = [commits[name] for name in episode.event_ids if name in commits]
        practices = practices_of(led, own, is_fix=episode.kind == "fix")
        undone = any_of(reverted, episode.trajectory_ids)
        yield episode_work(episode, practices, own, reverted=undone)


def told_refusals(trajectory: Trajectory, activity: Activity) -> int | None:
    """Return how many calls a person refused; None where its log would not have told of any."""
    tells = trajectory.origin.source in TELLS_REFUSALS
    return activity.n_rejections if tells else activity.n_rejections or None


def told_stops(trajectory: Trajectory, activity: Activity) -> int | None:
    """Return how often a person stopped the agent; None where its log would not have told."""
    tells = trajectory.origin.source in TELLS_STOPS
    return activity.n_interruptions if tells else activity.n_interruptions or None


def is_led(facts: Facts, trajectory_id: str) -> bool:
    """Tell whether a session is known, and no subagent."""
    trajectory = facts.trajectories.get(trajectory_id)
    return trajectory is not None and not trajectory.is_subagent


def reverted_work(labels: Iterable[Label]) -> dict[str, bool]:
    """Return by session whether a commit of its was taken back; what is unknown is not there."""
    return {
        label.target.id: bool(label.value) for label in labels if label.name == "outcome.reverted"
    }


def any_of(known: Mapping[str, bool], names: Iterable[str]) -> bool | None:
    """Return whether any of what is known of some names is true; None where nothing is known."""
    values = [known[name] for name in names if name in known]
    return any(values) if values else None


def _sessions(facts: Facts, in_force: InForce) -> Iterator[SessionWork]:
    worked_in = _repositories(facts)
    for trajectory in facts.trajectories.values():
        activity, places = facts.activities[trajectory.id], worked_in[trajectory.id]
        orders = in_force.of_session(trajectory, places)
        used = in_force.used_in(trajectory, activity.used_texts, places)
        yield msgspec.structs.replace(
            session_work(
                trajectory,
                activity,
                tells_refusals=trajectory.origin.source in TELLS_REFUSALS,
            ),
            instructions=orders.label if orders else None,
            told_by=orders.by if orders else None,
            used={text: each.label for text, each in sorted(used.items())},
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
