"""Examples from episodes, on any executor; only what changed is built again.

An episode's examples follow from its outcome, its trajectories' bytes, the versions of the code
that read, rendered and built them, and the config. Their digest is the episode's key; where it is
known, nothing is done.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.ids import digest
from tracemill.curate import CURATE_VERSION
from tracemill.curate.chat import ChatConfig, Drop, build_chat, unfit
from tracemill.flows.executor import Executor
from tracemill.flows.facts import Facts
from tracemill.flows.versions import reading_code
from tracemill.records.activity import Activity
from tracemill.records.episodes import Episode
from tracemill.records.examples import ChatExample
from tracemill.records.findings import Input
from tracemill.records.refs import Record
from tracemill.records.trajectory import Step, Trajectory
from tracemill.render import RENDER_VERSION
from tracemill.store.index import Built, Index
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES

_CHARS: Final = 2**20
_COLUMNS: Final = (
    "input_id", "trajectory_id", "index", "speaker", "text", "reasoning", "calls", "results",
    "is_replayed", "is_error", "byte_start", "byte_end",
)  # fmt: skip
"""What a builder looks at; times and tokens are dear to read."""


class BuildTask(Record, frozen=True, kw_only=True):
    """One trajectory from which examples are to be made."""

    episode: Episode
    """The episode that it belongs to."""
    trajectory: Trajectory
    """The trajectory."""
    activity: Activity
    """What it did."""
    input: Input
    """The input that holds its steps."""


class BuildShard(Record, frozen=True, kw_only=True):
    """Trajectories whose steps lie in one data file."""

    lake: str
    """Folder of the lake."""
    file: str
    """Name of the data file."""
    tasks: tuple[BuildTask, ...]
    """The trajectories."""
    config: ChatConfig
    """The builder's settings."""


class BuiltRows(Record, frozen=True, kw_only=True):
    """Examples as rows of the lake."""

    batch: Any
    """The rows, a `pyarrow.RecordBatch`."""


class Dropped(Record, frozen=True, kw_only=True):
    """Candidates of one episode that were left out."""

    episode_id: str
    reasons: dict[str, int]


def build_shard(shard: BuildShard) -> Iterator[BuiltRows | Dropped]:
    """Build the examples of a shard in one pass over its data file."""
    held: list[ChatExample] = []
    n_chars = 0
    drops: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for task, steps in _steps_of(shard):
        for made in _made(task, steps, shard.config):
            if isinstance(made, Drop):
                drops[task.episode.id][made.reason] += 1
                continue
            held.append(made)
            n_chars += sum(len(message.content) for message in made.messages)
            if n_chars >= _CHARS:
                yield _rows(held)
                n_chars = 0
    if held:
        yield _rows(held)
    for episode_id, reasons in drops.items():
        yield Dropped(episode_id=episode_id, reasons=dict(reasons))


def _made(
    task: BuildTask, steps: Iterable[Step], config: ChatConfig
) -> Iterator[ChatExample | Drop]:
    return build_chat(task.episode, task.trajectory, task.activity, task.input, steps, config)


def _rows(held: list[ChatExample]) -> BuiltRows:
    owners = [example.lineage[0].episode_id for example in held]
    batch = TABLES["examples"].to_batch(held, owners)
    held.clear()
    return BuiltRows(batch=batch)


class _OwnedStep(NamedTuple):
    owner: str
    step: Step


def _steps_of(shard: BuildShard) -> Iterator[tuple[BuildTask, Iterable[Step]]]:
    """Yield each trajectory with its steps: streamed, or gathered where an input holds several."""
    tasks: defaultdict[str, dict[str, BuildTask]] = defaultdict(dict)
    for task in shard.tasks:
        tasks[task.input.id][task.trajectory.id] = task
    for owner, owned in groupby(_owned_steps(shard, tasks.keys()), key=lambda row: row.owner):
        steps = (row.step for row in owned)
        if len(tasks[owner]) == 1:
            ((trajectory_id, task),) = tasks[owner].items()
            yield task, _only(trajectory_id, steps)
            continue
        gathered: defaultdict[str, list[Step]] = defaultdict(list)
        for step in steps:
            gathered[step.trajectory_id].append(step)
        for trajectory_id, task in tasks[owner].items():
            yield task, gathered[trajectory_id]


def _only(trajectory_id: str, steps: Iterable[Step]) -> Iterator[Step]:
    return (step for step in steps if step.trajectory_id == trajectory_id)


def _owned_steps(shard: BuildShard, owners: Collection[str]) -> Iterator[_OwnedStep]:
    table = TABLES["steps"]
    lake = Lake(Path(shard.lake))
    for batch in lake.batches(table, owners=owners, columns=_COLUMNS, files=[shard.file]):
        for owner, step in zip(
            batch.column("input_id").to_pylist(), table.from_batch(batch), strict=True
        ):
            yield _OwnedStep(owner, step)


def build_examples(
    lake: Lake, root: Path, index: Index, executor: Executor, facts: Facts, config: ChatConfig
) -> dict[str, int]:
    """Bring the table of examples up to date; return all drops, counted by reason."""
    keys = {episode.id: _key(episode, facts, config) for episode in facts.episodes}
    before = index.built()
    stale = [e for e in facts.episodes if e.id not in before or before[e.id].key != keys[e.id]]
    gone = (before.keys() | _owners(lake)) - keys.keys()
    drops: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if stale or gone:
        writer = lake.writer(TABLES["examples"])
        fit = []
        for episode in stale:
            if (reason := unfit(episode, config)) is None:
                fit.append(episode)
            else:
                drops[episode.id][reason] += len(episode.trajectory_ids)
        shards = list(_shards(lake, root, fit, facts, config))
        for part in executor.map_shards(build_shard, shards):
            if isinstance(part, BuiltRows):
                writer.write(part.batch)
            else:
                drops[part.episode_id].update(part.reasons)
        lake.commit(writer, replaced={*gone, *(episode.id for episode in stale)})
        built = [Built(e.id, keys[e.id], dict(drops[e.id])) for e in stale]
        index.note_built(built, gone)
    totals: Counter[str] = Counter()
    for built_episode in index.built().values():
        totals.update(built_episode.drops)
    return dict(sorted(totals.items()))


def _owners(lake: Lake) -> set[str]:
    """Return episodes that have examples; a killed run may not have noted that it built them."""
    batches = lake.batches(TABLES["examples"], columns=["episode_id"])
    return {owner for batch in batches for owner in batch.column(0).unique().to_pylist()}


def _key(episode: Episode, facts: Facts, config: ChatConfig) -> str:
    contents = [
        f"{trajectory_id}:{facts.input_of(trajectory_id).content}"
        for trajectory_id in episode.trajectory_ids
    ]
    code = f"{CURATE_VERSION}:{RENDER_VERSION}:{reading_code()}"
    return digest(code, msgspec.json.encode(config), msgspec.json.encode(episode), *contents)


def _shards(
    lake: Lake, root: Path, episodes: Sequence[Episode], facts: Facts, config: ChatConfig
) -> Iterator[BuildShard]:
    """Put every trajectory of `episodes` with the data file that holds its steps."""
    tasks: defaultdict[str, list[BuildTask]] = defaultdict(list)
    for episode in episodes:
        for trajectory_id in episode.trajectory_ids:
            found = facts.input_of(trajectory_id)
            trajectory = facts.trajectories[trajectory_id]
            activity = facts.activities[trajectory_id]
            task = BuildTask(episode=episode, trajectory=trajectory, activity=activity, input=found)
            tasks[found.id].append(task)
    table = TABLES["steps"]
    for file in lake.files(table):
        owners: set[str] = set()
        for batch in lake.batches(table, columns=["input_id"], files=[file]):
            owners.update(batch.column("input_id").unique().to_pylist())
        here = tuple(task for owner in sorted(owners & tasks.keys()) for task in tasks[owner])
        if here:
            yield BuildShard(lake=str(root), file=file, tasks=here, config=config)
