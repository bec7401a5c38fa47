"""Examples from episodes, on any executor; only what changed is built again.

An episode's examples follow from its outcome, its trajectories' bytes, the versions of the code
that read, rendered and built them, and the config. Their digest is the episode's key; where it is
known, nothing is done.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from tracemill.base.ids import digest
from tracemill.curate import CURATE_VERSION
from tracemill.curate.builders.one_pass import drop_whole, make_examples, needs_steps
from tracemill.curate.windows.undone import is_begun_within
from tracemill.curate.windows.work import ChatConfig, Drop, Work
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.versions import reading_code
from tracemill.link.sessions.told_twice import told_elsewhere
from tracemill.records.datasets.examples import Example, messages_of
from tracemill.records.datasets.versions import Omission
from tracemill.records.events.commits import Commit
from tracemill.records.refs import Record
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Episode
from tracemill.records.work.handoffs import NextSession
from tracemill.render import RENDER_VERSION
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.tables import EXAMPLE_TABLES, TABLES, table_of

_CHARS: Final = 2**20
_HAND_OFF: Final = "handoff"
"""The builder for which it must be known who went on; few recipes ask for it."""
_OMISSIONS: Final = TABLES["omissions"]
_COLUMNS: Final = (
    "input_id", "trajectory_id", "index", "speaker", "text", "reasoning", "calls", "results",
    "is_replayed", "is_error", "byte_start", "byte_end",
)  # fmt: skip
"""What a builder looks at; times and tokens are dear to read."""


class BuildShard(Record, frozen=True, kw_only=True):
    """Trajectories whose steps lie in one data file."""

    lake: str
    """Folder of the lake."""
    file: str
    """Name of the data file."""
    tasks: tuple[Work, ...]
    """The trajectories."""
    config: ChatConfig
    """The builder's settings."""
    unwanted: frozenset[str] = frozenset()
    """Examples that people say nobody should imitate."""


class BuiltRows(Record, frozen=True, kw_only=True):
    """Examples, or what gave none, as rows of the lake."""

    table: str
    """Name of their table."""
    batch: Any
    """The rows, a `pyarrow.RecordBatch`."""


def build_shard(shard: BuildShard) -> Iterator[BuiltRows]:
    """Build the examples of a shard in one pass over its data file."""
    held: dict[str, list[Example]] = {name: [] for name in EXAMPLE_TABLES}
    n_chars = 0
    omitted: list[Omission] = []
    for work, steps in _steps_of(shard):
        for made in make_examples(work, steps, shard.config, shard.unwanted):
            if isinstance(made, Drop):
                omitted.append(_omission(work, made))
                continue
            held[table_of(made)].append(made)
            n_chars += sum(len(message.content) for message in messages_of(made))
            if n_chars >= _CHARS:
                yield from _rows(held)
                n_chars = 0
    yield from _rows(held)
    if omitted:
        yield BuiltRows(table=_OMISSIONS.name, batch=_OMISSIONS.to_batch(omitted))


def _omission(work: Work, drop: Drop) -> Omission:
    return Omission(
        episode_id=work.episode.id,
        trajectory_id=drop.trajectory_id,
        input_id=work.input.id,
        reason=drop.reason,
        first_step=drop.first_step,
        last_step=drop.last_step,
    )


def _rows(held: Mapping[str, list[Example]]) -> Iterator[BuiltRows]:
    for name, examples in held.items():
        if examples:
            owners = [example.lineage[0].episode_id for example in examples]
            yield BuiltRows(table=name, batch=TABLES[name].to_batch(examples, owners))
            examples.clear()


def _steps_of(shard: BuildShard) -> Iterator[tuple[Work, Iterable[Step]]]:
    """Yield each trajectory with its steps: streamed, or gathered where an input holds several."""
    tasks: defaultdict[str, dict[str, Work]] = defaultdict(dict)
    for task in shard.tasks:
        tasks[task.input.id][task.trajectory.id] = task
    for owner, owned in groupby(_owned_steps(shard, tasks.keys()), key=itemgetter(0)):
        steps = map(itemgetter(1), owned)
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


def _owned_steps(shard: BuildShard, owners: Collection[str]) -> Iterator[tuple[str, Step]]:
    """Yield steps, each behind the input that holds it."""
    table = TABLES["steps"]
    lake = Lake(Path(shard.lake))
    for batch in lake.batches(table, owners=owners, columns=_COLUMNS, files=[shard.file]):
        yield from zip(batch.column("input_id").to_pylist(), table.from_batch(batch), strict=True)


def build_examples(
    lake: Lake, root: Path, index: Index, executor: Executor, facts: Facts, config: ChatConfig
) -> None:
    """Bring the tables of examples, and of what gave none, up to date."""
    following = _following(facts, config)
    keys = {episode.id: _key(episode, facts, config, following) for episode in facts.episodes}
    before = index.built()
    stale = {episode.id for episode in facts.episodes if before.get(episode.id) != keys[episode.id]}
    gone = (before.keys() | _owners(lake)) - keys.keys()
    if stale or gone:
        plan = _plan(lake, root, facts, stale, config)
        _build(lake, plan, executor, replaced={*gone, *stale})
        index.note_built({name: keys[name] for name in sorted(stale)}, gone)


def build_apart(
    lake: Lake, root: Path, executor: Executor, facts: Facts, config: ChatConfig, into: Lake
) -> None:
    """Build the examples of everything under other settings, in a lake of their own."""
    everything = {episode.id for episode in facts.episodes}
    _build(into, _plan(lake, root, facts, everything, config), executor, replaced=())


class _Plan(NamedTuple):
    """What has to be done to build the examples of some work."""

    shards: Sequence[BuildShard]
    omitted: Sequence[Omission]
    """What gives none, as is known without a look at steps."""


def _plan(
    lake: Lake, root: Path, facts: Facts, episode_ids: Collection[str], config: ChatConfig
) -> _Plan:
    episodes = [episode for episode in facts.episodes if episode.id in episode_ids]
    commits = {commit.sha: commit for commit in facts.commits}
    refused, following = _refused(facts), _following(facts, config)
    works = [
        msgspec.structs.replace(
            work,
            refused=refused.get(work.trajectory.id),
            next_session=following.get(work.trajectory.id),
        )
        for episode in episodes
        for work in _works(episode, facts, commits)
    ]
    unwanted = frozenset(name for e in episodes for name in facts.reviews.unwanted(e.session_ids))
    shards = [
        msgspec.structs.replace(shard, unwanted=unwanted)
        for shard in _shards(lake, root, works, config)
    ]
    unread = (work for work in works if not needs_steps(work, config))
    omitted = [_omission(work, drop) for work in unread for drop in drop_whole(work, config)]
    return _Plan(shards, omitted)


def _build(into: Lake, plan: _Plan, executor: Executor, *, replaced: Collection[str]) -> None:
    """Put new examples, and what gave none, in place of those of some episodes."""
    writers = {name: into.writer(TABLES[name]) for name in (*EXAMPLE_TABLES, _OMISSIONS.name)}
    for part in executor.map_shards(build_shard, plan.shards):
        writers[part.table].write(part.batch)
    writers[_OMISSIONS.name].write_records(plan.omitted)
    for writer in writers.values():
        into.commit(writer, replaced=replaced)


def count_omissions(lake: Lake) -> dict[str, int]:
    """Return what gave no example, counted by reason."""
    totals: Counter[str] = Counter()
    for batch in lake.batches(_OMISSIONS, columns=["reason"]):
        totals.update(batch.column(0).to_pylist())
    return dict(sorted(totals.items()))


def _owners(lake: Lake) -> set[str]:
    """Return episodes that have examples; a killed run may not have noted that it built them."""
    tables = (TABLES[name] for name in (*EXAMPLE_TABLES, _OMISSIONS.name))
    return {owner for table in tables for owner in lake.owners(table)}


def _following(facts: Facts, config: ChatConfig) -> dict[str, NextSession]:
    """Return which session went on with each, where a builder asks for it."""
    if _HAND_OFF not in config.builders:
        return {}
    from tracemill.flows.deriving.next_sessions import next_sessions

    return next_sessions(facts)


def _key(
    episode: Episode, facts: Facts, config: ChatConfig, following: Mapping[str, NextSession]
) -> str:
    contents = [
        f"{trajectory_id}:{facts.input_of(trajectory_id).content}"
        for trajectory_id in episode.trajectory_ids
    ]
    code = f"{CURATE_VERSION}:{RENDER_VERSION}:{reading_code()}"
    unwanted = facts.reviews.unwanted(episode.session_ids)
    known = (msgspec.json.encode(config), msgspec.json.encode(episode))
    marked = [
        f"{name}#{step}{mark}"
        for name in episode.trajectory_ids
        for mark, steps in (
            ("", facts.reviews.called_wrong(name)),
            ("+", facts.reviews.called_right(name)),
        )
        for step in steps
    ]
    later = [
        msgspec.json.encode(following[name]) for name in episode.trajectory_ids if name in following
    ]
    return digest(code, *known, *contents, *unwanted, *marked, *later)


def _works(episode: Episode, facts: Facts, commits: Mapping[str, Commit]) -> Iterator[Work]:
    own = sorted(
        (commits[sha] for sha in episode.commits if sha in commits and commits[sha].at),
        key=lambda commit: (str(commit.at), commit.sha),
    )
    before = own[0].parents[0] if own and own[0].parents else None
    for name in episode.trajectory_ids:
        trajectory = facts.trajectories[name]
        yield Work(
            episode=episode,
            trajectory=trajectory,
            activity=facts.activities[name],
            input=facts.input_of(name),
            start_commit=trajectory.base_commit or before,
            end_commit=own[-1].sha if own else None,
            called_wrong=facts.reviews.called_wrong(name),
            called_right=facts.reviews.called_right(name),
        )


def _refused(facts: Facts) -> dict[str, Literal["undone_turn", "told_elsewhere"]]:
    """Return why nothing of some trajectories is imitated, whatever they hold."""
    twice = told_elsewhere(facts.trajectories.values(), facts.activities)
    undone = _begun_undone(facts)
    return {
        **dict.fromkeys(undone, "undone_turn"),
        **dict.fromkeys(twice, "told_elsewhere"),
    }


def _begun_undone(facts: Facts) -> frozenset[str]:
    """Return the subagents that were begun in steps which a person went back before."""
    parents = {link.source.id: link.target.id for link in facts.links if link.method == "spawned"}
    began = {
        name
        for name, parent in parents.items()
        if (known := facts.activities.get(parent)) is not None
        and is_begun_within(facts.trajectories[name].started, known)
    }
    found: frozenset[str] = frozenset()
    while began - found:
        found |= began
        began = {name for name, parent in parents.items() if parent in found}
    return found


def _shards(
    lake: Lake, root: Path, works: Iterable[Work], config: ChatConfig
) -> Iterator[BuildShard]:
    """Put every trajectory that may give examples with the data file that holds its steps."""
    tasks: defaultdict[str, list[Work]] = defaultdict(list)
    for work in works:
        if needs_steps(work, config):
            tasks[work.input.id].append(work)
    table = TABLES["steps"]
    for file in lake.files(table):
        owners = lake.owners(table, [file]) & tasks.keys()
        here = tuple(task for owner in sorted(owners) for task in tasks[owner])
        if here:
            yield BuildShard(lake=str(root), file=file, tasks=here, config=config)
