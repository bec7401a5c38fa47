"""How complete the team's reports are, field by field."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.completeness import read_completeness
from tracemill.web.asked import workspace
from tracemill.web.rendering import page


def completeness(request: Request) -> Response:
    """Show of each field that reports of a kind should have how many of them have it."""
    found = read_completeness(workspace(request))
    return page(
        request,
        "completeness.html",
        found=found,
        kinds=[(kind, [*fields]) for kind, fields in groupby(found.fields, attrgetter("kind"))],
        lacking=[each for each in found.fields if each.n_told < each.n],
    )


ROUTES = [Route("/completeness", completeness)]
