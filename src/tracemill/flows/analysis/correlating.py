"""Whether two metrics go together in what is held. Read-only."""

from __future__ import annotations

from typing import Final

from tracemill.analyze.conclusions.correlating import correlate
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.text import counted
from tracemill.flows.analysis.patterns import Question, asked_for, metric_of
from tracemill.flows.analysis.process import read_process
from tracemill.records.process.correlations import CorrelatedMetrics
from tracemill.store.workspace import Workspace

_PAIRS: Final = "project"


def read_correlation(workspace: Workspace, question: Question, other: str) -> CorrelatedMetrics:
    """Return how far a metric goes together with another, project by project or by another fact.

    Raises:
        UnknownNameError: there is no such metric.
        UsageError: one of them cannot be asked by that, or several facts are named.
        NotFoundError: nothing is held of which both are known.
    """
    if len(question.by) > 1:
        raise UsageError(f"expected one fact whose values are the pairs, found {len(question.by)}")
    question = question._replace(by=question.by or (_PAIRS,))
    asked = question, question._replace(metric=other)
    metrics = [metric_of(each) for each in asked]
    process = read_process(workspace)
    first, second = (
        list(asked_for(metric.cases(process), each))
        for metric, each in zip(metrics, asked, strict=True)
    )
    found = correlate((question.metric, other), (first, second), question.by[0])
    if not found.n:
        raise NotFoundError(
            f"nothing is held of which both {question.metric} and {other} are known "
            f"by {found.by}; see: tracemill metrics list"
        )
    return found


def in_words(found: CorrelatedMetrics) -> str:
    """Return one sentence that says how far two metrics go together, and how sure that is."""
    pairs = counted(found.n, found.by)
    if found.value is None or found.p_value is None:
        return f"{found.metric} and {found.other}: nobody can tell from {pairs}"
    between = ""
    if found.low is not None and found.high is not None:
        between = f" (95 %: {found.low:+.2f} to {found.high:+.2f})"
    said = f"{found.metric} and {found.other} correlate by {found.value:+.2f}{between}"
    return f"{said} over {pairs}, p {found.p_value:.2g}"
