"""Where something came from: example, episode, trajectory, input, and the bytes themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracemill.base.errors import NotFoundError
from tracemill.base.text import counted
from tracemill.flows.lookup import find_row, show_work
from tracemill.flows.results import EpisodeRow, Explained, SessionRow
from tracemill.records.episodes import Episode
from tracemill.records.examples import ChatExample, Lineage
from tracemill.records.findings import Input
from tracemill.records.trajectory import Trajectory
from tracemill.store.lake import Lake, begins, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def explain_record(workspace: Workspace, name: str) -> Explained:
    """Say what the example, episode or session called `name` was made from.

    Raises:
        NotFoundError: nothing, or more than one thing, answers to it.
    """
    lake = Lake(workspace.lake)
    if name.startswith("example_"):
        return _explain_example(workspace, lake, name)
    if name.startswith("ep_"):
        row = find_row(workspace, "episode", name, EpisodeRow)
        episode = show_work(workspace, row.id).episode
        chain = _of_episode(lake, episode)
        return Explained(
            id=episode.id, kind="episode", summary=_verdict(episode), chain=tuple(chain)
        )
    session = find_row(workspace, "session", name, SessionRow)
    chain = _of_trajectory(lake, session.id)
    summary = f"{session.agent} session with {counted(session.steps, 'step')}, {session.outcome}"
    return Explained(id=session.id, kind="session", summary=summary, chain=tuple(chain))


def _explain_example(workspace: Workspace, lake: Lake, name: str) -> Explained:
    where = begins("id", name)
    found = {example.id: example for example in lake.records(TABLES["examples"], where=where)}
    if len(found) != 1:
        listed = ", ".join(sorted(found)[:10]) or "none"
        raise NotFoundError(f"{name!r} must name one example; it names: {listed}")
    (example,) = found.values()
    (lineage, *_) = example.lineage
    episode = show_work(workspace, lineage.episode_id).episode
    chain = [
        _part(lineage),
        {"episode": episode.id, "outcome": episode.outcome, "because": episode.reason},
    ]
    inputs = {
        record.id: record for record in lake.records(TABLES["inputs"], owners={lineage.input_id})
    }
    chain.extend(_bytes(inputs[lineage.input_id]))
    return Explained(id=example.id, kind="example", summary=_content(example), chain=tuple(chain))


def _content(example: ChatExample) -> str:
    trained = sum(message.trained for message in example.messages)
    return (
        f"{counted(len(example.messages), 'message')}, {trained} of them trained, "
        f"split {example.split}, {', '.join(example.tags)}"
    )


def _part(lineage: Lineage) -> dict[str, Any]:
    return {
        "trajectory": lineage.trajectory_id,
        "steps": f"{lineage.first_step}-{lineage.last_step}",
        "bytes": f"{lineage.span.start}-{lineage.span.end}",
    }


def _verdict(episode: Episode) -> str:
    return f"{episode.outcome} ({episode.confidence:.2f}): {episode.reason}"


def _of_episode(lake: Lake, episode: Episode) -> Iterator[dict[str, Any]]:
    for ref in episode.evidence:
        yield {"evidence": ref.kind, "id": ref.id, "step": ref.step}
    for trajectory_id in episode.trajectory_ids:
        yield from _of_trajectory(lake, trajectory_id)


def _of_trajectory(lake: Lake, trajectory_id: str) -> Iterator[dict[str, Any]]:
    where = equals("id", trajectory_id)
    trajectories: list[Trajectory] = list(lake.records(TABLES["trajectories"], where=where))
    owners = {trajectory.origin.input_id for trajectory in trajectories}
    inputs = {record.id: record for record in lake.records(TABLES["inputs"], owners=owners)}
    for trajectory in trajectories:
        yield {"trajectory": trajectory.id, "steps": trajectory.n_steps}
        yield from _bytes(inputs[trajectory.origin.input_id])


def _bytes(found: Input) -> Iterator[dict[str, Any]]:
    yield {
        "file": found.uri,
        "source": f"{found.source}@{found.source_version}",
        "size": found.n_bytes,
        "sha256": found.content,
    }
