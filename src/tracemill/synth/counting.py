"""Statistics of generated examples: how many are valid, how diverse they are, what they cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tracemill.records.synth.made_up import Counted, SyntheticExample, SynthStats
from tracemill.synth.coverage import Place
from tracemill.synth.soundness import is_sound
from tracemill.synth.taxonomy import Part


def count_made(
    made: Iterable[SyntheticExample], parts: Sequence[Part], direct: float | None = None
) -> SynthStats:
    """Return numbers of some examples, each given once; parts are those that something is asked of.

    What is of a part that is not named is left out. `direct` is the share that is to call nothing.
    """
    asked = {Place(part.category, part.name): part.target for part in parts}
    counted = [each for each in made if Place(each.category, each.part) in asked]
    sound = [each for each in counted if is_sound(each)]
    templates = len({each.template for each in sound})
    costs = [each.cost_usd for each in counted if each.cost_usd is not None]
    return SynthStats(
        made=len(counted),
        sound=len(sound),
        categories=tuple(_by_part(counted, asked)),
        checks=tuple(_by_check(counted)),
        templates=templates,
        template_share=round(templates / len(sound), 4) if sound else None,
        executions=_tally(each.execution for each in counted),
        uses=_tally(_use(each) for each in sound),
        direct_target=direct,
        tools=_tally(step.tool for each in sound for step in each.graph.steps),
        personas=_tally(name for each in sound for name in each.personas),
        languages=_tally(each.language for each in sound),
        generators=_tally(f"{each.generator}@{each.generator_version}" for each in counted),
        cost_usd=round(sum(costs), 4) if len(costs) == len(counted) else None,
    )


def _by_part(made: Sequence[SyntheticExample], asked: dict[Place, int]) -> Iterator[Counted]:
    everything = Counter(Place(each.category, each.part) for each in made)
    sound = Counter(Place(each.category, each.part) for each in made if is_sound(each))
    for place, target in asked.items():
        yield Counted(name="/".join(place), n=everything[place], sound=sound[place], target=target)


def _by_check(made: Sequence[SyntheticExample]) -> Iterator[Counted]:
    verdicts: dict[str, Counter[str]] = {}
    for each in made:
        for outcome in each.checks:
            verdicts.setdefault(outcome.check, Counter())[outcome.verdict] += 1
    for name, tally in verdicts.items():
        n = tally.total()
        yield Counted(name=name, n=n, sound=tally["pass"], unknown=tally["unknown"])


def _use(made: SyntheticExample) -> str:
    learned = [each for each in made.example.messages if each.trained]
    names = [call["function"]["name"] for each in learned for call in each.tool_calls]
    if not names:
        return "direct"
    if any(len(each.tool_calls) > 1 for each in learned):
        return "parallel"
    return (
        "cross_tool" if len(set(names)) > 1 else "multi_tool" if len(names) > 1 else "single_tool"
    )


def _tally(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
