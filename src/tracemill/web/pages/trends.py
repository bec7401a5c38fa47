"""Whether the work gets better or worse: every metric of the last month beside the month before."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.text import measured
from tracemill.flows.reporting import make_report
from tracemill.records.reports import Compared
from tracemill.report.chart import chart
from tracemill.web.asked import moment, workspace
from tracemill.web.rendering import page

_ORDER: Final = ("worse", "better", "same", "unknown")


def trends(request: Request) -> Response:
    """Show what changed, what is inside chance, and each metric by month."""
    place, today = workspace(request), moment().date()
    whole = make_report(place, "learning", today)
    last = whole.last_day or today
    report = make_report(place, "monthly", last)
    now = {each.metric: each for each in report.compared}
    pictures = {
        each.metric: Markup(chart(each.says, each.now.periods, each.now.unit))  # noqa: S704 - ours
        for each in whole.compared
        if len(each.now.periods) > 1
    }
    ranked = sorted(now.values(), key=lambda each: (_ORDER.index(each.change), each.metric))
    return page(
        request, "trends.html", ranked=ranked, report=report, pictures=pictures, shown=measured,
        rest=[each for each in whole.compared if _is_only_older(each, now)],
    )  # fmt: skip


def _is_only_older(each: Compared, now: dict[str, Compared]) -> bool:
    return each.metric not in now and each.now.value is not None


ROUTES = [Route("/trends", trends)]
