"""What is here, how it goes, and what to do next."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.held.lookup import read_status
from tracemill.flows.views.browsing import read_wheel
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def overview(request: Request) -> Response:
    """Show the wheel with its counts."""
    place = workspace(request)
    status = read_status(place)
    if not status.exists:
        return page(request, "first.html")
    return page(request, "overview.html", found=status, wheel=read_wheel(place))


ROUTES = [Route("/", overview)]
