"""A plan: what is asked for, less what is there. Only the gap is made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tracemill.records.datasets.examples import Example, messages_of
from tracemill.records.synth.made_up import StageSlice, SynthPlan, Wish
from tracemill.synth.coverage import Place, place_of_example
from tracemill.synth.taxonomy import Category, Taxonomy, shared_out


class Coverage:
    """Counts what real examples show, one after another."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self.places: Counter[Place] = Counter()
        self.personas: Counter[str] = Counter()
        self.n_other = 0
        """Examples that are no chat examples, or of which nothing is learned."""
        self._n_direct = 0

    def look(self, example: Example) -> None:
        """Count an example."""
        place = place_of_example(example, self._taxonomy)
        if place is None:
            self.n_other += 1
            return
        self.places[place] += 1
        self.personas.update(self._taxonomy.part(*place).shows)
        self._n_direct += not any(m.trained and m.tool_calls for m in messages_of(example))

    @property
    def direct_share(self) -> float | None:
        """Share of examples that call nothing; None where there are none."""
        n = self.places.total()
        return round(self._n_direct / n, 4) if n else None


def make_plan(
    taxonomy: Taxonomy,
    categories: Sequence[Category],
    coverage: Coverage,
    made: Mapping[Place, int],
) -> SynthPlan:
    """Return what is missing of some categories."""
    wishes = tuple(
        _wish(part.category, part.name, part.target, coverage.places, made)
        for category in categories
        for part in category.parts
    )
    n_there = Counter({wish.category: 0 for wish in wishes})
    for wish in wishes:
        n_there[wish.category] += wish.n_real + wish.n_synthetic
    targets = {category.name: category.target for category in categories}
    return SynthPlan(
        wishes=wishes,
        stages=tuple(
            _slice(stage.name, stage.categories, targets, n_there) for stage in taxonomy.stages
        ),
        n_real=coverage.places.total(),
        unplaced=coverage.n_other,
        personas=dict(sorted(coverage.personas.items())),
        direct_share=coverage.direct_share,
        direct_target=taxonomy.direct,
        gap=sum(wish.gap for wish in wishes),
    )


def _wish(
    category: str, part: str, target: int, real: Mapping[Place, int], made: Mapping[Place, int]
) -> Wish:
    place = Place(category, part)
    n_real, n_made = real.get(place, 0), made.get(place, 0)
    gap = max(0, target - n_real - n_made)
    return Wish(
        category=category, part=part, target=target, n_real=n_real, n_synthetic=n_made, gap=gap
    )


def _slice(
    name: str, categories: Iterable[str], targets: Mapping[str, int], there: Mapping[str, int]
) -> StageSlice:
    found = tuple(each for each in categories if each in targets)
    return StageSlice(
        name=name,
        categories=found,
        target=sum(targets[each] for each in found),
        n=sum(there[each] for each in found),
    )


def orders(plan: SynthPlan, n: int) -> dict[Place, int]:
    """Return how many to make of each sub-category: `n` in all, or the gap where that is smaller.

    Every sub-category with a gap gets one at least, as far as `n` goes.
    """
    wanted = [wish for wish in plan.wishes if wish.gap]
    n = min(n, plan.gap)
    if not wanted or n <= 0:
        return {}
    first = [1 if place < n else 0 for place in range(len(wanted))]
    rest = [wish.gap - one for wish, one in zip(wanted, first, strict=True)]
    more = shared_out(n - sum(first), rest) if sum(rest) else [0] * len(rest)
    return {
        Place(wish.category, wish.part): one + other
        for wish, one, other in zip(wanted, first, more, strict=True)
        if one + other
    }
