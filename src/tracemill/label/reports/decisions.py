"""Whether an agent advised what a person then decided.

Advice is `correct` where the person decided so, `reasonable` where the decision is one of the
options that the report names as near, and `incorrect` otherwise. How sure that is, is what the
person said of it; where nobody said, 0.5 stands in, and the label says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from tracemill.label import LABEL_VERSION
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_projects import ApprovalReport, ProjectReport
from tracemill.records.labels import Label
from tracemill.records.process.labeled_reports import LabeledReport
from tracemill.records.refs import Ref, Stamp
from tracemill.render.team_whole import held_in

Alignment = Literal["correct", "reasonable", "incorrect"]
"""How near an agent's advice came to what a person decided."""

DEFAULT_CONFIDENCE: Final = 0.5
"""How sure a decision is of which nobody said it."""
_STAMP: Final = Stamp(by="decision_alignment", version=LABEL_VERSION)
_OPTIONS: Final = ("nearby_options", "options")
_RATINGS: Final = ("human_confidence_rating", "human_confidence")
_PERCENT: Final = 100
_WHY: Final[dict[Alignment, str]] = {
    "correct": "the person decided as advised",
    "reasonable": "the person decided for another of the options that are named",
    "incorrect": "the person decided against the advice",
}


def decision_alignment(decision: ApprovalReport, nearby: Sequence[str] = ()) -> Alignment | None:
    """Return how near the advice came; None where it is not told what either of both said."""
    advice, decided = decision.agent_recommendation, decision.human_decision
    is_aligned = decision.decision_aligned
    if is_aligned is None and advice and decided:
        is_aligned = _plain(advice) == _plain(decided)
    if is_aligned is None:
        return None
    if is_aligned:
        return "correct"
    is_near = decided is not None and _plain(decided) in map(_plain, nearby)
    return "reasonable" if is_near else "incorrect"


def label_decisions(events: Sequence[TeamReport]) -> Iterator[LabeledReport]:
    """Yield every decision of a person, with how near the advice came where that is known.

    Decisions that a summary holds count where their project has no lines of its own.
    """
    own = {event.project_id for event in events if isinstance(event.report, ApprovalReport)}
    for event in events:
        if isinstance(event.report, ApprovalReport):
            yield _labeled(event, event.report)
        elif isinstance(event.report, ProjectReport) and event.project_id not in own:
            for held in held_in(event.report):
                if isinstance(held, ApprovalReport):
                    part = msgspec.structs.replace(event, report=held, remainder=None)
                    yield _labeled(part, held)


def _labeled(event: TeamReport, decision: ApprovalReport) -> LabeledReport:
    beyond = event.remainder.values if event.remainder else {}
    alignment = decision_alignment(decision, _nearby(beyond))
    if alignment is None:
        return LabeledReport(event=event)
    sure = _confidence(beyond)
    said = "" if sure is not None else "; how sure the person was is not said"
    label = Label(
        target=Ref(kind="event", id=event.id),
        name="decision.alignment",
        value=alignment,
        reason=_WHY[alignment] + said,
        confidence=DEFAULT_CONFIDENCE if sure is None else sure,
        evidence=(Ref(kind="event", id=event.id),),
        stamp=_STAMP,
    )
    return LabeledReport(event=event, labels=(label,), has_default_confidence=sure is None)


def _nearby(beyond: Mapping[str, Any]) -> list[str]:
    said = (beyond.get(name) for name in _OPTIONS)
    listed: list[Any] = next((each for each in said if isinstance(each, list)), [])
    return [option for option in listed if isinstance(option, str)]


def _confidence(beyond: Mapping[str, Any]) -> float | None:
    """Return how sure the person was, said as 0 to 100; None where nobody said it."""
    said = next((beyond[name] for name in _RATINGS if name in beyond), None)
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= _PERCENT:
        return None
    return said / _PERCENT


def _plain(text: str) -> str:
    return text.strip().casefold()
