"""How complete the team's reports are, out of all that is kept. Read-only."""

from __future__ import annotations

from tracemill.analyze.metrics.completeness import completeness
from tracemill.flows.analysis.process import read_process
from tracemill.records.process.completeness import Completeness
from tracemill.store.workspace import Workspace


def read_completeness(workspace: Workspace) -> Completeness:
    """Return what should be told of each kind of report, and of how many it is."""
    return completeness(read_process(workspace))
