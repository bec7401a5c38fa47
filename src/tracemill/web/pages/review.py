"""The reviewer's desk: one item, its checklist, and the next one at once.

What the machine thinks is shown only after a person has said something.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.base.errors import UsageError
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.reviews.desk import Desk
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.refs import Ref
from tracemill.web.asked import form, moment, workspace
from tracemill.web.rendering import page

_TEXTS: Final = ("comments", "suggested_improvements", "learning_signal")
_ANSWER: Final = "answer."
_MOST_SECONDS: Final = 1800
"""Whoever takes longer did something else meanwhile."""


def review(request: Request) -> Response:
    """Show what waits first and has not been passed over; nothing of the machine's verdict."""
    given = request.query_params
    passed = [name for name in given.get("pass", "").split(",") if name]
    said, is_second = given.get("said"), given.get("second") == "1"
    with _desk(request) as desk:
        found = desk.next_item(skipped=passed, is_second=is_second)
        machine = desk.machine_of(said) if said else None
        n_done = len(desk.reviews())
    return page(
        request,
        "review.html",
        found=found,
        said=said,
        machine=machine,
        passed=passed,
        is_second=is_second,
        n_done=n_done,
        begun=moment().isoformat(),
    )


def agreement(request: Request) -> Response:
    """Show how far people agree with each other, and the rules with people."""
    from tracemill.flows.reviews.statistics import review_stats

    with _desk(request) as desk:
        held = [row for row in desk.reviews() if row.standing]
    by_subject: dict[Ref, list[ReviewRow]] = {}
    for row in held:
        by_subject.setdefault(row.of, []).append(row)
    disputed = {
        subject: rows
        for subject, rows in by_subject.items()
        if len({(row.outcome, row.is_right) for row in rows}) > 1
    }
    stats = review_stats(workspace(request))
    return page(request, "agreement.html", stats=stats, disputed=disputed)


async def submit(request: Request) -> Response:
    """File a review, and go to the next item."""
    return await run_in_threadpool(_file, request, await form(request))


def _file(request: Request, given: Mapping[str, str]) -> Response:
    at = moment()
    with _desk(request) as desk:
        done = desk.submit(
            given.get("item", ""), _filled(given), at, seconds=_seconds(given.get("begun"), at)
        )
    second = "&second=1" if given.get("second") == "1" else ""
    return RedirectResponse(f"/review?said={done.review.id}{second}", 303)


def _seconds(begun: str | None, at: datetime) -> float | None:
    """Return how long a person looked; None where they went away meanwhile, or nobody knows."""
    try:
        took = (at - datetime.fromisoformat(begun or "")).total_seconds()
    except (ValueError, TypeError):
        return None
    return round(took, 1) if 0 <= took <= _MOST_SECONDS else None


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
    Route("/review/agreement", agreement),
    Route("/review/submit", submit, methods=["POST"]),
    Route("/review/undo", undo, methods=["POST"]),
]
