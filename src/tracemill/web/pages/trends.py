"""Whether the work gets better or worse: four figures by month, and every metric by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.reports.reporting import read_trends
from tracemill.flows.views.panels import interval, read_panels
from tracemill.records.process.patterns import FEW, Period, Unit
from tracemill.records.process.reports import Compared
from tracemill.report.chart import NARROW, chart
from tracemill.web.asked import moment, workspace
from tracemill.web.rendering import page

_ORDER: Final = ("worse", "better", "same", "unknown")
_SHOWN_MONTHS: Final = 24


def trends(request: Request) -> Response:
    """Show what changed, what is inside chance, and each metric by month."""
    place, today = workspace(request), moment().date()
    panels = read_panels(place)
    told = read_trends(place, today)
    now = {each.metric: each for each in told.month}
    return page(
        request,
        "trends.html",
        panels=panels,
        interval=interval,
        few=FEW,
        drawn={
            "right": _picture("sessions that were achieved", panels.right, "share"),
            "fast": _picture("achieved sessions", panels.fast, "mean"),
            "received": _picture("sessions in which nobody took anything back", panels.received,
                                 "share"),
        },
        ranked=sorted(now.values(), key=lambda each: (_ORDER.index(each.change), each.metric)),
        begin=told.begin,
        pictures=[
            (each, _picture(each.says, each.now.periods, each.now.unit))
            for each in told.whole
            if len(each.now.periods) > 1
        ],
        rest=[each for each in told.whole if _is_only_older(each, now)],
    )  # fmt: skip


def _picture(says: str, periods: Sequence[Period], unit: Unit) -> Markup:
    """Return a metric by month, drawn; nothing where there is nothing to draw."""
    shown = periods[-_SHOWN_MONTHS:]
    return Markup(chart(says, shown, unit, NARROW) if len(shown) > 1 else "")  # noqa: S704 - drawn by us, escaped


def _is_only_older(each: Compared, now: dict[str, Compared]) -> bool:
    return each.metric not in now and each.now.value is not None


ROUTES = [Route("/trends", trends)]
