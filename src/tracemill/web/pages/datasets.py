"""Dataset versions: what is in them, what was left out and why, and some rows."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.browsing import list_versions
from tracemill.flows.datasets import show_version
from tracemill.web.asked import workspace
from tracemill.web.rendering import page

_N_ROWS: Final = 8


def datasets(request: Request) -> Response:
    """Show every version, newest first."""
    return page(request, "datasets.html", versions=list_versions(workspace(request)))


def dataset(request: Request) -> Response:
    """Show one version."""
    shown = show_version(workspace(request), request.path_params["name"], _N_ROWS)
    return page(request, "dataset.html", shown=shown)


ROUTES = [Route("/datasets", datasets), Route("/datasets/{name}", dataset)]
