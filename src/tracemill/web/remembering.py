"""What takes a second to read is read once, and held until something else is kept.

Lists of hand-offs, todos and gates follow from the steps and events of all sessions. No figure
needs them, so `run` keeps none of it. The server holds what it read for as long as the tables are
as they were: the first look reads them, every further one does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from starlette.requests import Request

from tracemill.store.workspace import Workspace
from tracemill.web.asked import workspace

T = TypeVar("T")

_TABLES: Final = ("trajectories", "activities", "steps", "events", "gate_results", "links")
"""What the lists follow from."""


class _Held(NamedTuple):
    """Something that was read, and the versions of the tables that it was read from."""

    versions: dict[str, int]
    made: Any


class Remembered(dict[Callable[..., Any], _Held]):
    """What one server holds, by what reads it."""


def remembered(request: Request, read: Callable[[Workspace], T]) -> T:
    """Return what `read` returns of the workspace as it stands."""
    held: Remembered = request.app.state.remembered
    place = workspace(request)
    versions = place.table_versions(_TABLES)
    known = held.get(read)
    if known is None or known.versions != versions:
        known = held[read] = _Held(versions, read(place))
    made: T = known.made
    return made
