"""What ran on this machine: the last look at the sources, trainings, and what went out."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.held.lookup import read_status
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.runs import find_run, list_runs
from tracemill.flows.views.unread import read_unread
from tracemill.web.asked import workspace
from tracemill.web.rendering import page

_MOST_PLACES: Final = 30
"""How many places that could not be read are named."""


def runs(request: Request) -> Response:
    """Show the last look at the sources, and every training and evaluation."""
    place = workspace(request)
    found = read_status(place)
    return page(
        request,
        "runs.html",
        found=found,
        unread=read_unread(place) if found.exists else None,
        most=_MOST_PLACES,
        trained=list_runs(place).runs,
        evaluated=list_evaluations(place),
    )


def run(request: Request) -> Response:
    """Show one training run, with all that is needed to repeat it."""
    kept = find_run(workspace(request), request.path_params["name"])
    return page(request, "run.html", run=kept.run)


ROUTES = [Route("/runs", runs), Route("/runs/{name}", run)]
