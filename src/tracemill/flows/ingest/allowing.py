"""Which allowances hold for which inputs, and which inputs must be read again when that changes.

A project is a folder: it holds what lies below it, and sessions that ran in it. Where a session ran
is known once it has been read, so an input that is new to a project is redacted first, and what is
allowed there shows with the reading after that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from tracemill.records.privacy.allowances import Allowance
from tracemill.store.arrow import compute as pc
from tracemill.store.lake import Lake
from tracemill.store.tables import FACTS, TABLES
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

_SAY_NOTHING: Final = frozenset({"findings", "inputs", "quarantine"})


class Scopes:
    """Tells what is allowed in each input."""

    def __init__(self, lake: Lake, allowances: Sequence[Allowance]) -> None:
        self._everywhere = frozenset(one.stand_in for one in allowances if one.project is None)
        self._by_project = [one for one in allowances if one.project is not None]
        self._places = _places(lake) if self._by_project else {}

    def allowed(self, input_id: str, uri: str) -> frozenset[str]:
        """Return the stand-ins of what is allowed in an input."""
        if not self._by_project:
            return self._everywhere
        places = {uri, *self._places.get(input_id, ())}
        own = (one.stand_in for one in self._by_project if _is_in(places, one.project))
        return self._everywhere.union(own)


def _is_in(places: set[str], project: str | None) -> bool:
    """Tell whether any of some places is a project, or lies below it."""
    return project is None or any(
        place == project or place.startswith((f"{project}/", f"{project}#")) for place in places
    )


def _places(lake: Lake) -> dict[str, set[str]]:
    """Return for each input where it stands and where sessions in it ran, pseudonymised."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in (("inputs", "uri"), ("trajectories", "cwd")):
        owner = TABLES[table].owner
        for batch in lake.batches(TABLES[table], columns=[owner, column]):
            for name, place in zip(
                batch.column(owner).to_pylist(), batch.column(column).to_pylist(), strict=True
            ):
                if place is not None:
                    places[name].add(place)
    return places


def inputs_in(lake: Lake, project: str | None) -> set[str]:
    """Return the inputs of a project, or all."""
    return {name for name, places in _places(lake).items() if _is_in(places, project)}


def inputs_with(lake: Lake, stand_in: str) -> set[str]:
    """Return the inputs in whose facts a stand-in stands."""
    found: set[str] = set()
    for table in FACTS:
        if table.name not in _SAY_NOTHING:
            for batch in lake.batches(table):
                found.update(_owners_with(batch, table.owner, stand_in))
    return found


def _owners_with(batch: pa.RecordBatch, owner: str, text: str) -> Iterator[str]:
    for field in batch.schema:
        if field.type == pa.string():
            holds = pc.fill_null(pc.match_substring(batch.column(field.name), text), False)  # noqa: FBT003
            yield from batch.filter(holds).column(owner).to_pylist()


def read_again(workspace: Workspace, input_ids: set[str]) -> int:
    """Have inputs read again with the next run; return how many that are."""
    vault = Vault(workspace.vault)
    vault.mark_stale(input_ids)
    vault.close()
    return len(input_ids)
