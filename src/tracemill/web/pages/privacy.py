"""What was found and replaced, what a person decided, and what ever left."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.base.errors import UsageError
from tracemill.flows.held.lookup import read_status
from tracemill.flows.privacy.allowing import allow, decision, disallow, list_allowed
from tracemill.flows.privacy.exports import list_exports
from tracemill.flows.privacy.gate import NOT_CHECKED
from tracemill.store.workspace import Workspace
from tracemill.web.asked import confirmed, form, moment, number, workspace
from tracemill.web.rendering import page

if TYPE_CHECKING:
    from tracemill.flows.views.findings import FoundPlaces

_MOST_DAYS: Final = 3650


def privacy(request: Request) -> Response:
    """Show findings by rule, decisions and exports."""
    place, now, given = workspace(request), moment(), request.query_params
    held = list_allowed(place).allowances
    rule = given.get("rule")
    return page(
        request,
        "privacy.html",
        store=read_status(place).store,
        allowed=[one for one in held if one.is_active(now)],
        ended=[one for one in held if not one.is_active(now)],
        exports=list_exports(place).exports,
        not_checked=NOT_CHECKED,
        found=_places(place, rule, number(given.get("from"))) if rule else None,
        harmless=given.get("harmless", ""),
    )


def _places(place: Workspace, rule: str, first: int) -> FoundPlaces:
    from tracemill.flows.views.findings import read_places

    return read_places(place, rule, first)


async def permit(request: Request) -> Response:
    """Keep that something which is found is harmless."""
    return await run_in_threadpool(_permit, request, await form(request))


def _permit(request: Request, given: Mapping[str, str]) -> Response:
    stand_in, now = confirmed(given, "stand_in"), moment()
    reason, days = given.get("reason", "").strip(), number(given.get("days"), 0)
    if not reason or not 0 < days <= _MOST_DAYS:
        raise UsageError("nothing was changed: say why it is harmless, and for how many days")
    wanted = decision(stand_in.strip(), None, reason, getpass.getuser(),
                      (now, now + timedelta(days=days)))  # fmt: skip
    allow(workspace(request), stand_in.strip(), wanted)
    return RedirectResponse("/privacy", 303)


async def withdraw(request: Request) -> Response:
    """End a decision."""
    return await run_in_threadpool(_withdraw, request, await form(request))


def _withdraw(request: Request, given: Mapping[str, str]) -> Response:
    disallow(workspace(request), confirmed(given, "decision"), moment())
    return RedirectResponse("/privacy", 303)


ROUTES = [
    Route("/privacy", privacy),
    Route("/privacy/allow", permit, methods=["POST"]),
    Route("/privacy/disallow", withdraw, methods=["POST"]),
]
