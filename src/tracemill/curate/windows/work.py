"""What every builder works on: a trajectory of an episode, and its windows; and how examples begin.

A builder never decides alone what may be imitated: what a person refused, stopped or corrected,
what redaction could not read, and what is out to steer a reader, is judged here for all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

from tracemill.base.ids import make_id
from tracemill.base.text import without_spaces
from tracemill.curate.windows.missing import holds_image, is_withheld
from tracemill.curate.windows.setting import Setting, told_setting
from tracemill.curate.windows.sight import blind_edits, is_bare_edit
from tracemill.curate.windows.suspicion import suspicion_of_steps
from tracemill.curate.windows.tools import infer_tools
from tracemill.curate.windows.undone import is_in_sight
from tracemill.curate.windows.windows import Turn
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import ChatBuilder, ChatExample, Lineage, Message
from tracemill.records.datasets.recipes import DEFAULT_BUILDERS, CallForm
from tracemill.records.inputs import Input
from tracemill.records.refs import Record, Span
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.recoveries import FailureKind
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.records.work.handoffs import NextSession
from tracemill.render.messages import is_trained, render_messages

DropReason = Literal[
    "outcome_unknown", "outcome_partial", "outcome_failed", "outcome_abandoned", "unsure_outcome",
    "no_user_step", "too_long", "unanswered_call", "no_trained_message", "rejected_turn",
    "interrupted_turn", "corrected_turn", "undone_turn", "image_turn", "lost_request",
    "failed_step", "blind_edit", "bare_edit", "cut_answer", "repeated_result", "called_wrong",
    "told_elsewhere", "next_unknown", "next_unjudged", "no_handoff", "unscanned_text",
    "hidden_text", "control_tokens", "untrusted_instructions", "split_session", "unwanted_answer",
    "unjudged_answer", "announcement", "command_turn", "short_answer", "code_answer", "no_change",
    "unclear_step", "nothing_wrong", "start_unknown", "unproven_check", "split_recovery",
    "unwanted_recovery", "environment_recovery", "unexplained_recovery", "silenced_check",
    "other_request", "long_recovery", "nested_recovery", "split_pair", "unwanted_choice",
    "failed_choice", "acted_on", "several_calls", "indirect_retry", "told_news", "long_pair",
    "identical_sides", "answers_correction", "unwanted_by_people",
]  # fmt: skip
"""Why something is not imitated (`docs/datasets.md`). The `…_turn` reasons, `failed_step`,
`…_edit`, `cut_answer`, `repeated_result`, `called_wrong` leave it in its window, untrained."""

CHECKS: Final[frozenset[FailureKind]] = frozenset({"test", "lint", "types", "build"})
"""What looks at the work: to run one that fails is no mistake."""

MIN_CORRECTION: Final = 0.5
"""Sureness from which a correction keeps the turn before it from being imitated."""
_BROKEN_OFF: Final = re.compile(
    r"(?:,| (?:the|an?|to|of|and|or|at|with|by|from|are|be|which|as|into|if|when|will))\s*\Z"
)
"""How words end that were cut off."""
_ON_PICTURE: Final = re.compile(r"\b(?:screenshots?|pictures?|in the image)\b", re.IGNORECASE)
"""How an agent speaks of a picture, also after the turn that held it."""
_GOING_ON: Final = re.compile(
    r"(?:(?:please|ok|okay|yes|y|sure|great|good|thanks|now|and|then|continue|go|on|ahead|proceed|"
    r"keep|going|do|it|that|so|next)\b\W*){1,5}",
    re.IGNORECASE,
)
"""A request to go on, which says nothing of what was asked before."""
_MIN_REPEATED: Final = 200
"""Characters from which to say again what a tool returned is no answer."""


class ChatConfig(Record, frozen=True, kw_only=True):
    """Settings of the builders."""

    builders: tuple[str, ...] = DEFAULT_BUILDERS
    """Names of the builders that take part."""
    max_chars: int = 120_000
    """Longest window, in characters of text, arguments and results: about 30,000 tokens."""
    min_confidence: float = 0.5
    """Outcomes that are less sure give no example of a session."""
    max_recovery_steps: int = 40
    """Steps of the agent between a failure and what worked, from which it is another story."""
    max_side_chars: int = 16_000
    """Longest side of a preference pair, and longest completion that a person judged."""
    min_reaction: float = 0.5
    """Strength times sureness from which what a person said next judges a message."""
    calls: CallForm = "as_made"
    """How calls that were made at once are told."""


class Configured:
    """What every builder is: made with the settings of a dataset."""

    def __init__(self, config: ChatConfig) -> None:
        self.config = config


class Drop(NamedTuple):
    """Something that is not imitated, and why."""

    reason: DropReason
    trajectory_id: str
    first_step: int
    last_step: int


class Work(Record, frozen=True, kw_only=True):
    """One trajectory of an episode, and what is known of it."""

    episode: Episode
    """The episode that it belongs to."""
    trajectory: Trajectory
    """The trajectory."""
    activity: Activity
    """What it did."""
    input: Input
    """The input that holds its steps."""
    start_commit: str | None = None
    """Hash of the commit from which its work began; None where nobody recorded it."""
    end_commit: str | None = None
    """Hash of the last commit of its work; None where none is known."""
    called_wrong: tuple[int, ...] = ()
    """Steps that people who looked at them called wrong."""
    called_right: tuple[int, ...] = ()
    """Steps that they called right."""
    next_session: NextSession | None = None
    """The session that surely went on with it; None where none is known, or nobody asks for it."""
    refused: Literal["undone_turn", "told_elsewhere"] | None = None
    """Why nothing of it is imitated: it was begun in an undone branch, or is told elsewhere."""
    setting: Setting = Setting()
    """What set its session up, once its steps are read."""

    def drop(self, reason: DropReason, first: int, last: int) -> Drop:
        """Return that some steps are not imitated."""
        return Drop(reason, self.trajectory.id, first, last)

    def lineage(self, *parts: Sequence[Step]) -> tuple[Lineage, ...]:
        """Return where steps came from, part by part, and last what set their session up."""
        begins_later = bool(parts[0][0].index) and bool(self.setting.steps)
        return tuple(map(self._origin, (*parts, self.setting.steps) if begins_later else parts))

    def _origin(self, steps: Sequence[Step]) -> Lineage:
        return Lineage(
            episode_id=self.episode.id,
            trajectory_id=self.trajectory.id,
            first_step=steps[0].index,
            last_step=steps[-1].index,
            input_id=self.input.id,
            uri=self.input.uri,
            content=self.input.content or "",
            span=Span(
                start=min(step.span.start for step in steps),
                end=max(step.span.end for step in steps),
            ),
        )

    def messages(self, steps: Sequence[Step], untrained: Collection[int] = ()) -> list[Message]:
        """Return the messages of some steps behind what set the session up.

        Raises:
            UnansweredCallError: a call of them was never answered.
        """
        return render_messages(steps, untrained, self.setting.steps)

    def context(self, steps: Sequence[Step]) -> list[Message]:
        """Return what some steps are before an answer: `messages`, of which nothing is imitated."""
        return self.messages(steps, {step.index for step in steps})

    def tags(
        self, builder: str, messages: Iterable[Message], tools: Sequence[Any], *more: str
    ) -> tuple[str, ...]:
        """Return what is known about an example that is made of it."""
        tags = [
            f"agent:{self.trajectory.agent}",
            f"builder:{builder}",
            f"kind:{self.episode.kind}",
            f"outcome:{self.episode.outcome}",
            f"sure:{self.episode.confidence:.2f}",
            told_setting(messages, self.setting),
            *(("tools:inferred",) if tools else ()),
        ]
        return tuple(sorted([*tags, *more]))

    def chat_example(
        self,
        steps: Sequence[Step],
        untrained: Collection[int],
        builder: ChatBuilder,
        more: Iterable[str] = (),
        tools: tuple[dict[str, Any], ...] | None = None,
    ) -> ChatExample:
        """Return the example of some steps, the last imitated, with `tools` or those that it calls.

        Raises:
            UnansweredCallError: a call of them was never answered.
        """
        messages = self.messages(steps, untrained)
        while not messages[-1].trained:  # who imitates the last calls has not seen the answers
            messages.pop()
        tools = infer_tools(messages, self.trajectory.agent) if tools is None else tools
        return ChatExample(
            id=make_id("example", canonical_json(messages), canonical_json(tools)),
            builder=builder,
            messages=tuple(messages),
            tools=tools,
            lineage=self.lineage(steps),
            tags=self.tags(builder, messages, tools, *more),
        )


class Unwanted(NamedTuple):
    """Steps of a window that stay in it and are not imitated."""

    reason: DropReason
    first: int
    last: int


class Window:
    """Whole turns that follow one another, and what speaks against them."""

    def __init__(
        self,
        turns: Sequence[Turn],
        activity: Activity,
        undone: Sequence[Turn] = (),
        called_wrong: Collection[int] = (),
        setting: Sequence[Step] = (),
    ) -> None:
        self.turns = turns
        self._setting = setting
        self._undone = undone
        self._called_wrong = called_wrong
        self.steps = [step for turn in turns for step in turn.steps]
        self.first_step = turns[0].first_step
        self.last_step = turns[-1].last_step
        self.has_prompt = turns[0].has_prompt
        self._activity = activity
        self._flaws: dict[int, DropReason | None] = {}
        self._corrected = [
            c.step - 1 for c in activity.corrections if c.confidence >= MIN_CORRECTION
        ]

    @cached_property
    def unwanted(self) -> tuple[Unwanted, ...]:
        """What of it is not to be imitated: whole turns, then steps of the others."""
        turns = [
            Unwanted(reason, turn.first_step, turn.last_step)
            for turn in self.turns
            if (reason := self.disliked(turn) or self._lost(turn)) is not None
        ]
        refused = {index for each in turns for index in range(each.first, each.last + 1)}
        steps = [
            Unwanted(reason, step.index, step.index)
            for step in self.steps
            if step.index not in refused and (reason := self.flaw(step)) is not None
        ]
        return *turns, *steps

    @cached_property
    def _failed(self) -> set[int]:
        return _failed_steps(self._activity) | set(self._given_up())

    @cached_property
    def _has_image(self) -> bool:
        return any(map(holds_image, self.turns))

    def _given_up(self) -> Iterator[int]:
        """Yield the words right behind an edit that failed: they only make up for it."""
        edits = (each for each in self._activity.recoveries if each.kind == "edit")
        lost = {at for each in edits for at in each.attempts}
        own = [step for step in self.steps if step.speaker in {"agent", "user"}]
        for before, step in pairwise(own):
            if before.index in lost and step.speaker == "agent" and not step.calls:
                yield step.index

    @cached_property
    def blind(self) -> set[int]:
        """Steps that edit or quote what the log does not show before."""
        return blind_edits(self.steps)

    @cached_property
    def untrained(self) -> frozenset[int]:
        """Indexes of the steps that are not to be imitated."""
        return frozenset(
            step.index
            for step in self.steps
            if any(each.first <= step.index <= each.last for each in self.unwanted)
        )

    @cached_property
    def distrust(self) -> DropReason | None:
        """Why nobody should learn from it, whatever became of the work."""
        shown = [*(self._setting if self.first_step else ()), *self.steps]
        return "unscanned_text" if any(map(is_withheld, shown)) else suspicion_of_steps(shown)

    def spans(self, first: int, last: int) -> bool:
        """Tell whether it holds the steps from one index to another."""
        return self.first_step <= first and bool(self.steps) and last <= self.steps[-1].index

    def seen_at(self, index: int) -> Window | None:
        """Return what the model saw at an undone step, and the turn of that; None for others."""
        spans = self._activity.undone
        if not any(turn.first_step <= index <= turn.last_step for turn in self._undone):
            return None
        turns = sorted([*self.turns, *self._undone], key=lambda turn: turn.first_step)
        seen = [turn for turn in turns if is_in_sight(turn.first_step, index, spans)]
        until = [turn for turn in seen if turn.first_step <= index]
        return Window(until, self._activity, called_wrong=self._called_wrong, setting=self._setting)

    def begins_in(self, index: int) -> bool:
        """Tell whether a step is in it, held or cut off."""
        return self.first_step <= index <= self.last_step

    def reactions_to(self, turn: Turn) -> list[Reaction]:
        """Return what the person said of a turn with the words that begin the next one."""
        after = next((each for each in self.turns if each.first_step > turn.last_step), None)
        asked = next((s.index for s in after.steps if s.speaker == "user"), None) if after else None
        return [each for each in self._activity.reactions if each.step == asked]

    def turns_of(self, first: int, last: int) -> list[Turn]:
        """Return the turns that share a step with those from one index to another."""
        return [turn for turn in self.turns if turn.first_step <= last and first <= turn.last_step]

    def _lost(self, turn: Turn) -> DropReason | None:
        """Return that nobody can tell what a turn was asked for, since that was said before."""
        asked = "".join(step.text for step in turn.steps if step.speaker == "user")
        is_first = turn is self.turns[0] and turn.first_step > 0 and not turn.begins_context
        return "lost_request" if is_first and _GOING_ON.fullmatch(asked.strip()) else None

    def flaw(self, step: Step) -> DropReason | None:
        """Return why a step of the agent is not to be imitated, whatever its turn is like."""
        if not is_trained(step):
            return None
        if step.index not in self._flaws:
            self._flaws[step.index] = next(self._flaws_of(step), None)
        return self._flaws[step.index]

    def _flaws_of(self, step: Step) -> Iterator[DropReason]:
        """Yield what speaks against a step, what weighs most first; each is dearer to tell."""
        if step.index in self._failed:
            yield "failed_step"
        if step.index in self.blind:
            yield "blind_edit"
        if is_bare_edit(step):
            yield "bare_edit"
        if step.index in self._repeating:
            yield "repeated_result"
        if self._has_image and _ON_PICTURE.search(step.text) is not None:
            yield "image_turn"
        if not step.calls and _BROKEN_OFF.search(step.text) is not None:
            yield "cut_answer"
        if step.index in self._called_wrong:
            yield "called_wrong"

    @cached_property
    def _repeating(self) -> set[int]:
        """Steps that say again what a tool had just returned, and nothing else."""
        found: set[int] = set()
        for before, step in pairwise(self.steps):
            if step.speaker != "agent" or len(step.text) < _MIN_REPEATED or not before.results:
                continue
            said = without_spaces(step.text)
            returned = (without_spaces(each.content) for each in before.results)
            if len(said) >= _MIN_REPEATED and said in "".join(returned):
                found.add(step.index)
        return found

    def disliked(self, turn: Turn, since: int = 0) -> DropReason | None:
        """Return why a turn, from a step of it on, is not to be imitated."""
        first = max(turn.first_step, since)
        if _any_within(self._activity.rejected_steps, first, turn.last_step):
            return "rejected_turn"
        if _any_within(self._activity.interrupted_steps, first, turn.last_step):
            return "interrupted_turn"
        if _any_within(self._corrected, first, turn.last_step):
            return "corrected_turn"
        return "image_turn" if holds_image(turn) else None


def _failed_steps(activity: Activity) -> set[int]:
    """Return the steps in which something failed, but for checks that were seen to pass later."""
    return {
        at
        for each in activity.recoveries
        if each.kind not in CHECKS or each.resolved_step is None
        for at in each.attempts
    }


def _any_within(indexes: Sequence[int], first: int, last: int) -> bool:
    place = bisect_left(indexes, first)
    return place < len(indexes) and indexes[place] <= last
