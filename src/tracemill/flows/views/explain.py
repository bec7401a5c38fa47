"""Where something came from: dataset, example, episode, trajectory, commit, input, and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

import msgspec

from tracemill.base.errors import AmbiguousNameError, NotFoundError
from tracemill.base.text import counted, one_line
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.datasets.made_up import made_examples
from tracemill.flows.datasets.versions import MANIFEST, find_version
from tracemill.flows.held.lookup import find_row, list_links, open_index, show_work
from tracemill.flows.results import EpisodeRow, Explained, SessionRow
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Lineage,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    messages_of,
)
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.events.commits import Commit
from tracemill.records.inputs import Input
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.records.work.episodes import Episode
from tracemill.store.lake import Lake, Where, begins, contains, equals
from tracemill.store.tables import EXAMPLE_TABLES, TABLES
from tracemill.store.workspace import Workspace

_SUBJECT_WIDTH: Final = 120
_COMMIT_HASH: Final = re.compile(r"[0-9a-f]{7,64}\Z")
_KNOWN: Final = """\
expected the id of a dataset version (dataset_…), an example (example_…), an episode (ep_…) or a \
session (traj_… or the agent's own id), or the hash of a commit"""
_SHOWN_ELSEWHERE: Final = {
    "gate": "a gate run", "branch": "a branch", "issue": "an issue", "pr": "a pull request",
    "document": "a document", "decision": "a decision",
}  # fmt: skip
"""Kinds of rows that lists, links and evidence name, and that a command of their own shows."""
_TOLD_BY_PREFIX: Final = {"todo": "an entry of a list", "handoff": "a hand-off"}


def explain_record(workspace: Workspace, name: str) -> Explained:
    """Say what the dataset version, example, episode, session or commit `name` was made from.

    Raises:
        NotFoundError: nothing, or more than one thing, answers to it.
    """
    lake = Lake(workspace.lake)
    kind = name.partition("_")[0]
    if kind == "dataset":
        return _explain_dataset(workspace, name)
    if kind == "example":
        return _explain_example(workspace, lake, name)
    if kind == "ep":
        return _explain_episode(workspace, lake, name)
    if kind == "commit" and (commits := _commits(lake, begins("id", name))):
        return _explain_commit(workspace, lake, name, commits)
    if _COMMIT_HASH.match(name) and (commits := _commits_of_hash(lake, name)):
        return _explain_commit(workspace, lake, name, commits)
    try:
        return _explain_session(workspace, lake, name)
    except AmbiguousNameError:
        raise
    except NotFoundError as error:
        elsewhere = _elsewhere(workspace, name)
        raise NotFoundError(elsewhere or f"{error}; {_KNOWN}") from None


def _elsewhere(workspace: Workspace, name: str) -> str | None:
    """Return which command shows what is not made of anything else, but said or measured."""
    prefix = name.partition("_")[0]
    if prefix in _TOLD_BY_PREFIX:
        return f"{name!r} names {_TOLD_BY_PREFIX[prefix]}; see: tracemill {prefix} show {name}"
    with open_index(workspace) as index:
        for kind, words in _SHOWN_ELSEWHERE.items():
            found = index.find(kind, name)
            if len(found) == 1:
                return f"{name!r} is {words}; see: tracemill {kind} show {found[0]['id']}"
    return None


def _explain_dataset(workspace: Workspace, name: str) -> Explained:
    folder, version = find_version(workspace, name)
    chain: list[dict[str, Any]] = [{"folder": str(folder), "parent": version.parent}]
    chain += [
        {"file": file.path, "rows": file.rows, "sha256": file.sha256} for file in version.files
    ]
    chain += [{"setting": key, "value": value} for key, value in sorted(version.config.items())]
    chain += [{"rule": key, "version": n} for key, n in sorted(version.code_versions.items())]
    n_examples, n_drops = sum(version.n_examples.values()), sum(version.drops.values())
    summary = f"{counted(n_examples, 'example')}; {n_drops:,} left out or not imitated"
    return Explained(id=version.id, kind="dataset", summary=summary, chain=tuple(chain))


def _explain_episode(workspace: Workspace, lake: Lake, name: str) -> Explained:
    row = find_row(workspace, "episode", name, EpisodeRow)
    episode = show_work(workspace, row.id).episode
    chain = tuple(_of_episode(lake, episode))
    return Explained(id=episode.id, kind="episode", summary=_verdict(episode), chain=chain)


def _explain_session(workspace: Workspace, lake: Lake, name: str) -> Explained:
    session = find_row(workspace, "session", name, SessionRow)
    chain = [*_part_of(lake, session.id), *_of_trajectory(lake, session.id)]
    summary = f"{session.agent} session with {counted(session.steps, 'step')}, {session.outcome}"
    return Explained(id=session.id, kind="session", summary=summary, chain=tuple(chain))


def _part_of(lake: Lake, trajectory_id: str) -> Iterator[dict[str, Any]]:
    """Yield the pieces of work that a session is part of, with what became of them."""
    episodes: Iterator[Episode] = lake.records(TABLES["episodes"])
    for episode in episodes:
        if trajectory_id in episode.trajectory_ids:
            yield {"episode": episode.id, "outcome": episode.outcome, "because": episode.reason}


def _commits_of_hash(lake: Lake, name: str) -> list[Commit]:
    """Return the commits whose hashes begin with `name`, one for each repository that has them."""
    found = _commits(lake, contains("record", f'"sha":"{name}'))
    return [commit for commit in found if commit.sha.startswith(name)]


def _commits(lake: Lake, where: Where) -> list[Commit]:
    """Return the commits that are told so."""
    found = lake.records(TABLES["events"], where=where)
    return [event for event in found if isinstance(event, Commit)]


def _explain_commit(
    workspace: Workspace, lake: Lake, name: str, commits: list[Commit]
) -> Explained:
    hashes = sorted({commit.sha for commit in commits})
    if len(hashes) > 1:
        raise AmbiguousNameError(name, hashes)
    chain: list[dict[str, Any]] = [
        {"linked": link.source, "method": link.method, "confidence": link.confidence}
        for link in list_links(workspace, limit=0).rows
        if link.target == hashes[0]
    ]
    inputs = lake.records(TABLES["inputs"], owners={c.origin.input_id for c in commits})
    for found in sorted(inputs, key=attrgetter("uri")):
        chain.extend(_bytes(found))
    summary = one_line(commits[0].subject, _SUBJECT_WIDTH)
    return Explained(id=hashes[0], kind="commit", summary=summary, chain=tuple(chain))


def _explain_example(workspace: Workspace, lake: Lake, name: str) -> Explained:
    where = begins("id", name)
    found: dict[str, Example] = {
        example.id: example
        for table in EXAMPLE_TABLES
        for example in lake.records(TABLES[table], where=where)
    }
    found = found or _of_synthesis(workspace, name) or _of_versions(workspace, name)
    if len(found) > 1:
        raise AmbiguousNameError(name, sorted(found))
    if not found:
        raise NotFoundError(f"no example answers to {name!r}; see: tracemill dataset show")
    (example,) = found.values()
    lineage = example.lineage[0]
    if made := _made_up(workspace, example.id):
        chain = [*map(_part, example.lineage), *_of_graph(made)]
        return Explained(
            id=example.id, kind="example", summary=_content(example), chain=tuple(chain)
        )
    episode = show_work(workspace, lineage.episode_id).episode
    chain = [
        *map(_part, example.lineage),
        {"episode": episode.id, "outcome": episode.outcome, "because": episode.reason},
    ]
    inputs = {
        record.id: record for record in lake.records(TABLES["inputs"], owners={lineage.input_id})
    }
    chain.extend(_bytes(inputs[lineage.input_id]))
    return Explained(id=example.id, kind="example", summary=_content(example), chain=tuple(chain))


def _of_synthesis(workspace: Workspace, name: str) -> dict[str, Example]:
    """Return examples that were made up."""
    made = (each.example for each in made_examples(workspace))
    return {each.id: each for each in made if each.id.startswith(name)}


def _made_up(workspace: Workspace, name: str) -> SyntheticExample | None:
    return next((each for each in made_examples(workspace) if each.id == name), None)


def _of_graph(made: SyntheticExample) -> Iterator[dict[str, Any]]:
    """Yield how an example was made up, call by call."""
    graph = made.graph
    yield {
        "made_by": f"{made.generator}@{made.generator_version}",
        "graph": graph.name,
        "project": graph.project,
        "seed": made.seed,
        "execution": made.execution,
    }
    for step in graph.steps:
        yield {"call": step.id, "tool": step.tool, "needs": ", ".join(step.needs)}


def _of_versions(workspace: Workspace, name: str) -> dict[str, Example]:
    """Return examples that only versions hold: of recipes with builders or windows of their own."""
    for manifest in sorted(workspace.datasets.glob(f"*/*/{MANIFEST}")):
        version = msgspec.json.decode(manifest.read_bytes(), type=DatasetVersion)
        examples = (each.example for each in examples_of(manifest.parent, version))
        if found := {each.id: each for each in examples if each.id.startswith(name)}:
            return found
    return {}


def _content(example: Example) -> str:
    return f"{_told(example)}, {', '.join(example.tags)}"


def _told(example: Example) -> str:
    messages = counted(len(messages_of(example)), "message")
    match example:
        case ChatExample():
            return f"{messages}, {sum(each.trained for each in example.messages)} of them trained"
        case PreferenceExample():
            return f"{counted(len(example.prompt), 'message')} with two ways to go on"
        case UnpairedExample():
            return f"{messages}, the last of them {'right' if example.label else 'wrong'}"
        case StepwiseExample():
            judged = counted(len(example.labels), "step")
            return f"{messages}, {judged} judged, {sum(example.labels)} of them right"
        case PromptExample():
            return f"{messages} to answer, and a {example.verifier.check} that decides"


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
