"""Models: who is in use, what each did on which suite, and every decision with its reasons."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.evaluations import list_evaluations
from tracemill.flows.model_registry import list_models, read_events
from tracemill.flows.model_runs import list_runs
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def models(request: Request) -> Response:
    """Show training runs, evaluations, registered models and what happened to them."""
    place = workspace(request)
    return page(
        request,
        "models.html",
        registered=list_models(place).models,
        events=list(read_events(place))[::-1],
        evaluations=list_evaluations(place),
        runs=list_runs(place).runs,
    )


ROUTES = [Route("/models", models)]
