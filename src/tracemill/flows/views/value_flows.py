"""What is read off the steps of one session when asked for. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from tracemill.flows.held.lookup import canonical_input, find_row
from tracemill.flows.results import SessionRow
from tracemill.label.activity.field_access import accessed_fields
from tracemill.label.activity.value_flow import value_flows
from tracemill.records.accessed_fields import AccessedFields
from tracemill.records.trajectory import Step, Trajectory
from tracemill.records.value_flows import ValueFlows
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

Read = TypeVar("Read")


def flows_of(workspace: Workspace, name: str) -> ValueFlows:
    """Return the value flow of the session that answers to `name`.

    Raises:
        NotFoundError: none or several answer to it.
    """
    return _read(workspace, name, value_flows)


def fields_of(workspace: Workspace, name: str) -> AccessedFields:
    """Return what the code of the calls does with fields, in the session that answers to `name`.

    Raises:
        NotFoundError: none or several answer to it.
    """
    return _read(workspace, name, accessed_fields)


def _read(
    workspace: Workspace, name: str, reader: Callable[[Trajectory, Iterable[Step]], Read]
) -> Read:
    row = find_row(workspace, "session", name, SessionRow)
    lake = Lake(workspace.lake)
    owners = {canonical_input(workspace, row.id)}
    (trajectory,) = lake.records(TABLES["trajectories"], owners=owners, where=equals("id", row.id))
    steps = lake.records(TABLES["steps"], owners=owners, where=equals("trajectory_id", row.id))
    return reader(trajectory, steps)
