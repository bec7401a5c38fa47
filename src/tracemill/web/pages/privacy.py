"""What was found and replaced, and what ever left."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.lookup import read_status
from tracemill.flows.privacy.allowing import list_allowed
from tracemill.flows.privacy.exports import list_exports
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def privacy(request: Request) -> Response:
    """Show findings by rule, decisions and exports."""
    place = workspace(request)
    return page(
        request,
        "privacy.html",
        store=read_status(place).store,
        allowed=list_allowed(place),
        exports=list_exports(place),
    )


ROUTES = [Route("/privacy", privacy)]
