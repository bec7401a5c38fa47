"""The settings in force and where each comes from; the file can be edited here."""

from __future__ import annotations

import os
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill import __version__
from tracemill.base.errors import UsageError
from tracemill.flows.settings import change_settings, show_settings
from tracemill.web.asked import form, workspace
from tracemill.web.rendering import page

_CLASH: Final = 409
_FROM_OUTSIDE: Final = ("TRACEMILL_WORKSPACE", "TRACEMILL_CHROMIUM", "TRACEMILL_SHARED_DATA")


def settings(request: Request) -> Response:
    """Show every setting with where it is said, and the file."""
    is_saved = request.query_params.get("saved") == "1"
    return _shown(request, is_saved=is_saved)


async def change(request: Request) -> Response:
    """Change the file; what is no settings is shown again with its fault."""
    given = await form(request)
    text, token = given.get("text", ""), given.get("token", "")
    try:
        await run_in_threadpool(change_settings, workspace(request), text, token)
    except UsageError as error:
        return await run_in_threadpool(_shown, request, fault=str(error), typed=text)
    return RedirectResponse("/settings?saved=1", 303)


def _shown(
    request: Request, *, is_saved: bool = False, fault: str | None = None, typed: str | None = None
) -> Response:
    place = workspace(request)
    return page(
        request,
        "settings.html",
        _CLASH if fault else 200,
        held=show_settings(place),
        root=str(place.root),
        is_saved=is_saved,
        fault=fault,
        typed=typed,
        program=__version__,
        outside={name: os.environ[name] for name in _FROM_OUTSIDE if os.environ.get(name)},
    )


ROUTES = [Route("/settings", settings), Route("/settings", change, methods=["POST"])]
