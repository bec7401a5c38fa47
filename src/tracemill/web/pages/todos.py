"""Todo lists and checklists: what was planned, what came of it, and what carried it out."""

from __future__ import annotations

from collections import Counter
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.analysis.todos import entry_of, read_todos
from tracemill.flows.views.choosing import session_titles, stretch_of
from tracemill.records.work.todos import SURE_COMMIT, TodoProgress
from tracemill.web.asked import asked_rows, is_fragment, workspace
from tracemill.web.remembering import remembered
from tracemill.web.rendering import page

_CHOSEN: Final = ("status", "place")
_ASKED: Final = (*_CHOSEN, "trajectory_id")
_SEARCHED: Final = ("text", "under", "path", "id")


def todos(request: Request) -> Response:
    """Show entries, those that changed last first."""
    held = remembered(request, read_todos)
    found = stretch_of(held, asked_rows(request, _ASKED), _CHOSEN, _SEARCHED)
    template = "todos_rows.html" if is_fragment(request) else "todos.html"
    statuses = Counter(str(each.status) for each in held)
    return page(
        request,
        template,
        found=found,
        asked=dict(request.query_params),
        statuses=statuses,
        n_open=sum(statuses[name] for name in ("pending", "in_progress", "unknown")),
        sure_from=SURE_COMMIT,
        n_carried_out=sum(map(_is_carried_out, held)),
        titles=session_titles(workspace(request), (each.trajectory_id for each in found.rows)),
    )


def _is_carried_out(todo: TodoProgress) -> bool:
    """Tell whether an entry is done and a commit is surely what carried it out."""
    is_sure = any(each.confidence >= SURE_COMMIT for each in todo.commits)
    return todo.status == "completed" and is_sure


def todo(request: Request) -> Response:
    """Show one entry: each of its changes, and the commits that carried it out."""
    shown = entry_of(remembered(request, read_todos), request.path_params["name"])
    titles = session_titles(workspace(request), [shown.trajectory_id])
    return page(request, "todo.html", todo=shown, titles=titles)


ROUTES = [Route("/todos", todos), Route("/todos/{name}", todo)]
