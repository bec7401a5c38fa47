"""Where every experiment stands: what follows from all events, and what may happen next.

proposed ──started──▶ running ──decided──▶ decided ──rolled out──▶ canary ──▶ everywhere
                          │         └────▶ kept (the control stays)
                          └──stopped──▶ stopped
from running, decided, canary and everywhere: ──rolled back──▶ rolled_back
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tracemill.base.errors import NotFoundError, PolicyError, UsageError
from tracemill.base.ids import make_id
from tracemill.experiments.units import Span
from tracemill.records.canonical import canonical_json
from tracemill.records.process.experiments import (
    Draw,
    Draws,
    ExperimentEvent,
    ExperimentEventKind,
    ExperimentPlan,
    ExperimentState,
)

CANARY: Final = 0.25
"""Share of the work that a chosen treatment has first."""
_MAY_FOLLOW: Final[Mapping[ExperimentState, tuple[ExperimentEventKind, ...]]] = {
    "proposed": ("started", "stopped"),
    "running": ("decided", "stopped", "rolled_back"),
    "decided": ("rolled_out", "rolled_back"),
    "canary": ("rolled_out", "rolled_back"),
    "everywhere": ("rolled_back",),
    "kept": (),
    "stopped": (),
    "rolled_back": (),
}
_VERBS: Final[Mapping[ExperimentEventKind, str]] = {
    "proposed": "proposed",
    "started": "started",
    "decided": "decided",
    "rolled_out": "rolled out",
    "stopped": "stopped",
    "rolled_back": "rolled back",
}


@dataclass
class Experiment:
    """One experiment, and what became of it."""

    id: str
    """Derived from its plan and the moment of its proposal."""
    plan: ExperimentPlan
    """What was filed."""
    events: list[ExperimentEvent] = field(default_factory=list)
    """What happened to it, in order."""
    state: ExperimentState = "proposed"
    """Where it stands."""

    @property
    def is_plan_kept(self) -> bool:
        """Whether the plan is still the one that the id was made of."""
        return self.id == experiment_id(self.plan, self.events[0].at)

    def at(self, kind: ExperimentEventKind) -> datetime | None:
        """Return when something happened first."""
        return next((event.at for event in self.events if event.kind == kind), None)

    @property
    def drawn(self) -> Span | None:
        """When units began that were drawn half and half; None where none was."""
        started = self.at("started")
        if started is None:
            return None
        ends = [event.at for event in self.events if event.kind in _ENDS]
        return Span(started, min(ends, default=None))

    @property
    def canary(self) -> Span | None:
        """When units began of which a quarter was given the treatment; None where none was."""
        moments = [event.at for event in self.events if event.kind == "rolled_out"]
        if not moments:
            return None
        back = self.at("rolled_back")
        ends = [*moments[1:], *([back] if back else [])]
        return Span(moments[0], min(ends, default=None))

    @property
    def share(self) -> float:
        """Share of the units that have the treatment now."""
        match self.state:
            case "running":
                return self.plan.share
            case "canary":
                return CANARY
            case "everywhere":
                return 1.0
        return 0.0


_ENDS: Final = frozenset({"decided", "stopped", "rolled_back"})


@dataclass
class Experiments:
    """All experiments."""

    by_id: dict[str, Experiment] = field(default_factory=dict)
    """Every experiment, in the order in which they were proposed."""

    @classmethod
    def of(cls, events: Iterable[ExperimentEvent]) -> Experiments:
        """Return what events lead to."""
        known = cls()
        for event in events:
            known.apply(event)
        return known

    def apply(self, event: ExperimentEvent) -> None:
        """Take one more event in.

        Raises:
            UsageError: it cannot follow what happened before.
        """
        if event.kind == "proposed":
            assert event.plan is not None
            self.by_id.setdefault(event.experiment_id, Experiment(event.experiment_id, event.plan))
            self.by_id[event.experiment_id].events.append(event)
            return
        one = self.by_id[event.experiment_id]
        _check(one, event)
        one.events.append(event)
        one.state = _state_after(one, event)

    def find(self, name: str) -> Experiment:
        """Return the latest experiment that a name, or the beginning of an id, means.

        Raises:
            NotFoundError: there is none.
        """
        found = [
            one
            for one in self.by_id.values()
            if name and (one.plan.name == name or one.id.startswith(name))
        ]
        if not found:
            known = ", ".join(sorted({one.plan.name for one in self.by_id.values()})) or "none yet"
            raise NotFoundError(
                f"no experiment {name!r}; known: {known}; run: tracemill experiment start PLAN"
            )
        return found[-1]

    def draws(self) -> Draws:
        """Return which units have which treatment now.

        What is everywhere is not drawn any more where a later experiment goes on from it.
        """
        under_way = [one for one in self.by_id.values() if one.share]
        taken_up = {one.plan.control for one in under_way}
        return Draws(
            draws=tuple(
                Draw(
                    experiment_id=one.id,
                    unit=one.plan.unit,
                    control=one.plan.control,
                    treatment=one.plan.treatment,
                    share=one.share,
                )
                for one in under_way
                if one.state != "everywhere" or one.plan.treatment not in taken_up
            )
        )


def experiment_id(plan: ExperimentPlan, at: datetime) -> str:
    """Return the id of an experiment: another plan would have another."""
    return make_id("exp", canonical_json(plan), at.isoformat())


def _check(one: Experiment, event: ExperimentEvent) -> None:
    may_follow = _MAY_FOLLOW[one.state]
    if event.kind not in may_follow:
        listed = " or ".join(_VERBS[kind] for kind in may_follow) or "nothing more"
        raise UsageError(
            f"the experiment {one.plan.name!r} is {one.state.replace('_', ' ')}: "
            f"it cannot be {_VERBS[event.kind]}; expected: {listed}"
        )
    if event.kind != "proposed" and not event.by.strip():
        raise UsageError("expected the name of who does this, found nothing; say it with --by")
    harms = {"worse", "worse_on_guard"} & set(event.result.reasons if event.result else ())
    if event.kind == "rolled_out" and harms:
        raise PolicyError(
            f"the experiment {one.plan.name!r} shows a loss while a quarter of the work has it: "
            "it is not rolled out; take it back: tracemill prompt rollback"
        )
    if event.kind == "decided" and event.decision is not None:
        _check_choice(one, event)


def _check_choice(one: Experiment, event: ExperimentEvent) -> None:
    assert event.decision is not None
    verdict = event.decision.result.verdict
    if event.decision.chosen == "treatment" and verdict != "treatment":
        reasons = ", ".join(event.decision.result.reasons)
        raise PolicyError(
            f"the verdict on {one.plan.name!r} is {verdict} ({reasons}): a change is taken over "
            "only where it is shown to be better; go on, choose the control, or stop it"
        )


def _state_after(one: Experiment, event: ExperimentEvent) -> ExperimentState:
    match event.kind:
        case "decided":
            assert event.decision is not None
            return "decided" if event.decision.chosen == "treatment" else "kept"
        case "rolled_out":
            return "everywhere" if one.state == "canary" else "canary"
        case "started":
            return "running"
        case "stopped":
            return "stopped"
        case "rolled_back":
            return "rolled_back"
        case "proposed":
            return "proposed"
