"""What a recipe keeps: every example goes through the same stages, and none goes unnamed.

Examples come in the order of their ids, copies of one together. Of each no more is held than a few
names and numbers, and half a KB where texts are compared, so a dataset may be larger than memory.
What compares examples with one another takes away from what is trained on only: what is held out
depends on nothing but itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from tracemill.base.ids import digest
from tracemill.curate.checks import CHECKS, Checked, RowCheck
from tracemill.curate.checks.protocol import ALIKE
from tracemill.curate.checks.wording import asked, said
from tracemill.curate.selecting.alike_pairs import PAIR_RULES, Taught, TaughtPair, taught_by
from tracemill.curate.selecting.classes import class_tags, has_tag
from tracemill.curate.selecting.mixing import Drawn, LeftOut, over_budget, over_share
from tracemill.curate.selecting.rows import training_row
from tracemill.curate.selecting.selection import (
    Known,
    domains_of,
    find_take,
    not_selected,
    weight_of,
)
from tracemill.curate.selecting.splits import Splits
from tracemill.records.datasets.audits import TrainingRow
from tracemill.records.datasets.examples import (
    SYNTHETIC,
    Example,
    Split,
    kind_of,
    messages_of,
)
from tracemill.records.datasets.recipes import Recipe, Take
from tracemill.records.datasets.versions import FunnelStage, Reject, Wanted

if TYPE_CHECKING:
    from tracemill.curate.copies.near_duplicates import NearIndex, Pair
    from tracemill.curate.copies.word_runs import EvaluationRuns

_TRAIN: Final = "train"
_CLASSES: Final = ("use:", "system:", "calls:")
_DOMAIN: Final = "domain:"
_COMPARED_CHARS: Final = 2**25
"""Characters of the examples whose texts are compared at once."""
_NEAR: Final = ("near_leaks", "near_duplicates")


class Sketch(NamedTuple):
    """What is held of an example."""

    id: str
    episode_id: str
    kind: str
    split: Split
    tags: tuple[str, ...]
    weight: float
    n_chars: int
    request: str
    """Digest of what the user says in it."""
    place: tuple[str, str, int, int]
    """Trajectory and input that it comes from, first and last step."""
    taught: Taught | None = None
    """What it teaches, where it is a pair."""


class _Stage:
    """Counts what goes through one stage, and what that is made up of."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.n_in = 0
        self.left_out: Counter[str] = Counter()
        self._n_trained = 0
        self._classes: Counter[str] = Counter()

    def took(self, sketch: Sketch) -> None:
        """Note what went on."""
        if sketch.split == _TRAIN:
            self._n_trained += 1
            self._classes.update(tag for tag in sketch.tags if tag.startswith(_CLASSES))

    def told(self) -> FunnelStage:
        """Return what became of all that came in."""
        return FunnelStage(
            name=self.name,
            n_in=self.n_in,
            n_out=self.n_in - self.left_out.total(),
            left_out=dict(sorted(self.left_out.items())),
            shares={
                name: round(n / self._n_trained, 4) for name, n in sorted(self._classes.items())
            },
        )


class Sieve:
    """Takes examples, then says which stay: `look` at all, `compare` the `suspects`, `settle`."""

    def __init__(
        self,
        recipe: Recipe,
        known: Known,
        splits: Splits,
        evaluated: EvaluationRuns | None = None,
    ) -> None:
        self._recipe = recipe
        self._evaluated = evaluated
        self._known = known
        self._splits = splits
        self.kept: dict[str, Sketch] = {}
        """What stays, by id; final once it is settled."""
        self.rejects: list[Reject] = []
        """What was left out."""
        self._stages: list[_Stage] = []
        self._dropping = {name for name, rule in recipe.checks.items() if rule.use == "drop"}
        self._row_checks = [
            check
            for check in CHECKS
            if isinstance(check, RowCheck) and check.is_local and check.name in self._dropping
        ]
        self._first = [self._stage(name) for name in ("unique", "selected", "taken", "split")]
        self._checking = {check.name: self._stage(check.name) for check in self._row_checks}
        self._near = _near_index() if self._dropping.intersection(_NEAR) else None
        self.shingles = None if self._near is None else self._near.shingles
        """Those of the texts that were compared; None where none were."""
        self._places: list[str] = []
        self._waiting: list[tuple[int, int]] = []
        self._alike: list[Pair] = []

    def _stage(self, name: str) -> _Stage:
        stage = _Stage(name)
        self._stages.append(stage)
        return stage

    def look(self, copies: Sequence[Example]) -> Example | None:
        """Take the next example: all copies of it, which differ by where they come from alone.

        Return the copy that goes on, None where none does.
        """
        unique, selected, taken, split = self._first
        ranked = sorted(map(self._ranked, copies), key=lambda each: each.rank)
        best = ranked[0]
        unique.n_in += len(copies)
        for other in ranked[1:]:
            self._refuse(unique, "duplicate", other.sketch)
        unique.took(best.sketch)
        for stage, reason in ((selected, best.unselected), (taken, best.untaken)):
            if not self._goes_on(stage, best.sketch, reason):
                return None
        if not self._goes_on(split, best.sketch, "beside_held_out" if best.is_beside else None):
            return None
        row = training_row(best.example)
        if not self._passes_checks(row, best.sketch):
            return None
        self.kept[best.sketch.id] = best.sketch._replace(request=digest(asked(row)))
        if self._near is not None:
            self._near.add(said(row))
            self._places.append(best.sketch.id)
        return best.example

    def _ranked(self, example: Example) -> _Candidate:
        part = example.lineage[0]
        domains = domains_of(example, self._known, self._recipe)
        told = (f"{_DOMAIN}{name}" for name in domains)
        tags = tuple(sorted({*example.tags, *class_tags(example), *told}))
        unselected = not_selected(example, self._known, self._recipe.select, domains)
        take = find_take(example, tags, self._known, self._recipe)
        split = self._split_of(example)
        sketch = Sketch(
            id=example.id,
            episode_id=part.episode_id,
            kind=kind_of(example),
            split=split or _TRAIN,
            tags=tags,
            weight=weight_of(example, take, self._known) if isinstance(take, Take) else 1.0,
            n_chars=_n_chars(example),
            request="",
            place=(part.trajectory_id, part.input_id, part.first_step, part.last_step),
            taught=taught_by(example),
        )
        untaken = None if isinstance(take, Take) else take
        return _Candidate(example, sketch, unselected, untaken, is_beside=split is None)

    def _split_of(self, example: Example) -> Split | None:
        """Return the split of an example; None where it belongs with what is held out.

        What was made up is never held out: models are judged on real work alone. Where it grew out
        of work that is held out, it goes nowhere.
        """
        part = example.lineage[0]
        if SYNTHETIC not in example.tags:
            return self._splits.split_of(part.trajectory_id)
        is_free = part.trajectory_id not in self._known.trajectories
        return _TRAIN if is_free or self._splits.split_of(part.trajectory_id) == _TRAIN else None

    def _goes_on(self, stage: _Stage, sketch: Sketch, reason: str | None, detail: str = "") -> bool:
        stage.n_in += 1
        if reason is not None:
            self._refuse(stage, reason, sketch, detail)
            return False
        stage.took(sketch)
        return True

    def _refuse(self, stage: _Stage, reason: str, sketch: Sketch, detail: str = "") -> None:
        stage.left_out[reason] += 1
        trajectory_id, input_id, first, last = sketch.place
        self.rejects.append(
            Reject(
                id=sketch.id,
                stage=stage.name,
                reason=reason,
                detail=detail,
                trajectory_id=trajectory_id,
                input_id=input_id,
                first_step=first,
                last_step=last,
            )
        )

    def _passes_checks(self, row: TrainingRow, sketch: Sketch) -> bool:
        for check in self._row_checks:
            checked = Checked([row], limits=self._recipe.limits, evaluated=self._evaluated)
            found = next(check.objections(checked), None)
            reason, detail = (None, "") if found is None else (check.name, found[1])
            if not self._goes_on(self._checking[check.name], sketch, reason, detail):
                return False
        return True

    def suspects(self) -> Iterator[frozenset[str]]:
        """Yield the examples whose texts must be compared, as many at once as fit into memory.

        After each group its texts are given to `compare`.
        """
        if self._near is None or not self._places:
            return
        held = [self.kept[name].split != _TRAIN for name in self._places]
        needed: dict[str, int] = {}
        n_chars = 0
        for pair in filter(self._matters, self._near.candidates(held)):
            self._waiting.append(pair)
            for name in {self._places[place] for place in pair} - needed.keys():
                needed[name] = self.kept[name].n_chars
                n_chars += needed[name]
            if n_chars > _COMPARED_CHARS:
                yield frozenset(needed)
                needed, n_chars = {}, 0
        if needed:
            yield frozenset(needed)

    def compare(self, texts: Mapping[str, bytes]) -> None:
        """Compare the texts of a group of suspects."""
        from tracemill.curate.copies.near_duplicates import verified

        places = {place: texts[self._places[place]] for pair in self._waiting for place in pair}
        self._alike += verified(self._waiting, places, ALIKE)
        self._waiting = []

    def _matters(self, pair: tuple[int, int]) -> bool:
        """Tell whether anything follows from two examples being nearly the same."""
        one, other = (self.kept[self._places[place]] for place in pair)
        n_held = (one.split != _TRAIN) + (other.split != _TRAIN)
        if n_held == 1:
            return "near_leaks" in self._dropping
        return n_held == 0 and "near_duplicates" in self._dropping and one.kind == other.kind

    def settle(self) -> None:
        """Leave out what cannot stay beside something else."""
        rules: Sequence[tuple[str, Callable[[], Iterable[LeftOut]]]] = (
            ("leaked_requests", self._leaked_requests),
            ("repeated_requests", self._repeated_requests),
            ("near_leaks", lambda: self._near_leaks(self._alike)),
            ("near_duplicates", lambda: self._near_duplicates(self._alike)),
        )
        for name, find in rules:
            if name in self._dropping and (self._near is not None or name not in _NEAR):
                self._leave_out(name, name, find())  # what nothing compared is no stage passed
        mixture, budget = self._recipe.mixture, self._recipe.budget
        if any(each.taught is not None for each in self.kept.values()):
            for reason, find_same in PAIR_RULES.items():
                self._leave_out(reason, reason, find_same(self._taught(), mixture))
        if mixture:
            self._leave_out("mixture", "over_share", over_share(self._drawn(), mixture))
        if budget.examples is not None or budget.tokens is not None:
            self._leave_out("budget", "over_budget", over_budget(self._drawn(), budget, mixture))

    def _leave_out(self, name: str, reason: str, left_out: Iterable[LeftOut]) -> None:
        stage = self._stage(name)
        gone = {each.id: each.detail for each in left_out}
        for sketch in list(self.kept.values()):
            is_gone = sketch.id in gone
            detail = gone.get(sketch.id, "")
            if not self._goes_on(stage, sketch, reason if is_gone else None, detail):
                del self.kept[sketch.id]

    def _drawn(self) -> list[Drawn]:
        return [
            Drawn(each.id, each.tags, each.weight, each.n_chars)
            for each in self.kept.values()
            if each.split == _TRAIN
        ]

    def _taught(self) -> list[TaughtPair]:
        taught = {name: each.taught for name, each in self.kept.items()}
        pairs = ((each, taught[each.id]) for each in self._drawn())
        return [TaughtPair(each, told) for each, told in pairs if told is not None]

    def _leaked_requests(self) -> Iterable[LeftOut]:
        held = {each.request: each.id for each in self.kept.values() if each.split != _TRAIN}
        for each in self.kept.values():
            if each.split == _TRAIN and each.request in held:
                yield LeftOut(each.id, f"asks what {held[each.request]} asks, which is held out")

    def _repeated_requests(self) -> Iterable[LeftOut]:
        first: dict[tuple[str, str], str] = {}
        for each in self.kept.values():
            if each.split == _TRAIN:
                known = first.setdefault((each.kind, each.request), each.id)
                if known != each.id:
                    yield LeftOut(each.id, f"asks what {known} asks")

    def _near_leaks(self, near: Iterable[Pair]) -> Iterable[LeftOut]:
        for pair in near:
            held = [each for each in self._both(pair) if each.split != _TRAIN]
            trained = [each for each in self._both(pair) if each.split == _TRAIN]
            for one, other in zip(held, trained, strict=False):
                says = f"{pair.similarity:.0%} the same as {one.id}, which is held out"
                yield LeftOut(other.id, says)

    def _near_duplicates(self, near: Iterable[Pair]) -> Iterable[LeftOut]:
        gone: set[str] = set()
        for pair in near:
            found = [each for each in self._both(pair) if each.split == _TRAIN]
            for one, other in pairwise(found):
                if one.id not in gone and other.id not in gone and one.kind == other.kind:
                    gone.add(other.id)
                    yield LeftOut(other.id, f"{pair.similarity:.0%} the same as {one.id}")

    def _both(self, pair: Pair) -> list[Sketch]:
        """Return those of a pair that are still there."""
        names = (self._places[pair.first], self._places[pair.second])
        return [self.kept[name] for name in names if name in self.kept]

    def wanted(self) -> tuple[Wanted, ...]:
        """Return how many examples the recipe wants of some tags, and how many there are."""
        trained = [each.tags for each in self.kept.values() if each.split == _TRAIN]
        return tuple(
            Wanted(
                tag=share.tag,
                wanted=share.wanted,
                n_examples=sum(has_tag(tags, share.tag) for tags in trained),
            )
            for share in self._recipe.mixture
            if share.wanted is not None
        )

    def funnel(self) -> tuple[FunnelStage, ...]:
        """Return what became of everything, stage by stage."""
        return tuple(stage.told() for stage in self._stages)


class _Candidate(NamedTuple):
    """One copy of an example, and what speaks against it."""

    example: Example
    sketch: Sketch
    unselected: str | None
    untaken: str | None
    is_beside: bool

    @property
    def rank(self) -> tuple[bool, bool, bool, str]:
        """What comes first: what may stay, then what is held out, then always the same."""
        is_trained = self.is_beside or self.sketch.split == _TRAIN
        part = self.example.lineage[0]
        is_out = self.unselected is not None or self.untaken is not None
        return is_out, is_trained, not self.is_beside, f"{part.episode_id} {part.trajectory_id}"


def _near_index() -> NearIndex | None:
    """Return an index of texts; None where nothing is installed to compare them."""
    try:
        from tracemill.curate.copies.near_duplicates import NearIndex
    except ModuleNotFoundError:
        return None
    return NearIndex()


def _n_chars(example: Example) -> int:
    return sum(len(message.content) for message in messages_of(example))
