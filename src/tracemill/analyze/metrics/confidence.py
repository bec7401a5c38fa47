"""Work with a stated confidence, beside the gate's verdict on the first attempt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tracemill.analyze.metrics.projects import said_confidence
from tracemill.analyze.process import Process, Told
from tracemill.records.events.team_projects import GateReport, StageReport


class Sure(NamedTuple):
    """One stage, and what came of it."""

    told: Told
    """The stage."""
    verdict: Told
    """What the gate said."""
    sure: float
    """How sure the agent was, from 0 to 1."""
    is_passed: bool
    """Whether the gate passed at the first attempt."""


def stated_work(process: Process) -> Iterator[Sure]:
    """Yield each stage whose agent said how sure it was, and that a gate judged."""
    judged = {
        (told.facts.get("project"), told.facts.get("stage")): told
        for told in process.of(GateReport)
        if told.report.gate_result in ("pass", "fail") and told.report.retry_attempt in (1, None)
    }
    for told in process.of(StageReport):
        sure = confidence_of(told)
        verdict = judged.get((told.facts.get("project"), told.facts.get("stage")))
        if sure is not None and verdict is not None:
            yield Sure(told, verdict, sure, verdict.report.gate_result == "pass")


def confidence_of(told: Told) -> float | None:
    """Return how sure an agent says it was; what lies outside 0 to 100 % says nothing."""
    sure = said_confidence(told)
    return sure if sure is not None and 0 <= sure <= 1 else None
