"""Hand-offs in sessions and documents, listed and checked. Read-only.

All is read off the steps, the documents and the links when it is asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from tracemill.base.text import one_line
from tracemill.flows.analysis.handed import held_sessions, read_handoffs, steps_of
from tracemill.flows.held.lookup import only_one
from tracemill.label.handoffs.asked_again import AskedAgain
from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.work.handoffs import (
    CheckedHandOff,
    FactFate,
    HandOff,
    HandOffKind,
    TakeUpMethod,
    WhyUnknown,
)
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

_WIDTH: Final = 100


class HandOffRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A hand-off in short."""

    id: str
    """The hand-off."""
    at: datetime | None
    """When it was said or committed."""
    kind: HandOffKind
    """What hands on."""
    source: str
    """The step, or the document's path."""
    session: str | None
    """The session that handed on; None where it is not known."""
    confidence: Ratio
    """How sure it is that something is handed on."""
    items: Count
    """How many things are listed as left."""
    next_session: str | None
    """The session that went on; None where that is not known."""
    method: TakeUpMethod | None
    """How that is known."""
    sure: Ratio | None
    """How sure that is."""
    why_unknown: WhyUnknown | None
    """Why it is not known."""
    opening: str
    """How the first passage begins, on one line."""


class HandOffList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Hand-offs that were asked for."""

    rows: tuple[HandOffRow, ...]
    """The newest first."""
    total: Count
    """How many there are."""
    kinds: dict[str, Count]
    """How many, by what hands on."""
    methods: dict[str, Count]
    """How many, by how it is known who went on; `unknown` where it is not, or not for sure."""


class HandOffCheck(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How much of what was handed on the next session asked for again."""

    n_handoffs: Count
    """Hand-offs."""
    n_known: Count
    """Those of which the next session is known for sure; the others are not looked at."""
    facts: dict[str, dict[FactFate, Count]]
    """What became of the files and commands that they name."""
    asked_again: Ratio | None
    """Which share of the facts that were used or asked for was asked for again; None of none."""
    n_questions: Count
    """Questions that the next sessions put to people."""
    n_told: Count
    """Those that the hand-off had answered."""
    checked: tuple[CheckedHandOff, ...]
    """Each hand-off that was looked at, those with most asked again first."""


def list_handoffs(
    workspace: Workspace, limit: int, kind: HandOffKind | None = None, *, is_unknown_only: bool
) -> HandOffList:
    """Return hand-offs, the newest first; 0 for all.

    Raises:
        NotFoundError: nothing is kept.
    """
    everything = read_handoffs(workspace)
    found = [
        each
        for each in everything
        if kind in (None, each.kind) and not (is_unknown_only and _is_known(each))
    ]
    return HandOffList(
        rows=tuple(map(row_of, found[: limit or None])),
        total=len(found),
        kinds=dict(sorted(Counter(each.kind for each in found).items())),
        methods=dict(
            Counter(
                each.taken_up.method if each.taken_up and each.taken_up.is_sure else "unknown"
                for each in found
            ).most_common()
        ),
    )


def show_handoff(workspace: Workspace, name: str) -> HandOff:
    """Return one hand-off.

    Raises:
        NotFoundError: none or several answer to the name.
    """
    return handoff_of(read_handoffs(workspace), name)


def handoff_of(handoffs: Iterable[HandOff], name: str) -> HandOff:
    """Return the one hand-off that a name means.

    Raises:
        NotFoundError: none or several answer to it.
    """
    found = [each for each in handoffs if each.id.startswith(name)]
    return only_one(found, name, "hand-off", "handoff list", attrgetter("id"))


def check_handoffs(workspace: Workspace) -> HandOffCheck:
    """Say how much of what was handed on the next session asked for again.

    Raises:
        NotFoundError: nothing is kept.
    """
    return check_these(workspace, read_handoffs(workspace))


def check_these(workspace: Workspace, everything: Sequence[HandOff]) -> HandOffCheck:
    """Say the same of hand-offs that were read already."""
    known = [each for each in everything if each.taken_up is not None and each.taken_up.is_sure]
    checked = _checked(workspace, known)
    facts: dict[str, dict[FactFate, int]] = {
        kind: {"used": 0, "asked_again": 0, "untouched": 0} for kind in ("file", "command")
    }
    for each in checked:
        for fact in each.facts:
            facts[fact.kind][fact.fate] += 1
    again = sum(fates["asked_again"] for fates in facts.values())
    touched = again + sum(fates["used"] for fates in facts.values())
    asked = sorted(
        ((each.trajectory_id, q.step, q.text), q.told is not None)
        for each in checked
        for q in each.questions
    )
    questions = dict(asked)  # of hand-offs to one session, any may have told it
    return HandOffCheck(
        n_handoffs=len(everything),
        n_known=len(known),
        facts=facts,
        asked_again=again / touched if touched else None,
        n_questions=len(questions),
        n_told=sum(questions.values()),
        checked=tuple(sorted(checked, key=lambda each: (-_n_again(each), each.handoff_id))),
    )


def _checked(workspace: Workspace, known: Iterable[HandOff]) -> list[CheckedHandOff]:
    """Return what the next sessions made of hand-offs, in one pass over their steps."""
    lake = Lake(workspace.lake)
    listening: defaultdict[str, list[tuple[int, HandOff, AskedAgain]]] = defaultdict(list)
    for handoff in known:
        assert handoff.taken_up is not None, "only these are looked at"
        is_own = handoff.taken_up.trajectory_id == handoff.trajectory_id
        first = (handoff.source.step or 0) if is_own else -1
        listening[handoff.taken_up.trajectory_id].append((first, handoff, AskedAgain(handoff)))
    held = held_sessions(lake)
    later = {name: held.activities[name] for name in listening if name in held.activities}
    for step in steps_of(lake, later) if later else ():
        for first, _, asked in listening[step.trajectory_id]:
            if step.index > first:
                asked.take(step)
    return [asked.finish(name) for name, heard in listening.items() for _, _, asked in heard]


def _n_again(checked: CheckedHandOff) -> int:
    facts = sum(fact.fate == "asked_again" for fact in checked.facts)
    return facts + sum(question.told is not None for question in checked.questions)


def _is_known(handoff: HandOff) -> bool:
    return handoff.taken_up is not None and handoff.taken_up.is_sure


def row_of(handoff: HandOff) -> HandOffRow:
    """Return a hand-off in short."""
    taken, first = handoff.taken_up, handoff.parts[0]
    return HandOffRow(
        id=handoff.id,
        at=handoff.at,
        kind=handoff.kind,
        source=handoff.path or handoff.source.name,
        session=handoff.trajectory_id,
        confidence=handoff.confidence,
        items=len(handoff.items),
        next_session=taken.trajectory_id if taken else None,
        method=taken.method if taken else None,
        sure=taken.confidence if taken else None,
        why_unknown=handoff.why_unknown,
        opening=one_line(handoff.text[first.start : first.end], _WIDTH),
    )
