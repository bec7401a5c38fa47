"""Metrics of any slice of the work: what is measured, how slices differ, what correlates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.errors import NotFoundError
from tracemill.flows.analysis.correlating import in_words, read_correlation
from tracemill.flows.analysis.counted_cases import read_cases
from tracemill.flows.analysis.patterns import (
    ListedMetric,
    Question,
    list_metrics,
    measure_metric,
)
from tracemill.flows.analysis.period import Period
from tracemill.records.process.patterns import Unit
from tracemill.records.refs import Ref
from tracemill.store.workspace import Workspace
from tracemill.web.asked import workspace
from tracemill.web.rendering import page

_MOST_SLICES: Final = 60
"""How many slices a page has; it says how many there are."""
_MOST_CASES: Final = 40
_HALF: Final = 0.5
_ALL_TIME: Final = Period(None, None)


def metrics(request: Request) -> Response:
    """Show every metric with how much there is to count, those of which there is any first."""
    listed = list_metrics(workspace(request)).metrics
    return page(
        request,
        "metrics.html",
        held=[each for each in listed if each.n],
        rest=[each for each in listed if not each.n],
    )


def metric(request: Request) -> Response:
    """Show one metric slice by slice, and whether another one rises and falls with it."""
    place, name = workspace(request), request.path_params["name"]
    listed = {each.name: each for each in list_metrics(place).metrics}
    if name not in listed:
        raise NotFoundError(f"no metric is called {name!r}; see: tracemill metrics list")
    asked = listed[name]
    by = _chosen(request.query_params.get("by"), asked.by)
    question = Question(name, (by,), {}, _ALL_TIME)
    others = _comparable(listed.values(), asked, by)
    beside = request.query_params.get("with", "")
    of = request.query_params.get("of", "")
    return page(
        request,
        "metric.html",
        found=measure_metric(place, question) if asked.n else None,
        metric=asked,
        by=by,
        others=others,
        beside=beside if beside in others else None,
        together=_together(place, question, beside) if beside in others else None,
        most=_MOST_SLICES,
        of=of,
        cases=_cases(place, Question(name, (), {by: of}, _ALL_TIME)) if of and asked.n else None,
    )


class AlikeCases(NamedTuple):
    """Cases of one record that say the same."""

    record: Ref
    """The record that shows them."""
    value: float
    """1 or 0 in a share, a number in a mean."""
    at: datetime | None
    """When; None where nobody said."""
    reason: str | None
    """Why, as the record says."""
    n: int
    """How many they are."""


class ShownCases(NamedTuple):
    """What a slice consists of, as far as a page has room."""

    unit: Unit
    """Whether the metric is a share or a mean."""
    n: int
    """How many cases there are."""
    shown: list[AlikeCases]
    """The first of them, those that one record shows in the same way as one."""


def _cases(place: Workspace, question: Question) -> ShownCases | None:
    """Return what a slice consists of, what is unusual first; None where nothing is in it."""
    try:
        found = read_cases(place, question)
    except NotFoundError:
        return None
    newest = sorted(found.cases, key=lambda case: case.at.timestamp() if case.at else 0.0)[::-1]
    sign = 1 if found.unit == "share" and found.value > _HALF else -1
    ranked = sorted(newest, key=lambda case: sign * case.value)
    shown = Counter((case.record, case.value, case.at, case.reason) for case in ranked)
    return ShownCases(
        found.unit, len(ranked), [AlikeCases(*each, n) for each, n in shown.items()][:_MOST_CASES]
    )


def _chosen(asked: str | None, known: Sequence[str]) -> str:
    """Return the fact that makes the slices: the one asked for where it is known."""
    return asked if asked is not None and asked in known else known[0]


def _comparable(listed: Iterable[ListedMetric], asked: ListedMetric, by: str) -> list[str]:
    """Return the other metrics that are counted, and can be asked by the same fact."""
    return [each.name for each in listed if each.n and by in each.by and each.name != asked.name]


def _together(place: Workspace, question: Question, other: str) -> str:
    """Return what is known of two metrics, in one sentence."""
    try:
        found = read_correlation(place, question, other)
    except NotFoundError as error:
        return f"{error}"
    return f"{in_words(found)}; of {found.n_left_aside:,} more only one of both is known"


ROUTES = [Route("/metrics", metrics), Route("/metrics/{name}", metric)]
