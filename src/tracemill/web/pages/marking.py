"""What a person who reads a session says of one step: it was right, or wrong."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.base.errors import UsageError
from tracemill.flows.held.lookup import find_row
from tracemill.flows.results import SessionRow
from tracemill.flows.reviews.marks import mark_step, marks_of
from tracemill.records.refs import Ref
from tracemill.web.asked import form, is_fragment, moment, number, workspace
from tracemill.web.pages.session import detail_of
from tracemill.web.rendering import page

_SAID: Final[Mapping[str, bool | None]] = {"right": True, "wrong": False, "nothing": None}
"""What may be said of a step; nothing takes back what was said."""


async def mark(request: Request) -> Response:
    """Keep what a person says of one step, or take it back."""
    return await run_in_threadpool(_mark, request, await form(request))


def _mark(request: Request, given: Mapping[str, str]) -> Response:
    place, person, index = workspace(request), getpass.getuser(), number(given.get("step"), -1)
    if given.get("said") not in _SAID or index < 0:
        raise UsageError("nothing was kept: say of a step that it is right, wrong, or nothing")
    row = find_row(place, "session", request.path_params["name"], SessionRow)
    step = Ref(kind="trajectory", id=row.id, step=index)
    mark_step(place, step, person, moment(), is_right=_SAID[given["said"]])
    detail = detail_of(given)
    if not is_fragment(request):
        address = f"/sessions/{row.id}?step={index}&detail={detail}#step-{index}"
        return RedirectResponse(address, 303)
    marks = marks_of(place, row.id, person).get(index, ())
    return page(
        request,
        "session_mark.html",
        name=row.id,
        index=index,
        marks=marks,
        detail=detail,
        is_whole=False,
    )


ROUTES = [Route("/sessions/{name}/mark", mark, methods=["POST"])]
