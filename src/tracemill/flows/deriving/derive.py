"""What follows from the facts: links, episodes, labels, examples, a dataset, and the index.

All of it is a function of the facts, the versions of the rules, and the config. `refresh`
compares the digest of these three with the one under which everything was last derived, and
does nothing when they are equal: the one place that decides what is stale.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from tracemill.base.ids import digest
from tracemill.flows.deriving.timing import StageClock
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.versions import deriving_code, shown_code
from tracemill.store.index import Index
from tracemill.store.workspace import Workspace

FACT_TABLES: Final = ("inputs", "trajectories", "activities", "events", "findings", "quarantine")
"""Tables that derivations follow from; steps change only together with their trajectories."""


def refresh(workspace: Workspace, make_executor: Callable[[], Executor], clock: StageClock) -> bool:
    """Derive everything anew where facts, rules or config changed; return whether they had."""
    with Index(workspace.index) as index:
        key = _key(workspace)
        if index.state("derived") == key:
            if index.state("rules") != shown_code():  # what they changed is in nothing held here
                index.note(rules=shown_code())
            return False
        from tracemill.flows.deriving.derivations import Derivations

        derivations = Derivations(workspace, index, make_executor(), clock)
        derivations.run()
        index.note(derived=key, rules=shown_code())
        return True


def _key(workspace: Workspace) -> str:
    versions = workspace.table_versions(FACT_TABLES)
    return digest(json.dumps(versions, sort_keys=True), deriving_code())
