"""Calibration of roles, and slices that are surely better than others. Read-only."""

from __future__ import annotations

from tracemill.analyze import calibrations, rank
from tracemill.base.errors import UsageError
from tracemill.flows.analysis.patterns import Question, asked_for, metric_of, nothing_to_count
from tracemill.flows.analysis.process import read_process
from tracemill.records.process.calibration import CalibrationReport, Ranking
from tracemill.store.workspace import Workspace


def read_calibrations(workspace: Workspace) -> CalibrationReport:
    """Return how sure each role is, beside how often it is right."""
    return calibrations(read_process(workspace))


def rank_metric(workspace: Workspace, question: Question) -> Ranking:
    """Return the slices of a metric, the best one first.

    Raises:
        UsageError: it cannot be asked by that.
        NotFoundError: nothing is held that it counts.
    """
    if not question.by:
        raise UsageError("expected facts that make the slices, found none; say --by FACT")
    metric = metric_of(question)
    cases = asked_for(metric.cases(read_process(workspace)), question)
    found = rank(question.metric, cases, question.by)
    if not found.ranked:
        raise nothing_to_count(workspace, question.metric)
    return found
