"""Pieces of work: what was wanted, what became of it, and what proves that."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.learning import show_learning
from tracemill.flows.held.lookup import read_status, show_work
from tracemill.flows.results import EpisodeRow
from tracemill.flows.views.browsing import browse
from tracemill.web.asked import asked_rows, is_fragment, workspace
from tracemill.web.rendering import page

_CHOSEN: Final = ("outcome", "kind")


def episodes(request: Request) -> Response:
    """Show episodes, newest first."""
    asked = asked_rows(request, _CHOSEN)
    place = workspace(request)
    found = browse(place, "episode", EpisodeRow, asked, _CHOSEN)
    template = "episodes_rows.html" if is_fragment(request) else "episodes.html"
    has_commits = read_status(place).store.commits > 0
    return page(
        request, template, found=found, asked=dict(request.query_params), has_commits=has_commits
    )


def episode(request: Request) -> Response:
    """Show one episode."""
    place = workspace(request)
    shown = show_work(place, request.path_params["name"])
    told = show_learning(place, shown.episode.id).sources
    return page(request, "episode.html", shown=shown, told=told)


ROUTES = [Route("/episodes", episodes), Route("/episodes/{name}", episode)]
