"""Experiments: what calls for a change, what each shows so far, and who decides what.

Figures are counted anew with every look. A change asks for a name, a reason and a tick, and the
rules of experiments decide whether it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracemill.base.errors import UsageError
from tracemill.flows.experiments.experiments import (
    decide,
    list_experiments,
    promote,
    roll_back,
    show,
    stop,
)
from tracemill.flows.experiments.rows import ShownExperiment
from tracemill.flows.prompts.trials import Asked, list_loops, try_suggestion
from tracemill.store.workspace import Workspace
from tracemill.web.asked import confirmed, form, moment, workspace
from tracemill.web.rendering import page

Change = Callable[[Workspace, str, str, datetime, str | None], ShownExperiment]
"""What is done to an experiment: in which workspace, to which, by whom, when, and why."""


def experiments(request: Request) -> Response:
    """Show every experiment, and what calls for one now."""
    place = workspace(request)
    return page(
        request,
        "experiments.html",
        held=list_experiments(place, moment()).experiments,
        loops=list_loops(place).loops,
    )


def experiment(request: Request) -> Response:
    """Show what one experiment says so far, and what can be done with it."""
    found = show(workspace(request), request.path_params["name"], moment())
    return page(request, "experiment.html", found=found)


async def begin(request: Request) -> Response:
    """Try what is suggested on half of the next projects."""
    return await run_in_threadpool(_begin, request, await form(request))


def _begin(request: Request, given: Mapping[str, str]) -> Response:
    name = confirmed(given, "suggestion")
    filed = try_suggestion(workspace(request), name, _who(given), moment(), Asked())
    return RedirectResponse(f"/experiments/{filed.id}", 303)


async def change(request: Request) -> Response:
    """Decide, roll out, stop or take back."""
    return await run_in_threadpool(_change, request, await form(request))


def _change(request: Request, given: Mapping[str, str]) -> Response:
    wanted = _CHANGES.get(request.path_params["change"])
    if wanted is None:
        raise UsageError(f"expected one of {', '.join(_CHANGES)}")
    name = confirmed(given, "experiment")
    why = given.get("reason", "").strip() or None
    done = wanted(workspace(request), name, _who(given), moment(), why)
    return RedirectResponse(f"/experiments/{done.id}", 303)


def _keep_control(
    place: Workspace, name: str, by: str, at: datetime, why: str | None
) -> ShownExperiment:
    return decide(place, name, "control", by, at, why)


def _choose_treatment(
    place: Workspace, name: str, by: str, at: datetime, why: str | None
) -> ShownExperiment:
    return decide(place, name, "treatment", by, at, why)


_CHANGES: Final[Mapping[str, Change]] = {
    "choose-treatment": _choose_treatment,
    "keep-control": _keep_control,
    "roll-out": promote,
    "stop": stop,
    "take-back": roll_back,
}


def _who(given: Mapping[str, str]) -> str:
    """Return who asks for a change.

    Raises:
        UsageError: nobody said so.
    """
    by = given.get("by", "").strip()
    if not by:
        raise UsageError("nothing was changed: say who decides")
    return by


ROUTES = [
    Route("/experiments", experiments),
    Route("/experiments", begin, methods=["POST"]),
    Route("/experiments/{name}", experiment),
    Route("/experiments/do/{change}", change, methods=["POST"]),
]
