"""What is read off the steps of one session when asked for. Read-only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tracemill.flows.held.lookup import canonical_input, find_row
from tracemill.flows.results import SessionRow
from tracemill.label.activity.decision_points import decision_points
from tracemill.label.activity.field_access import accessed_fields
from tracemill.label.activity.value_flow import value_flows
from tracemill.records.sessions.accessed_fields import AccessedFields
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.decision_points import DecisionPoints
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.sessions.value_flows import ValueFlows
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def flows_of(workspace: Workspace, name: str) -> ValueFlows:
    """Return the value flow of the session that answers to `name`, undone branches left out.

    Raises:
        NotFoundError: none or several answer to it.
    """
    held = _held(workspace, name)
    return value_flows(held.trajectory, held.steps, held.activity.undone)


def fields_of(workspace: Workspace, name: str) -> AccessedFields:
    """Return what the code of the calls does with fields, in the session that answers to `name`.

    Raises:
        NotFoundError: none or several answer to it.
    """
    held = _held(workspace, name)
    return accessed_fields(held.trajectory, held.steps)


def decisions_of(workspace: Workspace, name: str) -> DecisionPoints:
    """Return the decision points of the session that answers to `name`, undone branches left out.

    Raises:
        NotFoundError: none or several answer to it.
    """
    held = _held(workspace, name)
    acted = held.activity
    return decision_points(held.trajectory, held.steps, acted.reactions, acted.undone)


class _Held(NamedTuple):
    """One session as the lake holds it."""

    trajectory: Trajectory
    steps: Iterator[Step]
    activity: Activity


def _held(workspace: Workspace, name: str) -> _Held:
    row = find_row(workspace, "session", name, SessionRow)
    lake = Lake(workspace.lake)
    owners = {canonical_input(workspace, row.id)}
    where = equals("trajectory_id", row.id)
    (trajectory,) = lake.records(TABLES["trajectories"], owners=owners, where=equals("id", row.id))
    (activity,) = lake.records(TABLES["activities"], owners=owners, where=where)
    return _Held(trajectory, lake.records(TABLES["steps"], owners=owners, where=where), activity)
