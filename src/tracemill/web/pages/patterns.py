"""What repeats in the work, how sure that is, what could be done, and what goes with success."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.errors import NotFoundError
from tracemill.base.text import measured
from tracemill.flows.analysis.failures import read_failure_stats
from tracemill.flows.analysis.patterns import find_pattern, read_patterns, read_practices
from tracemill.records.process.failures import FailureStats
from tracemill.records.process.patterns import Period
from tracemill.records.process.practices import Practice
from tracemill.report.chart import chart, spark
from tracemill.store.workspace import Workspace
from tracemill.web.asked import moment, workspace
from tracemill.web.rendering import page


def patterns(request: Request) -> Response:
    """Show what lies beyond its limit, ways of working, and what fails most."""
    place = workspace(request)
    return page(
        request,
        "patterns.html",
        report=read_patterns(place),
        practices=_practices(place),
        failures=_failures(place),
        shown=measured,
        drawn=_spark,
    )


def _practices(place: Workspace) -> tuple[Practice, ...]:
    """Return ways of working of which any work tells; none where nothing is known of work."""
    try:
        return read_practices(place).practices
    except NotFoundError:
        return ()


def _failures(place: Workspace) -> FailureStats | None:
    """Return what fails most in all that is held; None where nothing failed."""
    try:
        return read_failure_stats(place, "all", moment().date())
    except NotFoundError:
        return None


def pattern(request: Request) -> Response:
    """Show one pattern, with its months, its reasons and what shows it."""
    found = find_pattern(workspace(request), request.path_params["name"])
    measure = found.measure
    drawn = chart(found.says, measure.periods, measure.unit) if len(measure.periods) > 1 else ""
    picture = Markup(drawn)  # noqa: S704 - drawn by us, with its words escaped
    return page(request, "pattern.html", pattern=found, shown=measured, picture=picture)


def _spark(periods: Sequence[Period]) -> Markup:
    return Markup(spark(periods))  # noqa: S704 - drawn by us, of numbers alone


ROUTES = [Route("/patterns", patterns), Route("/patterns/{name}", pattern)]
