"""Hand-offs: the state of a session, the words that hand it over, and how the next one went.

The last words of a session hand its work over where they say what is left, or tell at length of
what was changed. Whether they did so well is not read off them: it is what became of the session
that surely went on (`link.sessions.take_ups`). Words before a session that was achieved are right,
those before one that failed or was abandoned are wrong; where nobody knows who went on, or what
became of that, nothing is made of them. It is weak evidence: work may fail in spite of a good
hand-off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from tracemill.base.handed_on import handing_parts
from tracemill.base.ids import make_id
from tracemill.curate.builders.chat import distrusted
from tracemill.curate.builders.sides import start_of_reply
from tracemill.curate.windows.missing import holds_image
from tracemill.curate.windows.tools import infer_tools
from tracemill.curate.windows.work import (
    Configured,
    Drop,
    DropReason,
    Window,
    Work,
)
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import UnpairedExample
from tracemill.records.refs import Ref
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Outcome
from tracemill.records.work.handoffs import NextSession
from tracemill.render.messages import UnansweredCallError, is_trained, render_messages

_LABELS: Final[Mapping[Outcome, bool]] = {"achieved": True, "failed": False, "abandoned": False}
_MIN_REPORT: Final = 200
"""Characters from which words behind changes tell of them."""


class HandOffBuilder(Configured):
    """Makes one example of the last words of each session that another one went on with."""

    name: ClassVar[str] = "handoff"

    def refusal(self, work: Work) -> DropReason | None:
        """Return that nobody knows who went on, or what became of that."""
        if work.next_session is None:
            return "next_unknown"
        return None if work.next_session.outcome in _LABELS else "next_unjudged"

    def has_material(self, work: Work) -> bool:
        """Tell whether anything was done that could be handed over."""
        return bool(work.activity.n_calls)

    def build(self, work: Work, window: Window) -> Iterator[UnpairedExample | Drop]:
        """Yield the example of the window that holds the end of the session, or why it has none."""
        if work.next_session is None or window.last_step < work.trajectory.n_steps - 1:
            return
        own = [step for step in window.steps if is_trained(step)]
        if not own or not _hands_over(own[-1], work):
            yield work.drop("no_handoff", window.first_step, window.last_step)
        elif (reason := _flaw(window, own[-1])) is not None:
            yield work.drop(reason, own[-1].index, own[-1].index)
        else:
            yield self._made(work, window, own[-1], work.next_session)

    def _made(
        self, work: Work, window: Window, step: Step, following: NextSession
    ) -> UnpairedExample | Drop:
        place = next(at for at, each in enumerate(window.steps) if each.index == step.index)
        first = start_of_reply(window.steps, place)
        before, own = window.steps[:first], window.steps[first : place + 1]
        try:
            prompt = work.context(before)
        except UnansweredCallError as error:
            return work.drop("unanswered_call", error.step, step.index)
        completion = render_messages(own)[:1]
        if not any(message.role == "user" for message in prompt):
            return work.drop("no_user_step", step.index, step.index)
        if len(canonical_json(completion)) > self.config.max_side_chars:
            return work.drop("long_pair", step.index, step.index)
        tools = infer_tools([*prompt, *completion], work.trajectory.agent)
        label = _LABELS[following.outcome]
        more = (
            "view:collaboration", f"next:{following.outcome}", f"by:{following.method}",
        )  # fmt: skip
        return UnpairedExample(
            id=make_id("example", *map(canonical_json, (prompt, completion, label, tools))),
            builder="handoff",
            prompt=tuple(prompt),
            completion=tuple(completion),
            label=label,
            strength=round(following.confidence * following.outcome_confidence, 2),
            evidence=(
                Ref(kind="trajectory", id=work.trajectory.id, step=step.index),
                Ref(kind="trajectory", id=following.trajectory_id),
            ),
            tools=tools,
            lineage=work.lineage(window.steps[: place + 1]),
            tags=work.tags("handoff", prompt, tools, *more),
        )


def _hands_over(step: Step, work: Work) -> bool:
    """Tell whether words say what is left, or tell at length of what was changed before."""
    if step.calls or not step.text.strip():
        return False
    changed = work.activity.last_edit_step is not None and work.activity.last_edit_step < step.index
    is_report = changed and len(step.text) >= _MIN_REPORT
    return is_report or bool(handing_parts(step.text, with_sentences=True))


def _flaw(window: Window, step: Step) -> DropReason | None:
    """Return what speaks against the words, whatever became of the next session."""
    if (reason := distrusted(window) or window.flaw(step)) is not None:
        return reason
    turns = window.turns_of(step.index, step.index)
    return "image_turn" if any(map(holds_image, turns)) else None
