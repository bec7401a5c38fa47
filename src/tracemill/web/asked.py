"""What a request asks for, out of its address and its form; what makes no sense is left aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from tracemill.base.clock import now
from tracemill.base.errors import UsageError
from tracemill.flows.views.browsing import Asked
from tracemill.store.workspace import Workspace

WHOLE: Final = "tracemill.whole"
"""Stands in the scope of a request of our own that asks for a page in one piece."""
_MOST_ROWS: Final = 1000
"""How many rows a page in one piece has at most; it says how many there are."""


def workspace(request: Request) -> Workspace:
    """Return the workspace that is shown."""
    held: Workspace = request.app.state.workspace
    return held


def asked_rows(request: Request, chosen: Iterable[str]) -> Asked:
    """Return which rows of a list are asked for."""
    given = request.query_params
    only = {field: given[field] for field in chosen if given.get(field)}
    asked = Asked(only, given.get("q", ""), number(given.get("from")))
    return asked._replace(first=0, limit=_MOST_ROWS) if is_whole(request) else asked


def is_whole(request: Request) -> bool:
    """Tell whether a page is asked for in one piece, to be written to a file."""
    return bool(request.scope.get(WHOLE))


def number(text: str | None, otherwise: int = 0) -> int:
    """Return a count, or `otherwise` where the text is none."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else otherwise  # noqa: PLR2004


def is_fragment(request: Request) -> bool:
    """Tell whether our own script asks for more of a page that is shown."""
    return request.headers.get("x-fragment") == "1"


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a form."""
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=200))


def confirmed(given: Mapping[str, str], field: str) -> str:
    """Return what a form is about, where whoever sent it ticked the box that says so.

    Raises:
        UsageError: nobody did, or it is about nothing.
    """
    if given.get("sure") != "yes" or not given.get(field):
        raise UsageError("nothing was changed: tick the box that says that you mean it")
    return given[field]


def moment() -> datetime:
    """Return the moment of the request."""
    return now()
