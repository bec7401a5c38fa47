"""What can be learned from pieces of work, shown and written out.

Sessions are read from their steps in one pass; commits and documents tell of work of which no
session is known.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from tracemill.base.errors import AmbiguousNameError, NotFoundError
from tracemill.base.named_files import require_there
from tracemill.curate.selecting.splits import KnownWork, Splits, place_of
from tracemill.export.teams.learning import (
    PARTS,
    LearningDocument,
    LearningFields,
    absence,
    learning_document,
    told_parts,
)
from tracemill.export.teams.learning_views import ViewRow, view_rows
from tracemill.flows.analysis.history_lessons import lessons_of_history
from tracemill.flows.analysis.step_changes import ToldChanges, step_changes
from tracemill.flows.deriving.copies import observed, standing
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.held.lookup import canonical_input, find_row, require_kept, show_work
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.results import EpisodeRow
from tracemill.label.learning import Teller, Told, learning_episode
from tracemill.records.datasets.examples import Split
from tracemill.records.datasets.recipes import SplitRule
from tracemill.records.events.event import Commit, TodoChange
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Record
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.changes import StepChanges
from tracemill.records.work.episodes import Episode
from tracemill.records.work.learning import LearningEpisode
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.store.lake import Lake

_SHA: Final = re.compile(r"[0-9a-f]{7,40}")
_PLAIN = "learning_episodes.jsonl"
_WITH_PLACES = "sources.jsonl"
_CHANGES = "changes.jsonl"
_HELD_OUT: Final = 0.1
"""Share of the work that is held out of views, as by default of datasets."""
_ALL_PARTS = "all_parts"


class ShownLearning(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What can be learned from a piece of work, and where every text of it stands."""

    learning_episode: LearningFields | None
    """As plain texts; None where nobody asked, or nothing is told of what was done."""
    sources: LearningEpisode
    """The same with its places."""


class ExportedLearning(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What can be learned from all episodes, as it was written."""

    folder: str
    """The folder that holds it."""
    n_episodes: dict[str, int]
    """Episodes written, by what there is to learn from."""
    told_by: dict[str, int]
    """The same, by what tells of them: sessions, commits or a document."""
    parts: dict[str, int]
    """How many of them tell of each part; `all_parts` of how many nothing is missing."""
    left_out: dict[str, int]
    """Episodes left out, by reason."""
    changes: dict[str, int]
    """Commits, files and hunks behind their steps, and what of them could not be told, by reason;
    empty where no repository was named."""
    views: dict[str, int]
    """Rows to train on, by the skill that they show and their split; empty where none were asked
    for."""
    no_views: dict[str, int]
    """What gave no row of a skill, by reason."""
    receipt: Receipt
    """What it went through before."""


def show_learning(workspace: Workspace, name: str) -> ShownLearning:
    """Return what can be learned from an episode, or from a commit that no known session made.

    Raises:
        NotFoundError: none or several answer to the name.
    """
    from tracemill.store.lake import Lake

    lake = Lake(workspace.lake)
    found = _committed(workspace, lake, name) if _SHA.fullmatch(name) else None
    if found is None:
        row = find_row(workspace, "episode", name, EpisodeRow)
        episode = show_work(workspace, row.id).episode
        owners = {canonical_input(workspace, each) for each in episode.trajectory_ids}
        (found,) = learned(lake, [episode], owners)
    fields = learning_document(found).learning_episode if absence(found) is None else None
    return ShownLearning(learning_episode=fields, sources=found)


def _committed(workspace: Workspace, lake: Lake, sha: str) -> LearningEpisode | None:
    """Return what the work of a commit teaches; None where a session made it, or none is known.

    Raises:
        NotFoundError: several commits begin so.
    """
    require_kept(workspace)
    from tracemill.store.tables import TABLES

    commits = [
        event
        for event in lake.records(TABLES["events"])
        if isinstance(event, Commit) and event.sha.startswith(sha)
    ]
    if len(hashes := sorted({commit.sha for commit in commits})) > 1:
        raise AmbiguousNameError(sha, hashes)
    names = {commit.id for commit in commits}
    for found in lessons_of_history(lake) if names else ():
        if any(words.source.id in names for words in found.outcome_words):
            return found
    return None


def export_learning(
    workspace: Workspace,
    folder: Path,
    repositories: Sequence[Path] = (),
    *,
    has_views: bool = False,
    is_forced: bool,
) -> ExportedLearning:
    """Write what can be learned from all work, as plain texts and with the places of them.

    Args:
        workspace: Where the work is kept.
        folder: Where to write.
        repositories: Where to read what the commits of the work changed, line by line.
        has_views: Whether to write rows to train on as well, one skill each.
        is_forced: Whether the folder may hold something.

    Raises:
        NotFoundError: a repository is not there, nothing is kept, or nobody said what was wrong or
            wanted anywhere.
        SourceError: a repository is none, or cannot be read.
        UsageError: the folder holds something, and nobody forced it.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    for repository in repositories:
        require_there(repository, "repository of --changes")
    require_kept(workspace)
    require_elsewhere(workspace, folder)
    new_folder(folder, is_forced=is_forced)
    from tracemill.store.lake import Lake

    lake = Lake(workspace.lake)
    taught = _taught(lake)
    files = {_PLAIN: _lines(taught.plain), _WITH_PLACES: _lines(taught.kept)}
    changed = _changed(workspace, lake, taught.kept, repositories) if repositories else None
    if changed is not None:
        files[_CHANGES] = _lines(changed.rows)
    changes = changed.rows if changed else ()
    rows, no_rows = _views(lake, taught.kept, changes) if has_views else ([], {})
    views = _by_view(rows)
    for name, held in views.items():
        files[f"views/{name.replace('/', '-')}.jsonl"] = _lines(held)
    receipt = Gate(workspace).write_out("learning", "learning", folder, files)
    return ExportedLearning(
        folder=str(folder),
        n_episodes=dict(sorted(taught.kinds.items())),
        told_by=dict(sorted(taught.tellers.items())),
        parts=dict(taught.parts),
        left_out=dict(sorted(taught.left_out.items())),
        changes=changed.counts if changed is not None else {},
        views={name: len(held) for name, held in views.items()},
        no_views=no_rows,
        receipt=receipt,
    )


class _Taught(NamedTuple):
    """What all work teaches, and how often each kind of it came up."""

    plain: list[LearningDocument]
    kept: list[LearningEpisode]
    kinds: Counter[str]
    tellers: Counter[str]
    parts: Counter[str]
    left_out: Counter[str]


def _taught(lake: Lake) -> _Taught:
    """Return what can be learned from all work.

    Raises:
        NotFoundError: nobody said what was wrong or wanted anywhere.
    """
    from tracemill.store.tables import TABLES

    parts: Counter[str] = Counter(dict.fromkeys((*PARTS, _ALL_PARTS), 0))
    taught = _Taught([], [], Counter(), Counter(), parts, Counter())
    of_sessions = learned(lake, lake.records(TABLES["episodes"]))
    for found in chain(of_sessions, lessons_of_history(lake)):
        if (reason := absence(found)) is not None:
            taught.left_out[reason] += 1
            continue
        taught.kinds[found.kind] += 1
        taught.tellers[found.told_by] += 1
        told = told_parts(found)
        parts.update(told)
        parts[_ALL_PARTS] += len(told) == len(PARTS)
        taught.plain.append(learning_document(found))
        taught.kept.append(found)
    if not taught.kept:
        raise NotFoundError(
            "no session, commit or document says what was wrong or wanted and what was done; "
            "see: tracemill episode list"
        )
    return taught


def _by_view(rows: Iterable[ViewRow]) -> dict[str, list[ViewRow]]:
    """Return the rows of each skill and split, by both names."""
    found: defaultdict[str, list[ViewRow]] = defaultdict(list)
    for row in rows:
        found[f"{row.view}/{row.split}"].append(row)
    return dict(sorted(found.items()))


def _views(
    lake: Lake, kept: Sequence[LearningEpisode], changes: Iterable[StepChanges]
) -> tuple[list[ViewRow], dict[str, int]]:
    """Return the rows of single skills, and what gave none; each piece of work is in one split.

    Work of sessions is in the split in which datasets have it, other work by its id alone.
    """
    by_work: defaultdict[str, list[StepChanges]] = defaultdict(list)
    for change in changes:
        by_work[change.episode_id].append(change)
    held = _held_out(lake)
    rows: dict[str, ViewRow] = {}
    drops: Counter[str] = Counter()
    for episode in kept:
        name = episode.episode_id
        is_held = name in held if episode.told_by == "sessions" else place_of(name) < _HELD_OUT
        split: Split = "validation" if is_held else "train"
        for made in view_rows(episode, by_work[name], split):
            if isinstance(made, str):
                drops[made] += 1
            else:
                rows.setdefault(made.id, made)
    return list(rows.values()), dict(sorted(drops.items()))


def _held_out(lake: Lake) -> set[str]:
    """Return the episodes of which any session is held out, as datasets do it by default."""
    from tracemill.store.tables import TABLES

    episodes = list(lake.records(TABLES["episodes"]))
    trajectories = {each.id: each for each in lake.records(TABLES["trajectories"])}
    goals = {each.trajectory_id: each.goal for each in lake.records(TABLES["activities"])}
    splits = Splits(KnownWork(episodes, trajectories, goals), SplitRule(validation=_HELD_OUT))
    return {
        episode.id
        for episode in episodes
        if any(splits.split_of(name) != "train" for name in episode.trajectory_ids)
    }


def _changed(
    workspace: Workspace, lake: Lake, kept: Sequence[LearningEpisode], repositories: Sequence[Path]
) -> ToldChanges:
    from tracemill.flows.ingest.redactors import own_redactor

    parts = (
        words
        for episode in kept
        for part in (
            episode.implementation_steps, episode.solution_approach, episode.outcome_words,
        )
        for words in part
    )  # fmt: skip
    commits = _commits(lake, {words.source.id for words in parts})
    return step_changes(kept, commits, repositories, own_redactor(workspace).redactor)


def learned(
    lake: Lake, episodes: Iterable[Episode], owners: Collection[str] | None = None
) -> Iterator[LearningEpisode]:
    """Yield what can be learned from episodes, in their order; their steps are read once.

    `owners` are the inputs that they were read from; None where they may be any.
    """
    from tracemill.store.tables import TABLES

    wanted = list(episodes)
    names = {name for episode in wanted for name in episode.trajectory_ids}
    read = lake.records(TABLES["trajectories"], owners=owners)
    sessions = standing(each for each in read if each.id in names)
    activities = observed(lake.records(TABLES["activities"], owners=owners), sessions)
    trajectories = {name: sessions[name] for name in activities}
    told = _told(lake, trajectories, activities)
    commits = _commits(lake, {name for episode in wanted for name in episode.event_ids})
    for episode in wanted:
        yield learning_episode(
            episode,
            [trajectories[name] for name in episode.trajectory_ids if name in trajectories],
            activities,
            told,
            [commits[name] for name in episode.event_ids if name in commits],
        )


def _told(
    lake: Lake, trajectories: Mapping[str, Trajectory], activities: Mapping[str, Activity]
) -> dict[str, Told]:
    from tracemill.store.tables import TABLES

    owners = {trajectory.origin.input_id for trajectory in trajectories.values()}
    tellers = {name: Teller(activities[name]) for name in trajectories}
    for batch in lake.batches(TABLES["steps"], owners=owners):
        inputs = batch.column("input_id").to_pylist()
        for owner, step in zip(inputs, TABLES["steps"].from_batch(batch), strict=True):
            trajectory = trajectories.get(step.trajectory_id)
            if trajectory is not None and trajectory.origin.input_id == owner:
                tellers[trajectory.id].take(step)
    todos: defaultdict[str, list[TodoChange]] = defaultdict(list)
    for event in lake.records(TABLES["events"], owners=owners):
        trajectory = trajectories.get(event.trajectory_id or "")
        is_own = trajectory is not None and trajectory.origin.input_id == event.origin.input_id
        if is_own and isinstance(event, TodoChange):
            todos[event.trajectory_id or ""].append(event)
    return {name: teller.finish(todos[name]) for name, teller in tellers.items()}


def _commits(lake: Lake, wanted: set[str]) -> dict[str, Commit]:
    if not wanted:
        return {}
    from tracemill.store.tables import TABLES

    events = (event for event in lake.records(TABLES["events"]) if event.id in wanted)
    return {event.id: event for event in events if isinstance(event, Commit)}


def _lines(records: Iterable[Record]) -> bytes:
    return b"".join(msgspec.json.encode(record) + b"\n" for record in records)
