"""Whether recorded work makes models and work better, by everything that a workspace holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from tracemill.analyze.conclusions.flywheel import (
    Rounds,
    Seen,
    behaviour,
    health,
    satisfaction,
    state,
)
from tracemill.analyze.conclusions.flywheel_faults import faults
from tracemill.analyze.conclusions.flywheel_items import held_items
from tracemill.analyze.conclusions.gains import Learned, by_origin, learning_gains
from tracemill.base.errors import NotFoundError
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.analysis.process import read_process
from tracemill.flows.analysis.turns import tool_use
from tracemill.flows.datasets.versions import find_version, list_versions
from tracemill.flows.held.lookup import read_status
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.promotion import load_policy
from tracemill.flows.models.registry import read_events
from tracemill.flows.models.runs import lineage, list_runs
from tracemill.promote.registry import Registry
from tracemill.records.datasets.examples import SYNTHETIC
from tracemill.records.models.promotion import ModelEvent
from tracemill.records.models.training import TrainingRun
from tracemill.records.process.flywheel import FlywheelReport
from tracemill.records.process.tool_use import ToolUse
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def check_flywheel(workspace: Workspace, use: ToolUse | None = None) -> FlywheelReport:
    """Return what is held of a loop of data, what is wrong with it, and whether it works.

    `use` is what all sessions say of tools, where that was read already.

    Raises:
        NotFoundError: nothing is kept.
    """
    events = list(read_events(workspace))
    promotions = _promotions(events)
    runs = [run for run in list_runs(workspace).runs if run.status == "finished"]
    seen = Seen(
        use=use or tool_use(workspace),
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
    gains = tuple(learning_gains(_learned(workspace, runs), seen.evaluations))
    items, found = tuple(held_items(seen)), tuple(faults(seen))
    is_shown, because = state(seen)
    return FlywheelReport(
        held=items,
        faults=found,
        behaviour=behaviour(seen),
        satisfaction=satisfaction(seen),
        health=health(seen),
        gains=gains,
        by_origin=by_origin(gains),
        state=is_shown,
        because=because,
        n_missing=sum(each.verdict == "missing" for each in items),
        n_faults=sum(each.verdict == "fail" for each in found),
    )


class _Tagged(msgspec.Struct):
    """What of a row tells where it comes from."""

    id: str
    tags: tuple[str, ...] = ()


def _learned(workspace: Workspace, runs: Sequence[TrainingRun]) -> Iterator[Learned]:
    """Yield what each run learned from that the runs before it had not."""
    known: dict[str, dict[str, bool]] = {}
    for run in runs:
        try:
            earlier = list(lineage(workspace, run))
        except NotFoundError:
            continue  # nobody knows what the model before it had learned
        new = set(run.example_ids).difference(*(each.example_ids for each in earlier))
        made_up: dict[str, bool] = {}
        for dataset in run.datasets:
            if dataset not in known:
                known[dataset] = dict(_origins(workspace, dataset))
            made_up |= known[dataset]
        n_made_up = sum(made_up.get(each) is True for each in new)
        n_real = sum(made_up.get(each) is False for each in new)
        names = {run.parent} if run.parent else {run.recipe.base, f"{run.recipe.name}-base"}
        yield Learned(run, frozenset(names), n_real, n_made_up, len(new) - n_made_up - n_real)


def _origins(workspace: Workspace, dataset: str) -> Iterator[tuple[str, bool]]:
    """Yield the examples of a version, and whether each was made up; none of one that is gone."""
    try:
        folder, version = find_version(workspace, dataset)
    except NotFoundError:
        return
    decode = msgspec.json.Decoder(_Tagged).decode
    for file in version.files:
        if file.path.endswith(".jsonl") and Part.of_file(file.path) is not None:
            with (folder / file.path).open("rb") as lines:
                for row in map(decode, lines):
                    yield row.id, SYNTHETIC in row.tags


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
