"""Building a dataset version from a recipe: one way for all callers.

What builders made of all work lies in a lake: that of the workspace for the recipe by which
`tracemill run` builds, one of its own where a recipe asks for other builders or windows. It is read
in the order of ids to find out what stays. What stays is held where that fits into memory, or else
read a second time in part, to compare texts, and once more to write it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.curate import CURATE_VERSION
from tracemill.curate.checks.wording import said
from tracemill.curate.selecting.rows import training_row
from tracemill.curate.selecting.selection import Known, Standing
from tracemill.curate.selecting.sieve import Sieve, Sketch
from tracemill.curate.selecting.splits import KnownWork, Splits
from tracemill.curate.windows.single_calls import SeveralCallsError, with_single_calls
from tracemill.curate.windows.work import ChatConfig
from tracemill.export import EXPORT_VERSION
from tracemill.flows.datasets.audit import evaluation_runs
from tracemill.flows.datasets.checks import check_version
from tracemill.flows.datasets.publish import VersionWriter, publish, sorted_examples
from tracemill.flows.deriving.examples import count_omissions
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.executors.protocol import Executor
from tracemill.label import LABEL_VERSION
from tracemill.link import LINK_VERSION
from tracemill.records.datasets.examples import SYNTHETIC, Example, messages_of
from tracemill.records.datasets.recipes import Recipe, Share
from tracemill.records.datasets.versions import DatasetVersion, FunnelStage, Reject
from tracemill.records.sessions.reactions import satisfaction
from tracemill.records.work.episodes import Episode
from tracemill.redact import REDACT_VERSION
from tracemill.render import RENDER_VERSION
from tracemill.report.card import CardFacts
from tracemill.review import REVIEW_VERSION
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.tables import EXAMPLE_TABLES, TABLES
from tracemill.store.workspace import Workspace
from tracemill.synth import SYNTH_VERSION
from tracemill.synth.coverage import place_tags
from tracemill.synth.taxonomy import Taxonomy, load_taxonomy

_HELD_CHARS: Final = 2**24
"""Texts of examples that are held between two looks; of more, all are read again."""
_VERSIONS: Final = {
    "curate": CURATE_VERSION,
    "export": EXPORT_VERSION,
    "label": LABEL_VERSION,
    "link": LINK_VERSION,
    "redact": REDACT_VERSION,
    "render": RENDER_VERSION,
    "review": REVIEW_VERSION,
}


class Made(NamedTuple):
    """What builders made, and what is known of the work behind it."""

    lake: Lake
    """Holds the examples."""
    facts: Facts
    """The work, with its episodes."""
    redactions: Mapping[str, int]
    """What was replaced before anything was stored, by rule."""


def builder_config(recipe: Recipe) -> ChatConfig:
    """Return the settings of the builders for a recipe."""
    return ChatConfig(builders=recipe.builders, max_chars=recipe.window_chars, calls=recipe.calls)


class NothingKept(NamedTuple):
    """A recipe for which no example is left."""

    drops: dict[str, int]
    """What was left out, by reason."""


def build_version(
    workspace: Workspace, index: Index, executor: Executor, made: Made, recipe: Recipe
) -> DatasetVersion | NothingKept:
    """Make the version of a dataset that a recipe asks for, or say why nothing is left to keep."""
    known = _known(made.facts)
    splits = Splits(KnownWork(made.facts.episodes, known.trajectories, known.goals), recipe.split)
    evaluated = evaluation_runs([Path(each) for each in recipe.limits.evaluation_sets])
    sieve = Sieve(_capped(recipe), known, splits, evaluated)
    made_up, refused = _made_up(workspace, recipe)
    examples = _Examples(made.lake, executor, workspace.scratch, made_up)
    _sift(examples, sieve)
    part = workspace.scratch / "version"
    part.mkdir()
    writer = VersionWriter(part)
    _write_kept(examples, sieve, writer)
    funnel = (_collected(made, len(made_up), refused), *sieve.funnel())
    if not sieve.kept:
        part.rmdir()
        return NothingKept(_drops(funnel))
    for reject in (*_omitted(made.lake), *refused, *sieve.rejects):
        writer.reject(reject)
    version = DatasetVersion(
        id="",
        name=recipe.name,
        parent=index.newest_dataset(recipe.name),
        config=msgspec.structs.asdict(builder_config(recipe)),
        recipe=msgspec.to_builtins(recipe),
        code_versions={**_VERSIONS, "synth": SYNTH_VERSION} if made_up else _VERSIONS,
        drops=_drops(funnel),
        funnel=funnel,
        wanted=sieve.wanted(),
        files=writer.finish(),
    )
    checks = check_version(workspace, part, version, shingles=sieve.shingles)
    checked = msgspec.structs.replace(version, checks=checks)
    outcomes = Counter(episode.outcome for episode in made.facts.episodes)
    about = CardFacts(dict(sorted(outcomes.items())), made.redactions)
    placed = publish(writer, part, workspace.datasets / recipe.name, checked, about)
    index.note_dataset(placed.name, placed.id)
    return placed


def _sift(examples: _Examples, sieve: Sieve) -> None:
    """Let a sieve look at every example, and settle what stays."""
    taxonomy = load_taxonomy()
    for copies in examples.by_id():
        examples.hold(sieve.look(list(_placed(copies, taxonomy))))
    for names in sieve.suspects():
        suspects = (sieve.kept[name] for name in names)
        sieve.compare({each.id: said(training_row(each)) for each in examples.named(suspects)})
    sieve.settle()


def _write_kept(examples: _Examples, sieve: Sieve, writer: VersionWriter) -> None:
    """Write the examples that stay; of copies the one whose place the sieve kept."""
    waiting = dict(sieve.kept)
    for example in examples.named(sieve.kept.values()):
        sketch = waiting.get(example.id)
        if sketch is not None and example.lineage[0].trajectory_id == sketch.place[0]:
            del waiting[example.id]
            writer.add(msgspec.structs.replace(example, split=sketch.split, tags=sketch.tags))


def _placed(copies: Iterable[Example], taxonomy: Taxonomy) -> Iterator[Example]:
    """Yield copies of an example with the category and part of the taxonomy that it shows, as tags.

    Copies say the same, so those of one builder and with the same tags are looked at once.
    """
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for each in copies:
        made = (each.builder, *each.tags)
        if made not in known:
            known[made] = place_tags(each, taxonomy)
        tags = known[made]
        yield msgspec.structs.replace(each, tags=(*each.tags, *tags)) if tags else each


def _made_up(workspace: Workspace, recipe: Recipe) -> tuple[list[Example], list[Reject]]:
    """Return the made-up examples that a recipe looks at, ordered by id, and those left out."""
    if recipe.synthetic is None:
        return [], []
    from tracemill.flows.datasets.made_up import made_examples

    wanted = recipe.synthetic.categories
    told: list[Example] = []
    refused: list[Reject] = []
    for each in made_examples(workspace):
        if wanted and each.category not in wanted:
            continue
        try:
            is_as_made = recipe.calls == "as_made"
            told.append(each.example if is_as_made else with_single_calls(each.example))
        except SeveralCallsError:
            refused.append(_several_calls(each.example))
    return sorted(told, key=attrgetter("id")), refused


def _several_calls(example: Example) -> Reject:
    """Return that the calls of an example cannot be told one at a time."""
    made_of = example.lineage[0]
    return Reject(
        id=example.id,
        stage="built",
        reason="several_calls",
        trajectory_id=made_of.trajectory_id,
        input_id=made_of.input_id,
        first_step=made_of.first_step,
        last_step=made_of.last_step,
    )


def _capped(recipe: Recipe) -> Recipe:
    """Return a recipe with the share of what was made up as a part of its mixture."""
    if recipe.synthetic is None:
        return recipe
    cap = Share(tag=SYNTHETIC, at_most=recipe.synthetic.at_most)
    return msgspec.structs.replace(recipe, mixture=(*recipe.mixture, cap))


def _known(facts: Facts) -> Known:
    return Known(
        {episode.id: episode for episode in facts.episodes},
        facts.trajectories,
        facts.inputs,
        {name: activity.goal for name, activity in facts.activities.items()},
        {episode.id: standing for episode, standing in _standings(facts)},
    )


def _standings(facts: Facts) -> Iterator[tuple[Episode, Standing]]:
    """Yield what the world made of each piece of work."""
    merged = {e.target.id: e.value is True for e in facts.labels if e.name == "outcome.merged"}
    rollbacks = {survival.id: survival.rollback for survival in facts.survivals}
    for episode in facts.episodes:
        own = [merged[name] for name in episode.trajectory_ids if name in merged]
        known = [facts.activities[i] for i in episode.trajectory_ids if i in facts.activities]
        yield (
            episode,
            Standing(
                is_merged=all(own) if own else None,
                rollback=rollbacks.get(episode.id),
                satisfaction=satisfaction(r for each in known for r in each.reactions),
            ),
        )


class _Examples:
    """All examples of a lake, as often as they are asked for."""

    def __init__(
        self, lake: Lake, executor: Executor, scratch: Path, made_up: Sequence[Example]
    ) -> None:
        self._lake = lake
        self._made_up = made_up
        self._executor = executor
        self._scratch = scratch
        self._held: dict[str, Example] = {}
        self._n_held = 0

    def hold(self, example: Example | None) -> None:
        """Keep an example that may be asked for again, as long as all of them fit into memory."""
        if example is not None:
            self._n_held += sum(len(message.content) for message in messages_of(example))
            self._held[example.id] = example
        if self._n_held > _HELD_CHARS:
            self._held.clear()

    def _all(self, named: Mapping[str, str] | None = None) -> Iterator[Example]:
        for name in EXAMPLE_TABLES:
            table = TABLES[name]
            yield from sorted_examples(self._lake, table, self._executor, self._scratch, named)
        for example in self._made_up:
            if named is None or example.id in named:
                yield example

    def by_id(self) -> Iterator[list[Example]]:
        """Yield every example once, with all its copies."""
        for _, copies in groupby(self._all(), key=lambda example: example.id):
            yield list(copies)

    def named(self, sketches: Iterable[Sketch]) -> Iterator[Example]:
        """Yield some examples, with those of their copies that are of the same work."""
        named = {sketch.id: sketch.episode_id for sketch in sketches}
        if self._n_held > _HELD_CHARS:
            return self._all(named) if named else iter(())
        return (example for name, example in self._held.items() if name in named)


def _omitted(lake: Lake) -> Iterator[Reject]:
    """Yield what gave no example, in an order that follows from what it says."""
    found: Iterable[Any] = lake.records(TABLES["omissions"])
    for each in sorted(found, key=msgspec.json.encode):
        yield Reject(
            stage="built",
            reason=each.reason,
            trajectory_id=each.trajectory_id,
            input_id=each.input_id,
            first_step=each.first_step,
            last_step=each.last_step,
        )


def _collected(made: Made, n_made_up: int, refused: Sequence[Reject]) -> FunnelStage:
    """Return what the builders made of all work; a session may give many examples, or none."""
    n_made = n_made_up + sum(made.lake.count(TABLES[name]) for name in EXAMPLE_TABLES)
    left_out = Counter(count_omissions(made.lake))
    left_out.update(each.reason for each in refused)
    return FunnelStage(
        name="built",
        n_in=len(made.facts.trajectories),
        n_out=n_made,
        left_out=dict(sorted(left_out.items())),
    )


def _drops(funnel: Iterable[FunnelStage]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for stage in funnel:
        totals.update(stage.left_out)
    return dict(sorted(totals.items()))
