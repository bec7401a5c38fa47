"""Gates: their results from run to run, where they got worse, and one run in detail."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.gate_trend import GateTrends, gate_trends
from tracemill.flows.deriving.gate_rows import FixRow, FlakyRow, GateRow
from tracemill.flows.deriving.gates import show_gate_run
from tracemill.flows.held.lookup import list_rows, read_status
from tracemill.flows.views.browsing import browse
from tracemill.records.events.gates import FAILING
from tracemill.store.workspace import Workspace
from tracemill.web.asked import asked_rows, is_fragment, workspace
from tracemill.web.remembering import remembered
from tracemill.web.rendering import page

_CHOSEN: Final = ("gate", "status", "tool", "branch")
_MAY_BE_EMPTY: Final = ("at", "commit")
_N_COMPARED: Final = 30
_N_SHOWN: Final = 10
_N_RESULTS: Final = 60


def _trends(place: Workspace) -> GateTrends:
    return gate_trends(place, 0)


def gates(request: Request) -> Response:
    """Show runs beside the ones before them, what was fixed, what is flaky, and every run."""
    place = workspace(request)
    wanted = asked_rows(request, _CHOSEN)
    found = browse(place, "gate", GateRow, wanted, _CHOSEN, columns=_MAY_BE_EMPTY)
    asked = dict(request.query_params)
    if is_fragment(request):
        return page(request, "gates_rows.html", found=found, asked=asked)
    trends = remembered(request, _trends)
    is_worse_only = asked.get("worse") == "1"
    points = [each for each in trends.rows if each.worse or not is_worse_only]
    return page(
        request,
        "gates.html",
        found=found,
        asked=asked,
        statuses=read_status(place).store.gates,
        trends=trends,
        points=points[:_N_COMPARED],
        n_points=len(points),
        is_worse_only=is_worse_only,
        fixes=list_rows(place, "fix", FixRow, limit=_N_SHOWN),
        flaky=list_rows(place, "flaky", FlakyRow, limit=_N_SHOWN),
    )


def gate(request: Request) -> Response:
    """Show one run: its verdict, what failed where, and the run before it."""
    shown = show_gate_run(workspace(request), request.path_params["name"], _N_RESULTS)
    points = remembered(request, _trends).rows
    return page(
        request,
        "gate.html",
        shown=shown,
        point=next((each for each in points if each.id == shown.run.id), None),
        failing=FAILING,
    )


ROUTES = [Route("/gates", gates), Route("/gates/{name}", gate)]
