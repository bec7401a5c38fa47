"""How far the loop of learning has come: levels, whether the loop works, and what was hoped."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.flywheel import check_flywheel
from tracemill.flows.reports.maturity import make_maturity
from tracemill.report.flywheel import STATES
from tracemill.web.asked import moment, workspace
from tracemill.web.rendering import page


def progress(request: Request) -> Response:
    """Show which level is reached, what the loop lacks, and hopes beside measured numbers."""
    found = make_maturity(workspace(request), moment().date())
    following = next((each for each in found.levels if not each.is_reached), None)
    wheel = check_flywheel(workspace(request))
    return page(
        request, "progress.html", found=found, following=following, wheel=wheel, states=STATES
    )


ROUTES = [Route("/progress", progress)]
