"""Branches: what each brought, which sessions made it, and whether it still stands."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.results import BranchRow
from tracemill.flows.views.branches import branch_figures, commits_by_hash, show_branch
from tracemill.flows.views.browsing import browse
from tracemill.flows.views.choosing import session_titles
from tracemill.web.asked import asked_rows, is_fragment, workspace
from tracemill.web.remembering import remembered
from tracemill.web.rendering import page

_CHOSEN: Final = ("state", "rollback", "repository")
_MAY_BE_EMPTY: Final = ("added", "kept_head", "rollback")


def branches(request: Request) -> Response:
    """Show branches, those that were merged last first."""
    place = workspace(request)
    wanted = asked_rows(request, _CHOSEN)
    found = browse(place, "branch", BranchRow, wanted, _CHOSEN, columns=_MAY_BE_EMPTY)
    template = "branches_rows.html" if is_fragment(request) else "branches.html"
    asked = dict(request.query_params)
    return page(request, template, found=found, asked=asked, figures=branch_figures(place))


def branch(request: Request) -> Response:
    """Show one branch: its commits, plans, sessions and gates, and what still stands of it."""
    place = workspace(request)
    shown = show_branch(place, request.path_params["name"], remembered(request, commits_by_hash))
    titles = session_titles(place, shown.row.sessions)
    return page(request, "branch.html", shown=shown, row=shown.row, titles=titles)


ROUTES = [Route("/branches", branches), Route("/branches/{name}", branch)]
