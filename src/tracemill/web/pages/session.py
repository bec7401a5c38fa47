"""One session, as it was redacted."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.views.browsing import read_steps, view_session
from tracemill.web.asked import is_fragment, is_whole, number, workspace
from tracemill.web.rendering import page

_N_STEPS: Final = 40
_DETAILS: Final = ("talk", "work", "full")
"""How much of a step is shown: what was said, what was done too, or all of it unfolded."""
_MOST_STEPS: Final = 5000
"""How many steps a page in one piece has at most."""


def session(request: Request) -> Response:
    """Show a session: its outline, and its steps from the one that the address asks for."""
    place = workspace(request)
    view = view_session(place, request.path_params["name"])
    first = 0 if is_whole(request) else number(request.query_params.get("step"))
    steps = read_steps(place, view.row.id, first, _MOST_STEPS if is_whole(request) else _N_STEPS)
    asked = request.query_params.get("detail", _DETAILS[1])
    return page(
        request,
        "session_steps.html" if is_fragment(request) else "session.html",
        view=view,
        steps=steps,
        first=first,
        following=first + len(steps),
        detail=asked if asked in _DETAILS else _DETAILS[1],
        details=_DETAILS,
    )


ROUTES = [Route("/sessions/{name}", session)]
