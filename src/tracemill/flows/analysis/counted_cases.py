"""What a metric counts, one by one, so that anybody can count it again. Read-only."""

from __future__ import annotations

from datetime import datetime

from tracemill.analyze.cases import Case
from tracemill.base.clock import moment_key
from tracemill.flows.analysis.patterns import Question, asked_for, metric_of, nothing_to_count
from tracemill.flows.analysis.process import read_process
from tracemill.records.process.patterns import Unit
from tracemill.records.refs import Record, Ref
from tracemill.store.workspace import Workspace


class CountedCase(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that happened."""

    record: Ref
    """The record that shows it."""
    value: float
    """1 or 0 in a share, a number in a mean."""
    at: datetime | None
    """When; None where nobody said."""
    reason: str | None
    """Why, as the record says."""
    facts: dict[str, str]
    """What it belongs to."""


class CountedCases(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything that a metric counts."""

    metric: str
    """Its name."""
    says: str
    """What it counts."""
    unit: Unit
    """Whether it is a share or a mean."""
    value: float
    """The mean of the cases, which is the metric."""
    cases: tuple[CountedCase, ...]
    """The cases, the oldest first; those without a moment come last."""


def read_cases(workspace: Workspace, question: Question) -> CountedCases:
    """Return every case that a metric counts.

    Raises:
        UnknownNameError: there is no such metric.
        UsageError: it cannot be asked by that.
        NotFoundError: nothing is held that it counts.
    """
    metric = metric_of(question)
    held = sorted(asked_for(metric.cases(read_process(workspace)), question), key=_order)
    if not held:
        raise nothing_to_count(workspace, question.metric)
    return CountedCases(
        metric=question.metric,
        says=metric.says,
        unit=metric.unit,
        value=sum(case.value for case in held) / len(held),
        cases=tuple(map(_counted, held)),
    )


def _counted(case: Case) -> CountedCase:
    return CountedCase(
        record=case.ref, value=case.value, at=case.at, reason=case.reason, facts=dict(case.facts)
    )


def _order(case: Case) -> tuple[bool, float, str, float]:
    moment = moment_key(case.at)
    return case.at is None, moment, case.ref.name, case.value
