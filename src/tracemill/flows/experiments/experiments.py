"""Experiments on disk: a journal of events, and a file with the arm of each unit.

Figures are computed anew at every look from what is held: nothing of them is kept but what a person
decided on. Who decided is kept by a pseudonym, and why without names and secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.named_files import read_named
from tracemill.experiments import Experiments, Filed, judge
from tracemill.experiments.plan_file import check_plan, read_plan
from tracemill.experiments.planning import Usual, power_of, spread_of, units_for, usual_of
from tracemill.experiments.registry import CANARY, Experiment, experiment_id
from tracemill.experiments.units import Span, is_treated
from tracemill.flows.analysis.process import read_told
from tracemill.flows.experiments.outcomes import Held, check_metrics
from tracemill.flows.experiments.rows import (
    Before,
    ExperimentList,
    ExperimentRow,
    GivenArm,
    GivenArms,
    ShownExperiment,
)
from tracemill.flows.ingest.redactors import keeping_redactor, own_redactor
from tracemill.prompts.naming import canonical
from tracemill.records.process.experiments import (
    ArmName,
    ExperimentDecision,
    ExperimentEvent,
    ExperimentPlan,
    ExperimentResult,
    LoopName,
)
from tracemill.store.journal import append, read_journal
from tracemill.store.workspace import Workspace, write_whole

_JOURNAL: Final = "journal.jsonl"
_DRAWS: Final = "draws.json"
_UNDER_WAY: Final = frozenset({"running", "decided", "canary"})


class Origin(NamedTuple):
    """What asked for an experiment."""

    loop: LoopName | None = None
    """The loop."""
    suggestion_id: str | None = None
    """The suggestion that it tries."""
    pattern: str | None = None
    """The pattern that was noticed."""


def read_experiments(workspace: Workspace) -> Experiments:
    """Return where every experiment stands.

    Raises:
        StoreError: the journal is damaged.
    """
    return Experiments.of(read_journal(workspace.experiments / _JOURNAL, ExperimentEvent))


def load_plan(file: Path) -> ExperimentPlan:
    """Return the plan that a file states.

    Raises:
        UsageError: it cannot be read, or is no plan.
    """
    return read_plan(read_named(file, "plan"), str(file))


def start(
    workspace: Workspace,
    plan: ExperimentPlan,
    by: str,
    at: datetime,
    *,
    origin: Origin | None = None,
    dry_run: bool = False,
) -> ShownExperiment:
    """File a plan and begin to draw units; what began before takes no part.

    Raises:
        UsageError: another experiment is running on the same prompt, or the plan cannot be asked.
    """
    redactor = own_redactor(workspace).redactor if dry_run else keeping_redactor(workspace)
    [plan] = redactor.redact([_as_reports_are_read(plan)]).records
    plan = check_plan(plan, plan.name)
    check_metrics(plan)
    held = Held(read_told(workspace))
    known = read_experiments(workspace)
    _refuse_two_at_once(known, plan)
    name, why = experiment_id(plan, at), origin or Origin()
    proposed = ExperimentEvent(
        kind="proposed", experiment_id=name, at=at, by=by, plan=plan, loop=why.loop,
        suggestion_id=why.suggestion_id, pattern=why.pattern,
    )  # fmt: skip
    started = ExperimentEvent(kind="started", experiment_id=name, at=at, by=by)
    events = redactor.redact([proposed, started]).records
    for event in events[: 1 if dry_run else 2]:
        known.apply(event)
    shown = _shown(held, known.by_id[name], at)
    if not dry_run:
        _note(workspace, known, events)
    return shown


def _as_reports_are_read(plan: ExperimentPlan) -> ExperimentPlan:
    """Name versions of prompts as reports are read: `architect.v2` is `architect.v2.0` there."""
    if plan.arm_fact != "prompt_version":
        return plan
    return msgspec.structs.replace(
        plan, control=canonical(plan.control), treatment=canonical(plan.treatment)
    )


def _refuse_two_at_once(known: Experiments, plan: ExperimentPlan) -> None:
    """Units of two experiments on one prompt would work with a mixture."""
    for one in known.by_id.values():
        arms = {one.plan.control, one.plan.treatment} & {plan.control, plan.treatment}
        if one.state in _UNDER_WAY and arms:
            raise UsageError(
                f"the experiment {one.plan.name!r} is {one.state} on {', '.join(sorted(arms))}: "
                "end it first: tracemill experiment decide, experiment stop or prompt rollback"
            )


def _note(workspace: Workspace, known: Experiments, events: Iterable[ExperimentEvent]) -> None:
    """Keep events, and bring the file for harnesses up to date."""
    workspace.create()
    for event in events:
        append(workspace.experiments / _JOURNAL, event)
    text = msgspec.json.format(msgspec.json.encode(known.draws()))
    write_whole(workspace.experiments / _DRAWS, text + b"\n")


def show(workspace: Workspace, name: str, until: datetime) -> ShownExperiment:
    """Return one experiment with what it says at a moment.

    Raises:
        NotFoundError: there is none of that name.
    """
    one = read_experiments(workspace).find(name)
    return _shown(Held(read_told(workspace)), one, until)


def list_experiments(workspace: Workspace, until: datetime) -> ExperimentList:
    """Return every experiment, the latest first."""
    known = read_experiments(workspace).by_id
    if not known:
        return ExperimentList(experiments=())
    held = Held(read_told(workspace))
    rows = [_row(held, one, until) for one in reversed(known.values())]
    return ExperimentList(experiments=tuple(rows))


def _row(held: Held, one: Experiment, until: datetime) -> ExperimentRow:
    result = _result(held, one, until)
    return ExperimentRow(
        id=one.id,
        name=one.plan.name,
        state=one.state,
        since=one.events[-1].at,
        loop=one.events[0].loop,
        control=one.plan.control,
        treatment=one.plan.treatment,
        target=one.plan.target.metric,
        verdict=result.verdict if result else None,
        n_units=result.n_units if result else 0,
        horizon=one.plan.horizon,
        n_more=result.n_more if result else None,
        share=one.share,
    )


def _shown(held: Held, one: Experiment, until: datetime) -> ShownExperiment:
    return ShownExperiment(
        id=one.id,
        state=one.state,
        loop=one.events[0].loop,
        suggestion_id=one.events[0].suggestion_id,
        plan=one.plan,
        before=_before(held, one),
        result=_result(held, one, until),
        canary=_canary(held, one, until),
        share=one.share,
        events=tuple(one.events),
    )


def _before(held: Held, one: Experiment) -> Before:
    """Return what was usual before an experiment was proposed."""
    plan, usual = one.plan, _usual(held, one)
    return Before(
        n_units=usual.n_units,
        value=usual.mean,
        n_needed=units_for(plan, usual),
        power=round(power_of(plan, usual), 4),
    )


def _usual(held: Held, one: Experiment) -> Usual:
    at, plan = one.events[0].at, one.plan
    return usual_of(each for each in held.outcomes(plan.target, plan) if each.at < at)


def _result(held: Held, one: Experiment, until: datetime) -> ExperimentResult | None:
    return _judged(held, one, one.plan, one.drawn, until)


def _canary(held: Held, one: Experiment, until: datetime) -> ExperimentResult | None:
    plan = msgspec.structs.replace(one.plan, share=CANARY, looks="any_time")
    result = _judged(held, one, plan, one.canary, until)
    return result and msgspec.structs.replace(result, design="canary")


def _judged(
    held: Held, one: Experiment, plan: ExperimentPlan, span: Span | None, until: datetime
) -> ExperimentResult | None:
    if span is None:
        return None
    outcomes = [held.outcomes(aim, plan) for aim in (plan.target, *plan.guards)]
    usual = _usual(held, one)
    filed = Filed(one.id, plan, one.is_plan_kept, spread_of(plan, usual))
    result = judge(filed, outcomes, span, until, held.told(plan))
    n_lost = held.n_lost(plan.target, plan)
    lost = {f"cases of no known {plan.unit} or moment": n_lost} if n_lost else {}
    return msgspec.structs.replace(result, left_aside={**result.left_aside, **lost})


def stop(
    workspace: Workspace, name: str, by: str, at: datetime, reason: str | None
) -> ShownExperiment:
    """End an experiment without a decision; the control stays.

    Raises:
        UsageError: it is over, or decided.
    """
    return _happens(workspace, name, ExperimentEvent(
        kind="stopped", experiment_id="", at=at, by=by, reason=reason
    ))  # fmt: skip


def roll_back(
    workspace: Workspace, name: str, by: str, at: datetime, reason: str | None
) -> ShownExperiment:
    """Take a treatment out of all work at once, from wherever it stands.

    Raises:
        UsageError: nothing of it is in use.
    """
    return _happens(workspace, name, ExperimentEvent(
        kind="rolled_back", experiment_id="", at=at, by=by, reason=reason
    ))  # fmt: skip


def decide(
    workspace: Workspace, name: str, arm: ArmName, by: str, at: datetime, reason: str | None
) -> ShownExperiment:
    """Keep which arm a person chose, with the figures of that moment.

    Raises:
        PolicyError: the treatment was chosen, and is not shown to be better.
    """
    shown = show(workspace, name, at)
    if shown.result is None:
        raise UsageError(f"the experiment {shown.plan.name!r} is {shown.state}: start it first")
    return _happens(workspace, name, ExperimentEvent(
        kind="decided", experiment_id="", at=at, by=by, reason=reason,
        decision=ExperimentDecision(chosen=arm, result=shown.result),
    ))  # fmt: skip


def promote(
    workspace: Workspace, name: str, by: str, at: datetime, reason: str | None
) -> ShownExperiment:
    """Give a chosen treatment to a quarter of the work, and then to all of it.

    Raises:
        UsageError: nobody chose it.
        PolicyError: the quarter shows a loss.
    """
    shown = show(workspace, name, at)
    share = 1.0 if shown.state == "canary" else CANARY
    return _happens(workspace, name, ExperimentEvent(
        kind="rolled_out", experiment_id="", at=at, by=by, reason=reason, share=share,
        result=shown.canary if shown.state == "canary" else shown.result,
    ))  # fmt: skip


def _happens(workspace: Workspace, name: str, event: ExperimentEvent) -> ShownExperiment:
    known = read_experiments(workspace)
    one = known.find(name)
    events = [msgspec.structs.replace(event, experiment_id=one.id)]
    if event.kind == "rolled_back":
        events += _taken_along(known, one, event)
    events = keeping_redactor(workspace).redact(events).records
    for each in events:
        known.apply(each)
    shown = _shown(Held(read_told(workspace)), one, event.at)
    _note(workspace, known, events)
    return shown


def _taken_along(
    known: Experiments, one: Experiment, event: ExperimentEvent
) -> Iterator[ExperimentEvent]:
    """Yield the end of what goes on from a treatment that is taken back."""
    for other in known.by_id.values():
        if other.plan.control == one.plan.treatment and other.state in _UNDER_WAY:
            reason = f"it goes on from {one.plan.treatment}, which was taken back"
            yield msgspec.structs.replace(event, experiment_id=other.id, reason=reason)


def arms_of(workspace: Workspace, units: Sequence[str], name: str | None = None) -> GivenArms:
    """Return what units work with, in one experiment or in all that are under way.

    Raises:
        NotFoundError: there is none.
        UsageError: no unit is named.
    """
    if not units:
        raise UsageError("expected ids of projects or sessions, found none")
    known = read_experiments(workspace)
    chosen = [known.find(name)] if name else [o for o in known.by_id.values() if o.share]
    if not chosen:
        raise NotFoundError("no experiment is under way; see: tracemill experiment list")
    return GivenArms(given=tuple(_given(chosen, units)))


def _given(chosen: Iterable[Experiment], units: Sequence[str]) -> Iterator[GivenArm]:
    for one in chosen:
        for unit in units:
            treated = is_treated(one.id, unit, one.share)
            uses = one.plan.treatment if treated else one.plan.control
            yield GivenArm(experiment_id=one.id, unit=unit, uses=uses, is_treatment=treated)
