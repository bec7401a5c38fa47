"""Hand-offs, which session took each up, and what it had to find out again."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.handed import read_handoffs
from tracemill.flows.analysis.handoffs import HandOffCheck, check_these, handoff_of, row_of
from tracemill.flows.views.choosing import session_titles, stretch_of
from tracemill.records.work.handoffs import HandOff
from tracemill.report.handoffs import HOW_KNOWN, KINDS, WHY_UNKNOWN
from tracemill.store.workspace import Workspace
from tracemill.web.asked import asked_rows, is_fragment, workspace
from tracemill.web.remembering import remembered
from tracemill.web.rendering import page

_CHOSEN: Final = ("kind", "method", "why_unknown")
_ASKED: Final = (*_CHOSEN, "session")
_SEARCHED: Final = ("opening", "source", "id")


class _HandedOn(NamedTuple):
    """All that was handed on."""

    handoffs: list[HandOff]
    """The newest first."""
    check: HandOffCheck
    """How much of it was asked for again."""


def _read(place: Workspace) -> _HandedOn:
    held = read_handoffs(place)
    return _HandedOn(held, check_these(place, held))


def handoffs(request: Request) -> Response:
    """Show hand-offs, newest first."""
    held, check = remembered(request, _read)
    rows = list(map(row_of, held))
    found = stretch_of(rows, asked_rows(request, _ASKED), _CHOSEN, _SEARCHED)
    template = "handoffs_rows.html" if is_fragment(request) else "handoffs.html"
    sessions = (name for each in found.rows for name in (each.session, each.next_session))
    return page(
        request,
        template,
        found=found,
        asked=dict(request.query_params),
        check=check,
        why=WHY_UNKNOWN,
        how=HOW_KNOWN,
        titles=session_titles(workspace(request), sessions),
    )


def handoff(request: Request) -> Response:
    """Show one hand-off: its words, what is left, and who went on."""
    held, check = remembered(request, _read)
    shown = handoff_of(held, request.path_params["name"])
    taken = shown.taken_up
    sessions = (shown.trajectory_id, taken.trajectory_id if taken else None)
    return page(
        request,
        "handoff.html",
        handoff=shown,
        checked=next((each for each in check.checked if each.handoff_id == shown.id), None),
        why=WHY_UNKNOWN,
        how=HOW_KNOWN,
        kinds=KINDS,
        titles=session_titles(workspace(request), sessions),
    )


ROUTES = [Route("/handoffs", handoffs), Route("/handoffs/{name}", handoff)]
