"""What repeats in the work, how sure that is, and what could be done."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.text import measured
from tracemill.flows.analysis.patterns import find_pattern, read_patterns
from tracemill.records.process.patterns import Period
from tracemill.report.chart import chart, spark
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def patterns(request: Request) -> Response:
    """Show what lies beyond its limit, what is more than chance first."""
    report = read_patterns(workspace(request))
    return page(request, "patterns.html", report=report, shown=measured, drawn=_spark)


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
