"""The application: all pages of one workspace behind the guard."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from tracemill.base.errors import NotFoundError, TracemillError
from tracemill.store.workspace import Workspace
from tracemill.web.downloads import Downloads
from tracemill.web.guard import Guard, Pass
from tracemill.web.pages import routes_of
from tracemill.web.remembering import Remembered
from tracemill.web.rendering import page
from tracemill.web.staying import give_back


def make_app(workspace: Workspace, hosts: Iterable[str], entry: Pass) -> Guard:
    """Return the pages of `workspace` behind the guard.

    Args:
        workspace: what is shown.
        hosts: the values of `Host` that mean this server, each with its port.
        entry: the secrets of this launch.
    """
    return Guard(make_pages(workspace), hosts=hosts, entry=entry)


def make_pages(workspace: Workspace) -> Starlette:
    """Return the pages of `workspace`, for whoever stands behind the guard already."""
    static = StaticFiles(directory=str(files("tracemill.web") / "static"))
    app = Starlette(
        routes=[Mount("/static", static), Mount("", _page)],
        exception_handlers={TracemillError: _refused, HTTPException: _failed},
    )
    app.state.workspace = workspace
    app.state.downloads = Downloads()
    app.state.remembered = Remembered()
    return app


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    word = scope["path"].removeprefix("/").partition("/")[0]
    pages = Router([*routes_of(word), Route("/{rest:path}", _nowhere)])
    await pages(scope, receive, send)
    give_back()


def _nowhere(request: Request) -> Response:
    return page(request, "error.html", 404, title="No such page", detail="Nothing is kept there.")


def _refused(request: Request, error: Exception) -> Response:
    """Say what a flow says that cannot do what was asked."""
    is_absent = isinstance(error, NotFoundError)
    held: Workspace = request.app.state.workspace
    if is_absent and not held.index.exists():
        return page(request, "first.html")
    title = "Not found" if is_absent else "That did not work"
    return page(request, "error.html", 404 if is_absent else 409, title=title, detail=str(error))


def _failed(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return page(request, "error.html", status, title="That did not work", detail=str(error))
