"""Models: which one is in use, which may follow and why, and the way back.

What is changed here is changed by a form that a person confirmed; the rules decide as they do on
the command line, and no page can set them aside.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.base.errors import NotFoundError, SchemaError, TracemillError, UsageError
from tracemill.flows.analysis.gaps import find_gaps
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.promotion import approve, load_policy, promote, roll_back
from tracemill.flows.models.registry import list_models, read_events, read_registry
from tracemill.records.datasets.recipes import DEFAULT_NAME
from tracemill.records.models.gaps import GapReport
from tracemill.records.models.promotion import ModelEvent, PromotionDecision
from tracemill.store.workspace import Workspace
from tracemill.web.asked import confirmed, form, moment, workspace
from tracemill.web.rendering import page


class Preview(NamedTuple):
    """What the rules would say of a candidate now."""

    decision: PromotionDecision | None
    fault: str | None
    """Why they cannot be asked."""


class Gaps(NamedTuple):
    """Where a model fails, beside what there is to learn that from."""

    report: GapReport | None
    """None where it was not evaluated, or there is nothing to learn from."""
    unknown: str | None
    """Why nobody can tell."""


def models(request: Request) -> Response:
    """Show who is in use, who waits, what each did, and what happened."""
    place = workspace(request)
    registry = read_registry(place)
    return page(
        request,
        "models.html",
        registered=list_models(place).models,
        incumbent=registry.incumbent,
        previous=registry.previous,
        events=_newest(place),
        names={each.id: each.name for each in registry.models.values()},
        evaluations=list_evaluations(place),
    )


def model(request: Request) -> Response:
    """Show one model, and what the rules would say of it now."""
    place, name = workspace(request), request.path_params["name"]
    registry = read_registry(place)
    found = registry.find(name)
    role = registry.role(found.id)
    against = request.query_params.get("against") or None
    subjects = sorted({each.subject for each in list_evaluations(place)} - {found.name})
    return page(
        request,
        "model.html",
        found=found,
        role=role,
        incumbent=registry.incumbent,
        previous=registry.previous,
        approved=registry.approvals.get(found.id),
        preview=_preview(place, found.id, against) if role != "incumbent" else None,
        events=[event for event in _newest(place) if event.model_id == found.id],
        evaluations=[each for each in list_evaluations(place) if each.subject == found.name],
        gaps=_gaps(place, found.name),
        against=against,
        subjects=subjects,
    )


def _gaps(place: Workspace, name: str) -> Gaps:
    try:
        return Gaps(find_gaps(place, name, None, DEFAULT_NAME), None)
    except NotFoundError:
        return Gaps(None, None)
    except SchemaError as error:
        return Gaps(None, str(error))


def _newest(place: Workspace) -> list[ModelEvent]:
    return list(read_events(place))[::-1]


def _preview(place: Workspace, name: str, against: str | None) -> Preview:
    try:
        decision = promote(
            place, name, load_policy(None), at=moment(), against=against, dry_run=True
        )
    except TracemillError as error:
        return Preview(None, str(error))
    return Preview(decision, None)


async def say_yes(request: Request) -> Response:
    """Keep that the person at this machine says yes to a candidate."""
    return await run_in_threadpool(_say_yes, request, await form(request))


def _say_yes(request: Request, given: Mapping[str, str]) -> Response:
    found = approve(
        workspace(request),
        confirmed(given, "model"),
        given.get("by") or getpass.getuser(),
        moment(),
    )
    return RedirectResponse(f"/models/{found.id}", 303)


async def put_in_use(request: Request) -> Response:
    """Put a candidate in use, where the rules let it pass."""
    return await run_in_threadpool(_put_in_use, request, await form(request))


def _put_in_use(request: Request, given: Mapping[str, str]) -> Response:
    name, against = confirmed(given, "model"), given.get("against") or None
    found = read_registry(workspace(request)).find(name)
    promote(workspace(request), found.id, load_policy(None), at=moment(), against=against)
    return RedirectResponse(f"/models/{found.id}", 303)


async def take_back(request: Request) -> Response:
    """Put the model that was in use before in use again."""
    return await run_in_threadpool(_take_back, request, await form(request))


def _take_back(request: Request, given: Mapping[str, str]) -> Response:
    name, place = confirmed(given, "model"), workspace(request)
    incumbent = read_registry(place).incumbent
    if incumbent is None or incumbent.id != name:
        raise UsageError("another model is in use than the one that this page showed; look again")
    roll_back(place, moment(), given.get("reason") or None)
    return RedirectResponse("/models", 303)


ROUTES = [
    Route("/models", models),
    Route("/models/say-yes", say_yes, methods=["POST"]),
    Route("/models/put-in-use", put_in_use, methods=["POST"]),
    Route("/models/take-back", take_back, methods=["POST"]),
    Route("/models/{name}", model),
]
