"""One session, as it was redacted."""

from __future__ import annotations

import getpass
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.reviews.marks import Marks, marks_of
from tracemill.flows.views.reading import OutlineEntry, SessionView, read_steps, view_session
from tracemill.web.asked import is_fragment, is_whole, number, workspace
from tracemill.web.rendering import page

_N_STEPS: Final = 40
DETAILS: Final = ("talk", "work", "full")
"""How much of a step is shown: what was said, what was done too, or all of it unfolded."""
_MOST_STEPS: Final = 5000
"""How many steps a page in one piece has at most."""


_N_ENTRIES: Final = 100
"""How many entries of an outline are shown at once."""
_BEFORE: Final = 3
"""How many of them stand before the step that is read."""


class _Outline(NamedTuple):
    """A stretch of a session's outline."""

    entries: list[OutlineEntry]
    first: int
    """How many entries come before them."""
    total: int
    """How many there are."""

    @property
    def end(self) -> int:
        """How many entries have been shown after these."""
        return self.first + len(self.entries)


def session(request: Request) -> Response:
    """Show a session: its outline, and its steps from the one that the address asks for."""
    place = workspace(request)
    view = view_session(place, request.path_params["name"])
    first = 0 if is_whole(request) else number(request.query_params.get("step"))
    steps = read_steps(place, view.row.id, first, _MOST_STEPS if is_whole(request) else _N_STEPS)
    marks = marks_of(place, view.row.id, getpass.getuser())
    return page(
        request,
        _template(request),
        view=view,
        marks=marks,
        outline=_outline(request, view, marks, first),
        steps=steps,
        first=first,
        following=first + len(steps),
        detail=detail_of(request.query_params),
        details=DETAILS,
        is_whole=is_whole(request),
    )


def detail_of(given: Mapping[str, str]) -> str:
    """Return how much of a step is asked for."""
    asked = given.get("detail")
    return asked if asked in DETAILS else DETAILS[1]


def _template(request: Request) -> str:
    if not is_fragment(request):
        return "session.html"
    return "session_outline.html" if "outline" in request.query_params else "session_steps.html"


def _outline(request: Request, view: SessionView, marks: Marks, step: int) -> _Outline:
    """Return what is shown of the outline: from where it is asked for, or around a step."""
    told = view.happened.keys() | marks.keys()
    entries = [one for one in view.outline if one.is_noted or one.step in told]
    if is_whole(request):
        return _Outline(entries, 0, len(entries))
    here = bisect_left(entries, step, key=lambda one: one.step)
    first = number(request.query_params.get("outline"), max(0, here - _BEFORE))
    return _Outline(entries[first : first + _N_ENTRIES], first, len(entries))


ROUTES = [Route("/sessions/{name}", session)]
