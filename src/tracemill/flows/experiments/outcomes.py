"""What happened in each unit of an experiment, out of the reports and sessions that are held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from tracemill.analyze import METRICS
from tracemill.analyze.cases import Case, fact_of
from tracemill.analyze.process import Process
from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.experiments import Outcome
from tracemill.records.process.experiments import ExperimentPlan, PlannedMetric


class Held:
    """What can be counted, read once."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @cached_property
    def _sessions(self) -> dict[str, str]:
        """The session of each trajectory."""
        return {each.id: each.session_id for each in self._process.sessions}

    def outcomes(self, aim: PlannedMetric, plan: ExperimentPlan) -> list[Outcome]:
        """Return the cases of a metric, each with its unit."""
        return [
            Outcome(unit, case.at, case.value, case.facts.get(plan.arm_fact))
            for case in self._cases(aim)
            if (unit := self._unit(case, plan)) and case.at is not None
        ]

    def told(self, plan: ExperimentPlan) -> dict[str, datetime]:
        """Return when anything at all was first told of each unit."""
        moments: dict[str, datetime] = {}
        for unit, at in self._signs(plan):
            if unit is not None and at is not None:
                moments[unit] = min(at, moments.get(unit, at))
        return moments

    def _signs(self, plan: ExperimentPlan) -> Iterator[tuple[str | None, datetime | None]]:
        """Yield the unit and moment of every report, or of sessions if these are asked about."""
        if plan.unit == "session":
            return ((each.session_id, each.started) for each in self._process.sessions)
        if METRICS[plan.target.metric].is_of_sessions:
            return ((each.project, each.started) for each in self._process.sessions)
        return ((each.facts.get(plan.unit), each.at) for each in self._process.all())

    def n_lost(self, aim: PlannedMetric, plan: ExperimentPlan) -> int:
        """Return how many cases of a metric have no unit, or no moment, that anybody knows."""
        return sum(case.at is None or not self._unit(case, plan) for case in self._cases(aim))

    def _cases(self, aim: PlannedMetric) -> Iterator[Case]:
        for case in METRICS[aim.metric].cases(self._process):
            if all(fact_of(case, name) == value for name, value in aim.only.items()):
                yield case

    def _unit(self, case: Case, plan: ExperimentPlan) -> str | None:
        if plan.unit == "session":
            return self._sessions.get(case.ref.id)
        return case.facts.get(plan.unit)


def check_metrics(plan: ExperimentPlan) -> None:
    """Refuse a plan whose metrics nobody can count as it asks.

    Raises:
        UnknownNameError: there is no such metric.
        UsageError: its cases do not say what the plan needs.
    """
    needed = "agent" if plan.unit == "session" else plan.unit
    for aim in (plan.target, *plan.guards):
        metric = METRICS.get(aim.metric)
        if metric is None:
            raise UnknownNameError("metric", aim.metric, METRICS)
        for fact in (*aim.only, needed):
            if fact not in metric.facts:
                known = ", ".join(metric.facts)
                raise UsageError(
                    f"cases of {aim.metric} have no {fact!r}, which a plan by {plan.unit} needs; "
                    f"they have: {known}"
                )
