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


class _State(NamedTuple):
    """What tells whether tables are as they were."""

    versions: dict[str, int]
    changed_ns: int
    """When a table last came or went: what is made anew counts its versions from the start."""


class _Held(NamedTuple):
    """Something that was read, and the state of the tables that it was read from."""

    state: _State
    made: Any


class Remembered(dict[Callable[..., Any], _Held]):
    """What one server holds, by what reads it."""


def remembered(request: Request, read: Callable[[Workspace], T]) -> T:
    """Return what `read` returns of the workspace as it stands."""
    held: Remembered = request.app.state.remembered
    place = workspace(request)
    state = _state(place)
    known = held.get(read)
    if known is None or known.state != state:
        known = held[read] = _Held(state, read(place))
    made: T = known.made
    return made


def _state(place: Workspace) -> _State:
    changed_ns = place.lake.stat().st_mtime_ns if place.lake.exists() else 0
    return _State(place.table_versions(_TABLES), changed_ns)
