"""Whether recorded work makes models and work better, by everything that a workspace holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracemill.analyze.conclusions.flywheel import (
    Rounds,
    Seen,
    behaviour,
    health,
    held_items,
    satisfaction,
    state,
)
from tracemill.analyze.conclusions.flywheel_faults import faults
from tracemill.flows.analysis.process import read_process
from tracemill.flows.analysis.turns import tool_use
from tracemill.flows.datasets.versions import list_versions
from tracemill.flows.held.lookup import read_status
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.promotion import load_policy
from tracemill.flows.models.registry import read_events
from tracemill.flows.models.runs import list_runs
from tracemill.promote.registry import Registry
from tracemill.records.models.promotion import ModelEvent
from tracemill.records.process.flywheel import FlywheelReport
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def check_flywheel(workspace: Workspace) -> FlywheelReport:
    """Return what is held of a loop of data, what is wrong with it, and whether it works.

    Raises:
        NotFoundError: nothing is kept.
    """
    use = tool_use(workspace)
    events = list(read_events(workspace))
    promotions = _promotions(events)
    runs = [run for run in list_runs(workspace).runs if run.status == "finished"]
    seen = Seen(
        use=use,
        process=read_process(workspace),
        n_checks=_n_checks(workspace),
        n_gates=sum(read_status(workspace).store.gates.values()),
        version=next(iter(list_versions(workspace)), None),
        evaluations=list_evaluations(workspace),
        runs=runs,
        in_use=promotions.in_use,
        n_promoted=len(promotions.made),
        n_shown=sum(bool(each.decision and each.decision.comparisons) for each in promotions.made),
        policy=load_policy(None),
        rounds=promotions.rounds,
    )
    items, found = tuple(held_items(seen)), tuple(faults(seen))
    is_shown, because = state(seen)
    return FlywheelReport(
        held=items,
        faults=found,
        behaviour=behaviour(seen),
        satisfaction=satisfaction(seen),
        health=health(seen),
        state=is_shown,
        because=because,
        n_missing=sum(each.verdict == "missing" for each in items),
        n_faults=sum(each.verdict == "fail" for each in found),
    )


class _Promotions(NamedTuple):
    """What became of models."""

    made: Sequence[ModelEvent]
    in_use: str | None
    rounds: Rounds | None


def _promotions(events: Sequence[ModelEvent]) -> _Promotions:
    """Return the promotions, the model in use, and what it was compared with when it came."""
    made = [event for event in events if event.kind == "promoted"]
    incumbent = Registry.of(events).incumbent
    if incumbent is None:
        return _Promotions(made, None, None)
    came = next((each for each in reversed(made) if each.model_id == incumbent.id), None)
    if came is None:
        return _Promotions(made, incumbent.name, None)
    compared = came.decision.comparisons if came.decision else ()
    return _Promotions(made, incumbent.name, Rounds(incumbent.name, came.at, compared))


def _n_checks(workspace: Workspace) -> int:
    """Return how many checks with a known verdict ran in sessions."""
    activities = Lake(workspace.lake).records(TABLES["activities"])
    return sum(check.passed is not None for each in activities for check in each.checks)
