"""What ran on this machine: the last look at the sources, trainings, and what went out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.held.lookup import read_status
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.runs import find_run, list_runs
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def runs(request: Request) -> Response:
    """Show the last look at the sources, and every training and evaluation."""
    place = workspace(request)
    return page(
        request,
        "runs.html",
        found=read_status(place),
        trained=list_runs(place).runs,
        evaluated=list_evaluations(place),
    )


def run(request: Request) -> Response:
    """Show one training run, with all that is needed to repeat it."""
    kept = find_run(workspace(request), request.path_params["name"])
    return page(request, "run.html", run=kept.run)


ROUTES = [Route("/runs", runs), Route("/runs/{name}", run)]
