"""How metrics moved when prompts changed: before and after, without random assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tracemill.analyze import METRICS
from tracemill.analyze.cases import Case
from tracemill.analyze.conclusions.since import what_came_in
from tracemill.analyze.metrics.table import LESS_IS_BETTER
from tracemill.analyze.process import Process
from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.experiments import Outcome
from tracemill.experiments.before_after import Followed, compare, corrected, versions_of
from tracemill.flows.analysis.process import read_process
from tracemill.flows.experiments.rows import BeforeAfterList
from tracemill.records.process.experiments import BeforeAfter, PlannedMetric
from tracemill.store.workspace import Workspace

USUAL: Final = ("gate_failure_rate", "retries", "tokens_per_success")
"""Metrics that are looked at where none is named."""
_NEEDED: Final = frozenset({"role", "prompt_version", "project"})


def changes_of_prompts(workspace: Workspace, metrics: Sequence[str] = ()) -> BeforeAfterList:
    """Return what metrics did when one version of a prompt followed another.

    Raises:
        UnknownNameError: there is no such metric.
        UsageError: it does not say which prompt was in use.
    """
    process = read_process(workspace)
    found = [each for name in metrics or USUAL for each in _compared(process, name)]
    return BeforeAfterList(compared=corrected(found), n_questions=len(found))


def _compared(process: Process, name: str) -> Iterator[BeforeAfter]:
    metric = METRICS.get(name)
    if metric is None:
        raise UnknownNameError("metric", name, METRICS)
    if not set(metric.facts) >= _NEEDED:
        raise UsageError(f"cases of {name} do not say which prompt was in use; see: metrics list")
    aim = PlannedMetric(metric=name, better="less" if name in LESS_IS_BETTER else "more")
    cases = [case for case in metric.cases(process) if {"role", "project"} <= case.facts.keys()]
    for role in sorted({case.facts["role"] for case in cases}):
        own = _outcomes(case for case in cases if case.facts["role"] == role)
        beside = _outcomes(case for case in cases if case.facts["role"] != role)
        for followed in versions_of(role, own, list(beside)):
            yield _with_what_else(process, followed, compare(followed, aim, metric.unit))


def _outcomes(cases: Iterator[Case]) -> Iterator[Outcome]:
    for case in cases:
        if case.at is not None:
            uses = case.facts.get("prompt_version")
            yield Outcome(case.facts["project"], case.at, case.value, uses)


def _with_what_else(process: Process, found: Followed, told: BeforeAfter) -> BeforeAfter:
    older, newer = (frozenset(each.unit for each in side) for side in (found.before, found.after))
    came = what_came_in(process, newer, older)
    others = tuple(each.text for each in came if told.after not in each.text)
    return msgspec.structs.replace(told, also_new=others)
