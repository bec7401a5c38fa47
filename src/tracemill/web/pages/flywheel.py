"""Whether recorded work makes models better, and they better work; it asks the lake for calls."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.flywheel import check_flywheel
from tracemill.flows.analysis.turns import tool_use
from tracemill.report.flywheel import STATES
from tracemill.web.asked import workspace
from tracemill.web.remembering import remembered
from tracemill.web.rendering import page


def flywheel(request: Request) -> Response:
    """Show what such a loop must hold, and the known ways in which one goes wrong."""
    wheel = check_flywheel(workspace(request), remembered(request, tool_use))
    return page(request, "flywheel.html", wheel=wheel, states=STATES)


ROUTES = [Route("/flywheel", flywheel)]
