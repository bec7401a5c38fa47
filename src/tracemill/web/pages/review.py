"""The reviewer's desk: one item, its checklist, and the next one at once.

What the machine thinks is shown only after a person has said something.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.base.errors import UsageError
from tracemill.flows.review import Desk
from tracemill.records.reviews import ReviewForm
from tracemill.web.asked import form, moment, workspace
from tracemill.web.rendering import page

_TEXTS: Final = ("comments", "suggested_improvements", "learning_signal")
_ANSWER: Final = "answer."


def review(request: Request) -> Response:
    """Show what waits first and has not been passed over; nothing of the machine's verdict."""
    passed = [name for name in request.query_params.get("pass", "").split(",") if name]
    said = request.query_params.get("said")
    with _desk(request) as desk:
        found = desk.next_item(skipped=passed)
        shown = desk.show(said) if said else None
    return page(request, "review.html", found=found, said=shown, said_id=said, passed=passed)


async def submit(request: Request) -> Response:
    """File a review, and go to the next item."""
    return await run_in_threadpool(_file, request, await form(request))


def _file(request: Request, given: Mapping[str, str]) -> Response:
    with _desk(request) as desk:
        done = desk.submit(given.get("item", ""), _filled(given), moment())
    return RedirectResponse(f"/review?said={done.review.id}", 303)


async def undo(request: Request) -> Response:
    """Take back the review that is named."""
    return await run_in_threadpool(_undo, request, await form(request))


def _undo(request: Request, given: Mapping[str, str]) -> Response:
    with _desk(request) as desk:
        desk.undo(given.get("review"), moment())
    return RedirectResponse("/review", 303)


def _filled(given: Mapping[str, str]) -> ReviewForm:
    """Return what a form says; fields that were left open are not said."""
    rating = given.get("rating", "")
    answers = {
        name.removeprefix(_ANSWER): value
        for name, value in given.items()
        if name.startswith(_ANSWER) and value
    }
    said: dict[str, Any] = {name: given[name] for name in _TEXTS if given.get(name, "").strip()}
    said |= {"outcome": given.get("outcome") or None, "checklist": answers}
    said["overall_rating"] = int(rating) if rating.isdecimal() else None
    try:
        return msgspec.convert(said, ReviewForm)
    except msgspec.ValidationError as error:
        raise UsageError(f"the form cannot be read: {error}") from error


def _desk(request: Request) -> Desk:
    return Desk(workspace(request), getpass.getuser())


ROUTES = [
    Route("/review", review),
    Route("/review/submit", submit, methods=["POST"]),
    Route("/review/undo", undo, methods=["POST"]),
]
