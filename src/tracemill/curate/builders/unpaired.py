"""Unpaired preferences: one message of the agent, and whether a person found it right.

What a person said or did next is the evidence (`docs/reactions.md`). A completion is one message:
trainers learn all that it holds, so nothing that a tool returned may stand in it, and where a
person disliked a turn of several messages nobody knows which of them was wrong.

- accepted: the last message of the turn before the words that accept it is right, unless the work
  is known to have failed: who was content then was so too early.
- corrected: the only message of the turn before the words that call it wrong is wrong.
- rejected: the step whose calls a person refused, or that they took back, is wrong.
- called right or wrong: the step of which a person who looked at it says so is what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import msgspec

from tracemill.base.ids import make_id
from tracemill.curate.builders.chat import distrusted
from tracemill.curate.builders.direct import no_answer
from tracemill.curate.builders.sides import start_of_reply
from tracemill.curate.windows.families import family_of
from tracemill.curate.windows.missing import holds_image
from tracemill.curate.windows.tools import infer_tools
from tracemill.curate.windows.windows import Turn
from tracemill.curate.windows.work import (
    ChatConfig,
    Configured,
    Drop,
    DropReason,
    Window,
    Work,
)
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import UnpairedExample
from tracemill.records.refs import Ref
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.trajectory import ResultStatus, Step, ToolResult
from tracemill.render.messages import UnansweredCallError, is_trained, render_messages

_WORDS: Final[frozenset[ReactionKind]] = frozenset({"acceptance", "correction"})
"""What is said of the turn before."""
_DEED: Final[ReactionKind] = "rejection"
"""What is done to a step."""
_REFUSED: Final[frozenset[ResultStatus]] = frozenset({"rejected", "interrupted"})
_PERSON: Final = "person"
"""The rule of what a person said who looked at a step."""
_MARKS: Final[Mapping[ReactionKind, str]] = {
    "acceptance": "called_right", "rejection": "called_wrong",
}  # fmt: skip
"""What such a word is tagged as: nobody said it in the session."""


class UnpairedBuilder(Configured):
    """Makes one example of each message that a person accepted, corrected or refused."""

    name: ClassVar[str] = "reaction"

    def refusal(self, work: Work) -> None:
        """Refuse nothing: what a person called wrong was wrong, whatever became of the work."""

    def has_material(self, work: Work) -> bool:
        """Tell whether a person accepted, corrected or refused anything."""
        is_marked = bool(work.called_right or work.called_wrong)
        heard = work.activity.reactions
        return is_marked or any(each.kind in _WORDS or each.kind == _DEED for each in heard)

    def build(self, work: Work, window: Window) -> Iterator[UnpairedExample | Drop]:
        """Yield the examples of the reactions to one window, and those left out."""
        yield from _marked(work, window, self.config)
        for reaction in work.activity.reactions:
            weight = abs(reaction.strength) * reaction.confidence
            if not reaction.is_sure or weight < self.config.min_reaction:
                continue
            is_deed = reaction.kind == _DEED
            seen = (window.seen_at(reaction.step) if is_deed else None) or window
            turn = _turn_of(seen, reaction)
            if turn is None:
                continue
            step = _refused(turn, reaction) if is_deed else _only_step(turn, reaction)
            if step is None:
                yield work.drop("unclear_step", turn.first_step, reaction.step)
            else:
                yield _made(work, seen, step, reaction, self.config)


def _marked(work: Work, window: Window, config: ChatConfig) -> Iterator[UnpairedExample | Drop]:
    """Yield the examples of the steps that people who looked at them called right or wrong."""
    marked: dict[ReactionKind, tuple[int, ...]] = {
        "acceptance": work.called_right, "rejection": work.called_wrong,
    }  # fmt: skip
    for kind, steps in marked.items():
        for index in steps:
            seen = window.seen_at(index) or (window if window.begins_in(index) else None)
            step = next((s for s in (seen.steps if seen else ()) if s.index == index), None)
            if seen is None or step is None:
                continue
            strength = 1.0 if kind == "acceptance" else -1.0
            said = Reaction(step=index, kind=kind, strength=strength, confidence=1, rule=_PERSON)
            if is_trained(step):
                yield _made(work, seen, step, said, config)
            else:
                yield work.drop("unclear_step", index, index)


def _turn_of(window: Window, reaction: Reaction) -> Turn | None:
    """Return the turn of a window that a reaction is about; None where it is in another one."""
    if reaction.kind == _DEED:
        return next(iter(window.turns_of(reaction.step, reaction.step)), None)
    if reaction.kind not in _WORDS:
        return None
    before = [turn for turn in window.turns if any(map(is_trained, turn.steps))]
    before = [turn for turn in before if turn.first_step < reaction.step]
    is_here = window.begins_in(reaction.step) or reaction.step == window.last_step + 1
    return before[-1] if before and is_here else None


def _only_step(turn: Turn, reaction: Reaction) -> Step | None:
    """Return the message that words are about: the last one, or where they object the only one."""
    own = [step for step in turn.steps if is_trained(step)]
    if turn.is_cut or not own or (reaction.strength < 0 and len(own) > 1):
        return None
    return own[-1]


def _refused(turn: Turn, reaction: Reaction) -> Step | None:
    """Return the step that was refused, where nothing else was done in it."""
    step = next((step for step in turn.steps if step.index == reaction.step), None)
    if step is None or not is_trained(step):
        return None
    statuses = {result.status for result in step.results}
    return step if statuses <= _REFUSED or not statuses & _REFUSED else None


def _made(
    work: Work, window: Window, step: Step, reaction: Reaction, config: ChatConfig
) -> UnpairedExample | Drop:
    reason = distrusted(window) or _flaw(work, window, step, reaction)
    if reason is not None:
        return work.drop(reason, step.index, reaction.step)
    try:
        return _example(work, window, step, reaction, config)
    except UnansweredCallError as error:
        return work.drop("unanswered_call", error.step, reaction.step)


def _flaw(work: Work, window: Window, step: Step, reaction: Reaction) -> DropReason | None:
    """Return what else is wrong with a step; what is called wrong may have failed as well."""
    if any(map(holds_image, window.turns_of(step.index, step.index))):
        return "image_turn"
    if reaction.strength > 0 and reaction.rule == _PERSON:
        return window.flaw(step)
    if reaction.strength > 0:
        if work.episode.outcome == "failed":
            return "outcome_failed"
        found = (each for each in window.unwanted if each.first <= step.index <= each.last)
        reason = next((each.reason for each in found), None)
        return reason or _only_looks(step) or (None if step.calls else no_answer([step]))
    reason = window.flaw(step)
    return None if reason in ("failed_step", "called_wrong") else reason


def _only_looks(step: Step) -> DropReason | None:
    """Return that a step only looks at something: whoever is content is so with what followed."""
    families = {family_of(call.name) for call in step.calls}
    return "announcement" if families and families <= {"read", "search", "plan"} else None


def _example(
    work: Work, window: Window, step: Step, reaction: Reaction, config: ChatConfig
) -> UnpairedExample | Drop:
    place = next(at for at, each in enumerate(window.steps) if each.index == step.index)
    first = start_of_reply(window.steps, place)
    before, own = window.steps[:first], window.steps[first : place + 1]
    prompt = work.context(before)
    completion = render_messages([*own[:-1], _answered(step)])[:1]
    if not any(message.role == "user" for message in prompt) or not completion:
        return work.drop("no_user_step", step.index, reaction.step)
    if len(canonical_json(completion)) > config.max_side_chars:
        return work.drop("long_pair", step.index, reaction.step)
    tools = infer_tools([*prompt, *completion], work.trajectory.agent)
    label = reaction.strength > 0
    steps = (step.index, reaction.step)
    return UnpairedExample(
        id=make_id("example", *map(canonical_json, (prompt, completion, label, tools))),
        builder="reaction",
        prompt=tuple(prompt),
        completion=tuple(completion),
        label=label,
        strength=round(abs(reaction.strength) * reaction.confidence, 2),
        evidence=tuple(
            Ref(kind="trajectory", id=work.trajectory.id, step=at) for at in sorted(set(steps))
        ),
        tools=tools,
        lineage=work.lineage(window.steps[: place + 1]),
        tags=work.tags(
            "reaction", prompt, tools, f"reaction:{_tag(reaction)}", f"rule:{reaction.rule}"
        ),
    )


def _tag(reaction: Reaction) -> str:
    return _MARKS[reaction.kind] if reaction.rule == _PERSON else reaction.kind


def _answered(step: Step) -> Step:
    """Return a step of which each call has some answer: a refused one may never have got any."""
    results = tuple(ToolResult(call_id=call.id) for call in step.calls)
    return msgspec.structs.replace(step, results=results)
