"""How far the loop of learning has come: levels, and what was hoped."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.reports.maturity import make_maturity
from tracemill.web.asked import moment, workspace
from tracemill.web.rendering import page


def progress(request: Request) -> Response:
    """Show which level is reached, what the next one lacks, and hopes beside measured numbers."""
    found = make_maturity(workspace(request), moment().date())
    following = next((each for each in found.levels if not each.is_reached), None)
    return page(request, "progress.html", found=found, following=following)


ROUTES = [Route("/progress", progress)]
