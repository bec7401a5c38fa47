"""Making examples up: only what is missing, each carried out in a sandbox, all put on the ladder.

A run is a folder. What was made is kept shard by shard, so a run that was killed, or whose time was
over, goes on where it was; the same order, seed and versions give the same examples, however many
workers there are. Examples count once the whole run is done and every check has had its say.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.ids import make_id
from tracemill.curate.selecting.rows import training_row
from tracemill.flows.datasets.made_up import (
    made_examples,
    plan_synthesis,
    real_examples,
)
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.synthesis.bench import missing_programs, open_bench, open_sandbox, prepare
from tracemill.flows.synthesis.verifying import verify_rows
from tracemill.records.canonical import as_given_json, canonical_json, row_lines
from tracemill.records.refs import Record
from tracemill.records.synth.made_up import CheckOutcome, SyntheticExample, SynthRun
from tracemill.records.synth.verification import VerifiedRow
from tracemill.store.workspace import Workspace, write_whole
from tracemill.synth import SYNTH_VERSION
from tracemill.synth.coverage import Place
from tracemill.synth.graphs import graphs
from tracemill.synth.making import GENERATOR, Made, Order, cast, order_all, play, tell
from tracemill.synth.outside import outcomes
from tracemill.synth.planning import orders
from tracemill.synth.project import NAME, project_digest
from tracemill.synth.skins import skins
from tracemill.synth.soundness import is_sound
from tracemill.synth.taxonomy import load_taxonomy
from tracemill.synth.telling import UnfitError
from tracemill.synth.verification import SEEN

_PER_SHARD: Final = 8
_ATTEMPTS: Final = 12
_ROUNDS: Final = 4
"""How often what did not hold is made again."""
_ORDERED, _RUN = "orders.json", "run.json"

Told = Callable[[int, int], None]


class Wanted(NamedTuple):
    """What a run is asked for."""

    n: int
    """How many examples; no more than are missing are made."""
    categories: Sequence[str] = ()
    """Only these."""
    seed: int = 0
    """What is drawn with."""
    minutes: float | None = None
    """After how long it stops; what it made is kept."""


class _Ordered(Record, frozen=True, kw_only=True):
    """What a run has to make."""

    seed: int
    n: int
    categories: tuple[str, ...]
    versions: tuple[str, ...]
    wanted: tuple[tuple[str, str, int, int], ...]
    """Category, part, how many, and the number of the first."""

    def places(self) -> dict[Place, int]:
        return {Place(category, part): n for category, part, n, _ in self.wanted}

    def firsts(self) -> dict[Place, int]:
        return {Place(category, part): first for category, part, _, first in self.wanted}


class Shard(Record, frozen=True, kw_only=True):
    """Orders that one worker carries out, one after another."""

    number: int
    source: str
    """Holds a folder of the project for each skin."""
    orders: tuple[Order, ...]
    absent: frozenset[str]


class ShardMade(Record, frozen=True, kw_only=True):
    """What came of a shard."""

    number: int
    examples: tuple[SyntheticExample, ...] = ()
    lines: tuple[bytes, ...] = ()
    refused: dict[str, int] = msgspec.field(default_factory=dict)


def run_synthesis(
    workspace: Workspace,
    executor: Executor,
    wanted: Wanted,
    told: Told = lambda _done, _all: None,
) -> SynthRun:
    """Make examples up where a workspace lacks them.

    Raises:
        PolicyError: there is no sandbox, so nothing is made.
        UsageError: there is no category of a name, or nothing that makes examples of it.
    """
    _require_graphs(wanted.categories)
    sandbox = open_sandbox()
    until = None if wanted.minutes is None else time.monotonic() + 60 * wanted.minutes
    folder, ordered = _open_run(workspace, wanted)
    with tempfile.TemporaryDirectory(dir=workspace.scratch) as scratch:
        for skin in skins():
            source = Path(scratch) / skin.name
            source.mkdir()
            prepare(sandbox, source, skin)
        absent = missing_programs(sandbox, Path(scratch) / NAME)
        making = _Making(folder, Path(scratch), frozenset(absent), executor, until)
        verifying = _Verifying(workspace)
        is_complete = making.make(ordered, verifying, told)
    return _finish(folder, ordered, making, verifying, absent, is_complete=is_complete)


def _require_graphs(categories: Sequence[str]) -> None:
    known = {place.partition("/")[0] for place in graphs()}
    for each in load_taxonomy().named(categories):
        if each.name not in known:
            raise UsageError(
                f"nothing makes examples of {each.name!r} yet; expected one of "
                f"{', '.join(sorted(known))}; a model can, by a definition of yours: "
                "tracemill synth generate"
            )


def _open_run(workspace: Workspace, wanted: Wanted) -> tuple[Path, _Ordered]:
    """Return the run to go on with, or a new one for what is missing now."""
    asked = (wanted.seed, wanted.n, tuple(wanted.categories), _versions())
    for path in sorted(workspace.synth.glob(f"*/{_ORDERED}")):
        known = msgspec.json.decode(path.read_bytes(), type=_Ordered)
        is_same = asked == (known.seed, known.n, known.categories, known.versions)
        if is_same and not (path.parent / _RUN).exists():
            return path.parent, known
    made = Counter(Place(each.category, each.part) for each in made_examples(workspace))
    missing = orders(plan_synthesis(workspace, wanted.categories), wanted.n)
    rows = tuple((*place, n, 1000 * made[place]) for place, n in missing.items())
    ordered = _Ordered(
        seed=wanted.seed, n=wanted.n, categories=asked[2], versions=asked[3], wanted=rows
    )
    folder = workspace.synth / make_id("synth", canonical_json(ordered))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / _ORDERED, canonical_json(ordered))
    return folder, ordered


def _versions() -> tuple[str, ...]:
    return str(SYNTH_VERSION), f"{NAME}@{project_digest()}"


class _Making:
    """Makes what is ordered, round after round, until enough of it holds."""

    def __init__(
        self,
        folder: Path,
        source: Path,
        absent: frozenset[str],
        executor: Executor,
        until: float | None,
    ) -> None:
        self._folder = folder
        self._source = source
        self._absent = absent
        self._executor = executor
        self._until = until
        self._n_shards = 0
        self._has_made = False
        self._is_cut = False
        """Whether the time was over while shards of a round were left."""
        self.refused: Counter[str] = Counter()

    def make(self, ordered: _Ordered, verifying: _Verifying, told: Told) -> bool:
        """Make all that is ordered; return whether there was time for it."""
        wanted, firsts = ordered.places(), ordered.firsts()
        n_all = sum(wanted.values())
        for _ in range(_ROUNDS):
            missing = {place: n - verifying.sound[place] for place, n in wanted.items()}
            missing = {place: n for place, n in missing.items() if n > 0}
            some = order_all(missing, firsts, ordered.seed)
            if not some:
                return True
            if self._has_made and self._is_over():
                return False
            for place, n in missing.items():
                firsts[place] += n
            n_tried = verifying.n_sound
            for shard in self._shards(some):
                verifying.take(shard)
                n_tried += _PER_SHARD
                told(min(n_tried, n_all), n_all)
                self.refused.update(shard.refused)
            verifying.settle()
            if self._is_cut:
                return False
        return True

    def _is_over(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    def _shards(self, some: Sequence[Order]) -> Iterator[ShardMade]:
        """Yield what comes of each shard, in order; what was made before is read."""
        first = self._n_shards
        shards = [
            Shard(
                number=first + place // _PER_SHARD,
                source=str(self._source),
                orders=tuple(some[place : place + _PER_SHARD]),
                absent=self._absent,
            )
            for place in range(0, len(some), _PER_SHARD)
        ]
        self._n_shards += len(shards)
        known = [shard for shard in shards if self._part(shard.number).exists()]
        for shard in known:
            yield msgspec.json.decode(self._part(shard.number).read_bytes(), type=ShardMade)
        for made in self._executor.map_shards(make_shard, shards[len(known) :]):
            write_whole(self._part(made.number), as_given_json(made))
            yield made
            self._has_made = True
            self._is_cut = made.number < shards[-1].number and self._is_over()
            if self._is_cut:
                return

    def _part(self, number: int) -> Path:
        return self._folder / f"part-{number:05}.json"


def make_shard(shard: Shard) -> Iterator[ShardMade]:
    """Carry the orders of a shard out, each on a fresh copy of the project."""
    sandbox, source = open_sandbox(), Path(shard.source)
    refused: Counter[str] = Counter()
    made: list[Made] = []
    for order in shard.orders:
        for attempt in range(_ATTEMPTS):
            part = cast(order, attempt)
            with open_bench(sandbox, source / part.skin.name) as bench:
                try:
                    made.append(tell(play(part, bench, shard.absent), order))
                    break
                except UnfitError as error:
                    refused[str(error)] += 1
        else:
            refused["out_of_attempts"] += 1
    yield ShardMade(
        number=shard.number,
        examples=tuple(each.example for each in made),
        lines=tuple(each.line for each in made),
        refused=dict(sorted(refused.items())),
    )


class _Verifying:
    """Puts what was made on the ladder, beside what is there."""

    def __init__(self, workspace: Workspace) -> None:
        self._known = [training_row(each) for each in real_examples(workspace)]
        self._known += [training_row(each.example) for each in made_examples(workspace)]
        self._waiting: list[SyntheticExample] = []
        self._templates: set[str] = {each.template for each in made_examples(workspace)}
        self.lines: list[bytes] = []
        self.examples: dict[str, SyntheticExample] = {}
        self.sound: Counter[Place] = Counter()
        self.failed: Counter[str] = Counter()

    @property
    def n_sound(self) -> int:
        """How many hold."""
        return self.sound.total()

    def take(self, shard: ShardMade) -> None:
        """Take what a shard made."""
        for example, line in zip(shard.examples, shard.lines, strict=True):
            if example.id not in self.examples:
                self.examples[example.id] = example
                self.lines.append(line)
                self._waiting.append(example)

    def settle(self) -> None:
        """Let every check say what it has to say of what came since."""
        rows = [training_row(each.example) for each in self._waiting]
        done = (each.id for each in self._waiting if each.execution == "executed")
        verified = verify_rows(rows, self._known, ran=dict.fromkeys(done, SEEN)).rows
        for example, row, said in zip(self._waiting, rows, verified, strict=True):
            judged = self._judged(example, said)
            self.examples[example.id] = judged
            if is_sound(judged):
                self.sound[Place(judged.category, judged.part)] += 1
                self._templates.add(judged.template)
                self._known.append(row)
            else:
                self.failed.update(
                    each.reason or each.check for each in judged.checks if each.verdict == "fail"
                )
        self._waiting = []

    def _judged(self, example: SyntheticExample, said: VerifiedRow) -> SyntheticExample:
        """Return an example with what the ladder says, and whether its request is its own."""
        checks = list(outcomes(said))
        if example.template in self._templates:
            checks.append(
                CheckOutcome(check="diversity", verdict="fail", reason="repeated_template")
            )
        return msgspec.structs.replace(example, checks=tuple(checks))


def _finish(
    folder: Path,
    ordered: _Ordered,
    making: _Making,
    verifying: _Verifying,
    absent: Mapping[str, str],
    *,
    is_complete: bool,
) -> SynthRun:
    categories: Counter[str] = Counter()
    for place, n in verifying.sound.items():
        categories[place.category] += n
    run = SynthRun(
        id=folder.name,
        generator=GENERATOR,
        generator_version=SYNTH_VERSION,
        project=f"{NAME}@{project_digest()}",
        seed=ordered.seed,
        ordered=sum(ordered.places().values()),
        made=len(verifying.examples),
        sound=verifying.n_sound,
        categories=dict(sorted(categories.items())),
        refused=dict(sorted(making.refused.items())),
        failed_checks=dict(sorted(verifying.failed.items())),
        absent=dict(sorted(absent.items())),
        is_complete=is_complete,
    )
    if is_complete:
        made = [verifying.examples[name] for name in sorted(verifying.examples)]
        write_whole(folder / "lineage.jsonl", b"".join(sorted(verifying.lines)))
        write_whole(folder / "examples-00001.jsonl", row_lines(made))
        write_whole(folder / _RUN, msgspec.json.format(canonical_json(run)))
        for part in folder.glob("part-*.json"):
            part.unlink()
    return run
