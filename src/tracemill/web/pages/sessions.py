"""The list of sessions."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.results import SessionRow
from tracemill.flows.views.browsing import browse
from tracemill.web.asked import asked_rows, is_fragment, workspace
from tracemill.web.rendering import page

_CHOSEN: Final = ("agent", "outcome", "model", "branch", "cwd")


def sessions(request: Request) -> Response:
    """Show sessions, newest first."""
    asked = asked_rows(request, _CHOSEN)
    found = browse(workspace(request), "session", SessionRow, asked, _CHOSEN)
    template = "sessions_rows.html" if is_fragment(request) else "sessions.html"
    return page(request, template, found=found, asked=dict(request.query_params))


ROUTES = [Route("/sessions", sessions)]
