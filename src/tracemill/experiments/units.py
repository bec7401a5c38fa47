"""Units: what is drawn into an arm as a whole, and what came of it when its time was over.

A unit is one that anything at all was told of. One of which the target tells nothing takes part,
too, since a change that keeps its failures from being told would look like a gain.

A unit counts once its window has closed, with the cases in its window, in the order in which
windows close. So what was counted at one look is never counted otherwise at a later one, which is
what makes it fair to look at any moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tracemill.base.ids import place_of
from tracemill.records.process.experiments import ExperimentPlan


class Outcome(NamedTuple):
    """One case of a metric."""

    unit: str
    """The unit that it happened in."""
    at: datetime
    """When."""
    value: float
    """What it adds to the metric."""
    uses: str | None = None
    """What it worked with, as reports say; None where they do not."""


class Settled(NamedTuple):
    """A unit whose window has closed."""

    name: str
    """Its id."""
    is_treated: bool
    """Whether it was drawn into the treatment."""
    cases: tuple[tuple[float, ...], ...]
    """Values of the target, then of each guard."""
    is_crossed: bool
    """Whether a case of it worked with what the other arm was given, or with a third thing."""

    @property
    def is_silent(self) -> bool:
        """Whether the target tells nothing of it."""
        return not self.cases[0]


class Units(NamedTuple):
    """What is known of an experiment's units."""

    settled: tuple[Settled, ...]
    """Those that count, in the order in which their windows closed."""
    left_aside: dict[str, int]
    """What does not count, by reason."""


class Span(NamedTuple):
    """When units may begin."""

    started: datetime
    """From then on."""
    ended: datetime | None = None
    """Up to then; None where it goes on."""

    def holds(self, at: datetime) -> bool:
        """Tell whether a unit that began then takes part."""
        return self.started <= at and (self.ended is None or at < self.ended)


def is_treated(experiment_id: str, unit: str, share: float) -> bool:
    """Tell whether a unit has the treatment: always the same, from ids alone."""
    return place_of(experiment_id, unit) < share


def settle(
    experiment_id: str,
    plan: ExperimentPlan,
    held: Sequence[Sequence[Outcome]],
    span: Span,
    until: datetime,
    told: Mapping[str, datetime] | None = None,
) -> Units:
    """Return the units that count, of the outcomes of the target and of each guard.

    Args:
        experiment_id: the experiment.
        plan: what is asked.
        held: outcomes of the target, then of each guard.
        span: when units may begin.
        until: the moment of the look.
        told: when anything at all was first told of each unit.
    """
    begun = _begun(held, told or {})
    window = timedelta(days=plan.window_days)
    left_aside: Counter[str] = Counter()
    taking_part: list[tuple[datetime, str]] = []
    for name, at in begun.items():
        if not span.holds(at):
            left_aside["units that began before or after it"] += 1
        elif at + window > until:
            left_aside["units whose window is still open"] += 1
        else:
            taking_part.append((at, name))
    taking_part.sort()
    cases = _cases(held, {name: at + window for at, name in taking_part}, left_aside)
    settled = (_settled(experiment_id, plan, name, cases[name]) for _, name in taking_part)
    return Units(tuple(settled), dict(left_aside))


def _begun(held: Sequence[Sequence[Outcome]], told: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return when each unit was first told of."""
    begun = dict(told)
    for outcomes in held:
        for outcome in outcomes:
            known = begun.get(outcome.unit)
            if known is None or outcome.at < known:
                begun[outcome.unit] = outcome.at
    return begun


def _cases(
    held: Sequence[Sequence[Outcome]], closes: Mapping[str, datetime], left_aside: Counter[str]
) -> dict[str, list[list[Outcome]]]:
    """Return each unit's cases by metric, as far as they lie in its window."""
    cases: dict[str, list[list[Outcome]]] = {name: [[] for _ in held] for name in closes}
    for number, outcomes in enumerate(held):
        for outcome in outcomes:
            closing = closes.get(outcome.unit)
            if closing is None:
                continue
            if outcome.at > closing:
                left_aside["cases after their unit's window"] += 1
            else:
                cases[outcome.unit][number].append(outcome)
    return cases


def _settled(
    experiment_id: str, plan: ExperimentPlan, name: str, cases: Sequence[Sequence[Outcome]]
) -> Settled:
    treated = is_treated(experiment_id, name, plan.share)
    given = plan.treatment if treated else plan.control
    told = {outcome.uses for outcomes in cases for outcome in outcomes if outcome.uses}
    return Settled(
        name=name,
        is_treated=treated,
        cases=tuple(tuple(outcome.value for outcome in outcomes) for outcomes in cases),
        is_crossed=any(_is_other(each, given, plan) for each in told),
    )


def _is_other(told: str, given: str, plan: ExperimentPlan) -> bool:
    """Tell whether a unit worked with another version of the prompt than the one it was given."""
    families = {_family(plan.control), _family(plan.treatment)} - {""}
    is_of_plan = told in (plan.control, plan.treatment) or _family(told) in families
    return is_of_plan and told != given


def _family(version: str) -> str:
    """Return what versions of one prompt have in common: `architect` of `architect.v2.3`."""
    return version.rpartition(".v")[0]
