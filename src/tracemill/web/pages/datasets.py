"""Dataset versions: what is in them, what was left out and why, and how two of them differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.base.errors import NotFoundError
from tracemill.flows.datasets.difference import VersionDifference, diff_versions
from tracemill.flows.datasets.versions import (
    ShownVersion,
    VersionRow,
    list_versions,
    show_rejects,
    show_version,
    version_rows,
)
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.store.workspace import Workspace
from tracemill.web.asked import workspace
from tracemill.web.rendering import page

_N_ROWS: Final = 8
_N_REJECTS: Final = 20


def datasets(request: Request) -> Response:
    """Show every version, newest first."""
    rows = version_rows(workspace(request)).versions
    return page(request, "datasets.html", versions=rows, kinds=_kinds)


def _kinds(row: VersionRow) -> Mapping[str, int]:
    """Return how many examples of each kind a version holds, whatever they are for."""
    found: Counter[str] = Counter()
    for part, n in row.examples.items():
        found[part.partition("/")[0]] += n
    return found


def _parts_of(version: DatasetVersion, place: int) -> list[str]:
    """Return the kinds (0) or the uses (2) that stand in the names of a version's parts."""
    return list(dict.fromkeys(part.partition("/")[place] for part in version.n_examples))


def dataset(request: Request) -> Response:
    """Show one version, what it left out for a reason, and what it changed."""
    place, given = workspace(request), request.query_params
    shown = show_version(place, request.path_params["name"], _N_ROWS)
    reason = given.get("left")
    return page(
        request,
        "dataset.html",
        shown=shown,
        kinds=_parts_of(shown.version, 0),
        splits=_parts_of(shown.version, 2),
        rejects=show_rejects(place, shown.version.id, reason, _N_REJECTS) if reason else None,
        others=[each for each in list_versions(place) if each.id != shown.version.id],
        difference=_difference(place, shown, given.get("beside") or shown.version.parent),
    )


def _difference(
    place: Workspace, shown: ShownVersion, other: str | None
) -> VersionDifference | None:
    """Return what a version changed; None where there is none to stand beside it."""
    if other is None:
        return None
    try:
        return diff_versions(place, other, shown.version.id)
    except NotFoundError:  # an older version may be over, or erased
        return None


ROUTES = [Route("/datasets", datasets), Route("/datasets/{name}", dataset)]
