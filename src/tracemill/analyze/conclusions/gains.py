"""What examples brought: how much better each model does than the one it goes on from.

A model is held against the one before it on the same suite, and what it gained is shared out to the
examples that only it learned from. Real examples and made-up ones are told apart where a model
learned from one kind alone; of a mixture nobody knows which half helped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import hypot
from statistics import fmean
from typing import Final, NamedTuple

from tracemill.records.models.evaluations import Evaluation, SliceScore
from tracemill.records.models.training import TrainingRun
from tracemill.records.process.flywheel import ExampleOrigin, LearningGain, OriginGain

_WHOLE: Final = "all"
_HUNDRED: Final = 100


class Learned(NamedTuple):
    """What one model learned from that the one before it did not."""

    run: TrainingRun
    """The model's training."""
    before: frozenset[str]
    """What the model before it is called in evaluations, its base or its parent."""
    n_real: int
    """Examples of real work."""
    n_made_up: int
    """Examples that were made up."""
    n_unknown: int
    """Examples of which that is not known any more."""

    @property
    def n_examples(self) -> int:
        """All of them."""
        return self.n_real + self.n_made_up + self.n_unknown

    @property
    def origin(self) -> ExampleOrigin:
        """Where they come from."""
        if self.n_unknown or not self.n_examples:
            return "unknown"
        if self.n_real and self.n_made_up:
            return "mixed"
        return "real" if self.n_real else "made_up"


def learning_gains(
    learned: Iterable[Learned], evaluations: Sequence[Evaluation]
) -> Iterator[LearningGain]:
    """Yield what each model gained on each suite on which both were evaluated.

    Args:
        learned: The models.
        evaluations: All that are kept, the latest first: of several the latest counts.
    """
    for each in learned:
        own = _latest(evaluations, frozenset({each.run.id}))
        earlier = _latest(evaluations, each.before)
        for suite_id, after in own.items():
            before = earlier.get(suite_id)
            if before is None:
                continue
            first, then = _whole(before), _whole(after)
            if first is None or then is None:
                continue
            points = _HUNDRED * (_share(then) - _share(first))
            below, above = _margins(first, then)
            yield LearningGain(
                model=each.run.id,
                before=before.subject,
                suite=after.suite,
                n_cases=then.n,
                origin=each.origin,
                n_examples=each.n_examples,
                points=points,
                low=points - below,
                high=points + above,
                points_per_100=_HUNDRED * points / each.n_examples if each.n_examples else None,
            )


def _latest(evaluations: Sequence[Evaluation], names: frozenset[str]) -> dict[str, Evaluation]:
    """Return the latest evaluation on each suite of a model of one of these names."""
    found: dict[str, Evaluation] = {}
    for each in evaluations:
        if each.subject in names:
            found.setdefault(each.suite_id, each)
    return found


def _whole(evaluation: Evaluation) -> SliceScore | None:
    return next((each for each in evaluation.slices if each.name == _WHOLE and each.n), None)


def _share(score: SliceScore) -> float:
    return score.passed / score.n


def _margins(first: SliceScore, then: SliceScore) -> tuple[float, float]:
    """Return how far below and above a gain in points may lie, by both intervals at 95 %.

    G. Y. Zou and A. Donner, Statistics in Medicine 27 (2008) 1693: margins of what is summed are
    added by their squares, each towards the side on which it matters.
    """
    below = hypot(_share(then) - then.low, first.high - _share(first))
    above = hypot(then.high - _share(then), _share(first) - first.low)
    return _HUNDRED * below, _HUNDRED * above


def by_origin(gains: Sequence[LearningGain]) -> tuple[OriginGain, ...]:
    """Return what real and made-up examples brought for a hundred of them, each model counted once.

    A model that was evaluated on several suites counts with the mean of what it gained.
    """
    return tuple(_of_origin(gains, origin) for origin in ("real", "made_up"))


def _of_origin(gains: Sequence[LearningGain], origin: ExampleOrigin) -> OriginGain:
    models: dict[str, list[LearningGain]] = {}
    for each in gains:
        if each.origin == origin:
            models.setdefault(each.model, []).append(each)
    n_examples = sum(own[0].n_examples for own in models.values())
    points = sum(fmean(one.points for one in own) for own in models.values())
    asked = [(one, len(own)) for own in models.values() for one in own]
    below = hypot(*((one.points - one.low) / n for one, n in asked))
    above = hypot(*((one.high - one.points) / n for one, n in asked))
    scale = _HUNDRED / n_examples if n_examples else None
    return OriginGain(
        origin=origin,
        n_models=len(models),
        n_examples=n_examples,
        points=points if models else None,
        points_per_100=scale and points * scale,
        low=scale and (points - below) * scale,
        high=scale and (points + above) * scale,
    )
