"""How far into their sessions examples reach: whether a dataset teaches long work.

A window is what stood before the model, not what an example holds: long sessions are cut into
windows of the recipe's own length.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from tracemill.flows.analysis.feature_views import contexts_at
from tracemill.flows.datasets.versions import find_version
from tracemill.records.datasets.reach import Reach
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_QUARTERS: Final = ("first quarter", "second quarter", "third quarter", "last quarter")
_WINDOWS: Final = ((8_000, "under 8k"), (32_000, "8k to 32k"), (128_000, "32k to 128k"))
_WIDEST: Final = "128k and more"
_UNKNOWN: Final = "unknown"


def read_reach(workspace: Workspace, name: str) -> Reach:
    """Return where the examples of a version stand in their sessions.

    Raises:
        NotFoundError: there is no such version.
    """
    folder, version = find_version(workspace, name)
    ends = list(_ends((folder / "lineage.jsonl").read_bytes()))
    lake = Lake(workspace.lake)
    lengths = {each.id: each.n_steps for each in lake.records(TABLES["trajectories"])}
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for trajectory, step in ends:
        wanted[trajectory].add(step)
    tokens = contexts_at(lake, wanted)
    positions = Counter(_quarter(step, lengths.get(name)) for name, step in ends)
    windows = Counter(_window(tokens.get(name, {}).get(step)) for name, step in ends)
    return Reach(
        version=version.id,
        n=len(ends),
        positions=_in_order(positions, _QUARTERS),
        windows=_in_order(windows, (*(name for _, name in _WINDOWS), _WIDEST)),
    )


def _ends(lines: bytes) -> Iterator[tuple[str, int]]:
    """Yield the session and the last step of each example; of one of several parts the last."""
    for line in lines.splitlines():
        parts = json.loads(line)["lineage"]
        if parts:
            yield parts[-1]["trajectory_id"], parts[-1]["last_step"]


def _quarter(step: int, n_steps: int | None) -> str:
    if not n_steps or step >= n_steps:
        return _UNKNOWN
    return _QUARTERS[step * len(_QUARTERS) // n_steps]


def _window(tokens: int | None) -> str:
    if tokens is None:
        return _UNKNOWN
    return next((name for limit, name in _WINDOWS if tokens < limit), _WIDEST)


def _in_order(counts: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    return {name: counts[name] for name in (*names, _UNKNOWN) if counts.get(name)}
