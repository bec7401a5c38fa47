"""The quality of a gated piece of work, by the gate's verdict and the effort it took to pass.

| the gate | quality |
|---|---|
| passes at the first attempt | excellent |
| passes later | good |
| says no, and a remedy helps before the attempts are used up | good |
| says no, and a person takes it over and settles it | acceptable |
| says no | poor |
| cannot tell | not labelled: it waits for a person |

A report that names no attempt is taken for the first, and the label is half as sure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from tracemill.base.clock import moment_key
from tracemill.label import LABEL_VERSION
from tracemill.label.reports.rules import LabelRules
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_projects import EscalationReport, GateReport, ProjectReport
from tracemill.records.labels import Label
from tracemill.records.process.labeled_reports import LabeledReport
from tracemill.records.refs import Ref, Stamp
from tracemill.render.team_whole import held_in

GateQuality = Literal["excellent", "good", "acceptable", "poor"]
"""How good a piece of work is that a gate judged."""

_STAMP: Final = Stamp(by="gate_quality", version=LABEL_VERSION)
_UNSURE: Final = 0.5
_WHY: Final[dict[GateQuality, str]] = {
    "excellent": "the gate passed at the first attempt",
    "good": "the gate passed after another attempt or with a remedy",
    "acceptable": "a person took it over and settled it",
    "poor": "the gate said no, and nothing is told that mended it",
}


class _Escalation(NamedTuple):
    id: str
    is_resolved: bool


class GateFacts(NamedTuple):
    """What the quality of a judged piece of work follows from."""

    result: Literal["pass", "fail", "ambiguous"] | None
    attempt: int = 1
    max_retries: int = 3
    is_fixed: bool = False
    """Whether a remedy without a person helped."""
    is_resolved_by_person: bool = False
    """Whether it was handed to a person, who settled it."""


def gate_quality(facts: GateFacts, *, any_pass_is_excellent: bool = False) -> GateQuality | None:
    """Return how good a judged piece of work is; None where the gate could not tell."""
    if facts.result == "pass":
        return "excellent" if facts.attempt == 1 or any_pass_is_excellent else "good"
    if facts.result != "fail":
        return None
    if facts.is_fixed and facts.attempt < facts.max_retries:
        return "good"
    return "acceptable" if facts.is_resolved_by_person else "poor"


def label_gates(events: Sequence[TeamReport], rules: LabelRules) -> Iterator[LabeledReport]:
    """Yield every judgement of a gate, the oldest first, with its quality where that is known."""
    escalated = _escalated(events)
    for event in events:
        if not isinstance(event.report, GateReport):
            continue
        escalation = escalated.get(event.id)
        facts = _facts(event, event.report, escalation, rules)
        quality = gate_quality(facts, any_pass_is_excellent=rules.any_pass_is_excellent)
        labels = () if quality is None else (_label(event, quality, escalation),)
        yield LabeledReport(event=event, labels=labels)


def _facts(
    event: TeamReport, gate: GateReport, escalation: _Escalation | None, rules: LabelRules
) -> GateFacts:
    beyond = event.remainder.values if event.remainder else {}
    most = beyond.get("max_retries")
    is_said = beyond.get("escalated_to_human") is True and beyond.get("human_resolved") is True
    is_decided = gate.human_override is True and bool(gate.human_decision)
    return GateFacts(
        result=gate.gate_result,
        attempt=gate.retry_attempt or 1,
        max_retries=most if type(most) is int and most > 0 else rules.max_retries,
        is_fixed=gate.auto_fix_success is True,
        is_resolved_by_person=is_said
        or is_decided
        or (escalation is not None and escalation.is_resolved),
    )


def _label(event: TeamReport, quality: GateQuality, escalation: _Escalation | None) -> Label:
    gate = event.report
    is_sure = isinstance(gate, GateReport) and gate.retry_attempt is not None
    shown = [event.id, escalation.id] if escalation and quality == "acceptable" else [event.id]
    return Label(
        target=Ref(kind="event", id=event.id),
        name="gate.quality",
        value=quality,
        reason=_WHY[quality],
        confidence=1.0 if is_sure else _UNSURE,
        evidence=tuple(Ref(kind="event", id=name) for name in dict.fromkeys(shown)),
        stamp=_STAMP,
    )


class _Failed:
    """The judgements of one stage that were a no, in their order."""

    def __init__(self) -> None:
        self._dated: list[TeamReport] = []
        self._moments: list[datetime] = []
        self._undated: list[TeamReport] = []

    def add(self, event: TeamReport) -> None:
        if event.at is None:
            self._undated.append(event)
        else:
            self._dated.append(event)
            self._moments.append(event.at)

    def last_before(self, event: TeamReport) -> TeamReport | None:
        """Return the last one that may lie before an event: those without a moment come last."""
        at = event.at
        n_undated = len(self._undated)
        if at is None:
            n_undated = _n_till(event, self._undated, 0, n_undated)
        if n_undated:
            return self._undated[n_undated - 1]
        n_before = len(self._dated)
        if at is not None:
            n_before = bisect_right(self._moments, at)
            n_before = _n_till(event, self._dated, bisect_left(self._moments, at), n_before)
        return self._dated[n_before - 1] if n_before else None


def _n_till(event: TeamReport, told: Sequence[TeamReport], first: int, last: int) -> int:
    """Return how many reports, up to `last`, do not stand behind an event in its own log.

    Those from `first` on are of its moment, by their logs and as they stand there.
    """
    if first == last or event.span is None or told[last - 1].origin.uri > event.origin.uri:
        return last
    return bisect_right(told, _place(event), first, last, key=_place)


def _place(event: TeamReport) -> tuple[str, int]:
    return event.origin.uri, -1 if event.span is None else event.span.start


def _escalated(events: Sequence[TeamReport]) -> dict[str, _Escalation]:
    """Return by judgement the escalation that followed it: a stage's last no before it."""
    failed: defaultdict[tuple[str | None, str | None], _Failed] = defaultdict(_Failed)
    for event in events:
        gate = event.report
        if isinstance(gate, GateReport) and gate.gate_result == "fail" and gate.stage:
            failed[event.project_id, gate.stage].add(event)
    found: dict[str, _Escalation] = {}
    for event, escalation in _escalations(events):
        at_stage = failed.get((event.project_id, escalation.stage))
        before = at_stage.last_before(event) if at_stage else None
        if before is not None:
            found[before.id] = _Escalation(event.id, bool(escalation.resolution))
    return found


def _escalations(events: Iterable[TeamReport]) -> Iterator[tuple[TeamReport, EscalationReport]]:
    for event in events:
        if isinstance(event.report, EscalationReport):
            yield event, event.report
        elif isinstance(event.report, ProjectReport):
            for held in held_in(event.report):
                if isinstance(held, EscalationReport):
                    yield event, held


def moment_of(event: TeamReport) -> tuple[bool, float, str, int, str]:
    """Return what reports are sorted by: their moment, those without one at the end.

    Those of one moment stand as in their log, and logs by their address.
    """
    return event.at is None, moment_key(event.at), *_place(event), event.id
