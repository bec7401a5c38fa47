"""Whether this machine is ready, and what would be lost soon."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.machine.doctor import examine
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def health(request: Request) -> Response:
    """Show what `doctor` finds."""
    return page(request, "health.html", found=examine(workspace(request), os.environ))


ROUTES = [Route("/health", health)]
