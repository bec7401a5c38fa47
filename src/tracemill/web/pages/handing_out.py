"""Handing a page to a colleague: what will be done, and then the file with its receipt."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.flows.privacy.gate import NOT_CHECKED, RECEIPT
from tracemill.flows.views.page_export import hand_out_page
from tracemill.web.asked import form, moment, workspace
from tracemill.web.downloads import Download, Downloads
from tracemill.web.exporting import page_file
from tracemill.web.rendering import page


def offer(request: Request) -> Response:
    """Say what a page goes through before it is handed out."""
    wanted = request.query_params.get("page", "/")
    return page(request, "hand_out.html", wanted=wanted, held=None, not_checked=NOT_CHECKED)


async def make(request: Request) -> Response:
    """Make the file, have the gate look at it, and hold it for the browser."""
    given = await form(request)
    made = await page_file(request.app, given.get("page", "/"), moment())
    reviewer = given.get("reviewer", "").strip() or None
    receipt = await run_in_threadpool(hand_out_page, workspace(request), made, reviewer)
    name = _held(request).keep(Download(made.address, made.name, made.data, receipt))
    return RedirectResponse(f"/handed/{name}", 303)


def handed(request: Request) -> Response:
    """Show what the file went through, and where to take it."""
    name = request.path_params["name"]
    held = _held(request).find(name)
    return page(
        request, "hand_out.html", wanted=held.address, held=held, name=name, not_checked=NOT_CHECKED
    )


def take(request: Request) -> Response:
    """Return the file, to be saved and not to be shown."""
    held = _held(request).find(request.path_params["name"])
    return _attached(held.data, "text/html; charset=utf-8", held.name)


def take_receipt(request: Request) -> Response:
    """Return the receipt of the file."""
    held = _held(request).find(request.path_params["name"])
    data = msgspec.json.format(msgspec.json.encode(held.receipt)) + b"\n"
    return _attached(data, "application/json", f"{held.name}.{RECEIPT}")


def _attached(data: bytes, kind: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(data, media_type=kind, headers={"content-disposition": disposition})


def _held(request: Request) -> Downloads:
    held: Downloads = request.app.state.downloads
    return held


ROUTES = [
    Route("/hand-out", offer),
    Route("/hand-out", make, methods=["POST"]),
    Route("/handed/{name}", handed),
    Route("/handed/{name}/file", take),
    Route("/handed/{name}/receipt", take_receipt),
]
