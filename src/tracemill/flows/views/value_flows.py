"""Where the values of a session's calls came from. Changes nothing."""

from __future__ import annotations

from tracemill.flows.held.lookup import canonical_input, find_row
from tracemill.flows.results import SessionRow
from tracemill.label.value_flow import value_flows
from tracemill.records.value_flows import ValueFlows
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def flows_of(workspace: Workspace, name: str) -> ValueFlows:
    """Return the value flow of the session that answers to `name`.

    Raises:
        NotFoundError: none or several answer to it.
    """
    row = find_row(workspace, "session", name, SessionRow)
    lake = Lake(workspace.lake)
    owners = {canonical_input(workspace, row.id)}
    (trajectory,) = lake.records(TABLES["trajectories"], owners=owners, where=equals("id", row.id))
    steps = lake.records(TABLES["steps"], owners=owners, where=equals("trajectory_id", row.id))
    return value_flows(trajectory, steps)
