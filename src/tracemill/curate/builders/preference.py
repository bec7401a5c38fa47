"""Preference pairs: two ways to go on from one place, of which evidence says which is better.

A side holds one message of the agent, never what a tool returned, so that nothing is compared but
what the agent itself said. Both sides must be possible from the same place: of what changed files
or the machine, unless a person refused it or took it back, the later way is no alternative.

- retry: a call failed by itself, and the next call of the agent was the same with other arguments
  and worked. A check that fails is no mistake, so checks are left aside.
- correction: a person said that the words before theirs were wrong, asked for the same again, and
  accepted what came then. Where the turn before made one call, and the next one another, both are
  ways to go on behind the correction: to do the same again, or what it asks for.
- rejection: a person refused the calls of a step, or took the step back and asked again, and the
  next calls, of such a tool or program, were wanted and worked; of a branch that they went back
  before, the first step.

Of retries, rejections and calls that were corrected only the calls are compared: the words of the
later ones tell of what happened in between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar, Final, NamedTuple

import msgspec

from tracemill.base.ids import make_id
from tracemill.curate.builders.sides import start_of_reply
from tracemill.curate.windows.calls import said, ways
from tracemill.curate.windows.families import family_of
from tracemill.curate.windows.missing import holds_image
from tracemill.curate.windows.sight import blind_edits
from tracemill.curate.windows.tools import infer_tools
from tracemill.curate.windows.undone import outermost
from tracemill.curate.windows.work import (
    CHECKS,
    ChatConfig,
    Configured,
    Drop,
    DropReason,
    Window,
    Work,
)
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import Message, PreferenceExample
from tracemill.records.datasets.examples import PreferenceBuilder as Kind
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.reactions import STRENGTHS, ReactionKind
from tracemill.records.sessions.recoveries import FailureCause
from tracemill.records.sessions.trajectory import ResultStatus, Step, ToolCall
from tracemill.render.messages import UnansweredCallError, is_trained, render_messages

_CONCEDING: Final = re.compile(
    r"\W*(?:(?:oh|ah|ok|okay|yes|yeah|no|oops|hmm|understood|certainly)\b\W*)*"
    r"(?:you.{1,3}re (?:\w+ )?(?:right|correct)|you are (?:\w+ )?(?:right|correct)|"
    r"(?:i.{0,2} ?(?:am )?)?(?:\w+ )?(?:apologi[sz]e|sorry)|(?:my )?(?:apologies|mistake|bad)\b|"
    r"good (?:catch|point)|thanks? (?:you )?for|fair (?:point|enough)|got it|i see|right\b|"
    r"makes sense)",
    re.IGNORECASE,
)
"""How a reply begins that answers what a person said, which the prompt of a pair does not hold."""
_MAX_BETWEEN: Final = 300
"""Characters that a person may say between the sides; who says more tells the agent news."""
_RETRY_MARGINS: Final[dict[FailureCause, float]] = {
    "usage": 1.0,
    "code": 0.8,
    "unknown": 0.8,
    "environment": 0.5,
}
"""How surely the call itself was at fault that failed, by what its failure points at."""
_REFUSED: Final[frozenset[ResultStatus]] = frozenset({"rejected", "interrupted"})
_FAILED: Final[frozenset[ResultStatus]] = _REFUSED | {"error"}
_GIVEN_UP: Final[frozenset[ReactionKind]] = frozenset({"switch", "abandonment"})
"""What a person says who wants nothing more of it."""
_LOOKING: Final = frozenset(
    {"read", "grep", "glob", "ls", "todowrite", "todoread", "update_plan", "toolsearch"}
)
"""Tools that change nothing, so that what was refused beside them stands alone."""
_WORD: Final = re.compile(r"\w{3,}")
_SAME_REQUEST: Final = 0.5
"""Share of common words from which a request is the one before it, said again."""


class _Pair(NamedTuple):
    """A candidate: where its two sides begin in some steps, of which none between is shown."""

    builder: Kind
    rejected: int
    chosen: int
    margin: float
    steps: Sequence[Step]
    is_behind: bool = False
    """Whether both sides go on from where the better one does, and not from where the worse did."""


class _BadPairError(Exception):
    """A candidate that is no pair."""

    def __init__(self, reason: DropReason) -> None:
        super().__init__(reason)
        self.reason = reason


class PreferenceBuilder(Configured):
    """Makes pairs of ways to go on from one place."""

    name: ClassVar[str] = "preference"

    def refusal(self, work: Work) -> None:
        """Refuse nothing: evidence tells which way is better, whatever became of the work."""

    def has_material(self, work: Work) -> bool:
        """Tell whether a step was refused, a person corrected, or a failure was overcome."""
        activity = work.activity
        has_retry = any(each.resolved_step is not None for each in activity.recoveries)
        return (
            has_retry
            or bool(activity.rejected_steps or activity.undone)
            or any(each.is_sure for each in activity.corrections)
        )

    def build(self, work: Work, window: Window) -> Iterator[PreferenceExample | Drop]:
        """Yield the pairs whose rejected side is in a window, and those left out."""
        return preference_examples(work, window, self.config)


def preference_examples(
    work: Work, window: Window, config: ChatConfig
) -> Iterator[PreferenceExample | Drop]:
    """Yield the pairs whose rejected side is in a window, and those left out."""
    for index, find in _candidates(work, window):
        try:
            _require_trust(window, index)
            yield _example(work, find(), config)
        except _BadPairError as error:
            yield work.drop(error.reason, index, index)
        except UnansweredCallError as error:
            yield work.drop("unanswered_call", error.step, error.step)


def _candidates(work: Work, window: Window) -> Iterator[tuple[int, Callable[[], _Pair]]]:
    finder = _Finder(window, window.steps)
    for recovery in work.activity.recoveries:
        worked, failed = recovery.resolved_step, recovery.attempts[-1]
        is_check = recovery.kind in CHECKS or recovery.change != "arguments"
        if worked is not None and not is_check and window.begins_in(failed):
            margin = _RETRY_MARGINS[recovery.cause]
            yield failed, partial(finder.retry, failed, worked, margin)
    for heard in work.activity.corrections:
        if heard.is_sure and window.begins_in(heard.step - 1):
            margin = round(heard.confidence * -heard.strength, 2)
            yield heard.step, partial(finder.correction, heard.step, margin)
    for step in work.activity.rejected_steps:
        if window.begins_in(step):
            yield step, partial(finder.rejection, step)
    for branch in outermost(work.activity.undone):
        if (seen := window.seen_at(branch.first)) is not None:
            yield branch.first, partial(_undone_pair, window, seen, branch)


def _undone_pair(window: Window, seen: Window, branch: UndoneSteps) -> _Pair:
    """Return how an undone branch began, and how the one did that came in its place."""
    _require_trust(seen, branch.first)
    before = [step for step in seen.steps if step.index <= branch.last]
    own = [step for step in before if step.index >= branch.first and is_trained(step)]
    if not own:
        raise _BadPairError("no_trained_message")
    before = [step for step in before if step.index <= own[0].index]
    behind = [step for step in window.steps if step.index > branch.last]
    return _Finder(window, [*before, *behind]).rejection(own[0].index)


def _require_trust(window: Window, index: int) -> None:
    reason: DropReason | None = window.distrust if window.has_prompt else "no_user_step"
    if reason is None and any(map(holds_image, window.turns_of(index, index))):
        reason = "image_turn"
    if reason is not None:
        raise _BadPairError(reason)


class _Finder:
    """Finds the sides of pairs among the steps of a window."""

    def __init__(self, window: Window, steps: Sequence[Step]) -> None:
        self._window = window
        self._steps = steps
        self._places = {step.index: at for at, step in enumerate(steps)}

    def retry(self, failed: int, worked: int, margin: float) -> _Pair:
        """Return a failing call and the one that worked."""
        first, second = self._place(failed), self._place(worked)
        between = self._steps[first + 1 : second]
        if any(step.calls or step.speaker == "user" for step in between):
            raise _BadPairError("indirect_retry")
        calls = [self._steps[at].calls for at in (first, second)]
        if any(len(own) != 1 for own in calls) or calls[0][0].name != calls[1][0].name:
            raise _BadPairError("several_calls")
        self._require_wanted(second)
        return _Pair("retry", first, second, margin, self._steps)

    def correction(self, heard: int, margin: float) -> _Pair:
        """Return words that a person called wrong, and what was said after that."""
        place = self._place(heard)
        if self._steps[place].speaker != "user":
            raise _BadPairError("no_user_step")
        said = self._agent_before(place)
        accepted = self._accepted_after(heard)
        chosen = self._agent_after(place) if accepted is None else accepted
        if self._steps[chosen].calls and (called := self._call_before(place)) is not None:
            return self._corrected_call(called, chosen, margin)
        if self._steps[said].calls:
            raise _BadPairError("acted_on")
        if accepted is None:
            raise _BadPairError("answers_correction")
        self._require_same_request(said, accepted)
        return _Pair("correction", said, accepted, margin, self._steps)

    def _corrected_call(self, called: int, chosen: int, margin: float) -> _Pair:
        """Return the call that a person called wrong and the one that they asked for."""
        calls = [self._steps[at].calls for at in (called, chosen)]
        if any(len(own) != 1 for own in calls):
            raise _BadPairError("several_calls")
        if family_of(calls[0][0].name) == "edit":
            raise _BadPairError("acted_on")
        results = self._steps[chosen].results
        if any(result.status in _FAILED for result in results):
            raise _BadPairError("failed_choice")
        return _Pair("correction", called, chosen, margin, self._steps, is_behind=True)

    def _call_before(self, place: int) -> int | None:
        """Return the only step of the turn before that called anything; None without such a one."""
        found: list[int] = []
        for at in range(place - 1, -1, -1):
            if self._steps[at].speaker == "user":
                break
            if is_trained(self._steps[at]) and self._steps[at].calls:
                found.append(at)
        return found[0] if len(found) == 1 else None

    def rejection(self, step: int) -> _Pair:
        """Return a step that a person refused or took back, and the one after that."""
        place = self._place(step)
        refused, others = _parted(self._steps[place])
        chosen = self._agent_after(place)
        own = self._steps[chosen]
        if not own.calls or any(result.status in _FAILED for result in own.results):
            raise _BadPairError("failed_choice")
        if refused and ways(refused).isdisjoint(ways(own.calls)):
            raise _BadPairError("several_calls")
        is_beside = refused and all(call.name.lower() in _LOOKING for call in others)
        if not is_beside:
            if refused or any(result.status != "ok" for result in self._steps[place].results):
                raise _BadPairError("acted_on")
            self._require_same_request(place, chosen)
        return _Pair("rejection", place, chosen, -STRENGTHS["rejection"], self._steps)

    def _place(self, index: int) -> int:
        if (place := self._places.get(index)) is None:
            raise _BadPairError("split_pair")
        return place

    def _agent_before(self, place: int) -> int:
        for at in range(place - 1, -1, -1):
            if self._steps[at].speaker == "user":
                break
            if is_trained(self._steps[at]):
                return at
        raise _BadPairError("no_trained_message")

    def _agent_after(self, place: int) -> int:
        """Return the next step of the agent that nobody disliked, and that no news led to."""
        n_said = sum(len(result.feedback or "") for result in self._steps[place].results)
        for at in range(place + 1, len(self._steps)):
            step = self._steps[at]
            n_said += len(step.text) if step.speaker == "user" else 0
            if is_trained(step):
                self._require_wanted(at)
                if n_said > _MAX_BETWEEN:
                    raise _BadPairError("told_news")
                return at
        raise _BadPairError("split_pair")

    def _accepted_after(self, heard: int) -> int | None:
        """Return the words that a person accepted after a correction, where nothing was done."""
        for turn in self._window.turns_of(heard, self._steps[-1].index):
            own = [step for step in turn.steps if is_trained(step)]
            if any(step.calls for step in own) or self._window.disliked(turn):
                return None
            if any(each.kind == "acceptance" for each in self._window.reactions_to(turn)):
                return self._place(own[-1].index) if own else None
        return None

    def _require_wanted(self, place: int) -> None:
        step = self._steps[place]
        if self._window.flaw(step) not in {None, "blind_edit"}:
            raise _BadPairError("failed_choice")
        index = step.index
        (turn,) = self._window.turns_of(index, index)
        heard = self._window.reactions_to(turn)
        is_given_up = any(each.kind in _GIVEN_UP and each.is_sure for each in heard)
        if is_given_up or self._window.disliked(turn, since=index):
            raise _BadPairError("unwanted_choice")

    def _require_same_request(self, rejected: int, chosen: int) -> None:
        asked = [step.text for step in self._steps[:rejected] if step.speaker == "user"][-1:]
        again = [s.text for s in self._steps[rejected:chosen] if s.speaker == "user"]
        if asked and again and not _is_same(asked[0], again[-1]):
            raise _BadPairError("other_request")


def _parted(step: Step) -> tuple[list[ToolCall], list[ToolCall]]:
    """Return the calls that a person refused or stopped, and the others."""
    statuses = {result.call_id: result.status for result in step.results}
    refused = [call for call in step.calls if statuses.get(call.id) in _REFUSED]
    return refused, [call for call in step.calls if call not in refused]


def _is_same(one: str, other: str) -> bool:
    words, again = ({word.lower() for word in _WORD.findall(text)} for text in (one, other))
    return len(words & again) >= _SAME_REQUEST * max(len(words), len(again))


def _example(work: Work, pair: _Pair, config: ChatConfig) -> PreferenceExample:
    steps = pair.steps
    first = start_of_reply(steps, pair.chosen if pair.is_behind else pair.rejected)
    is_whole = pair.builder == "correction" and not pair.is_behind
    sides = [_side(steps, at, is_whole=is_whole) for at in (pair.chosen, pair.rejected)]
    chosen, rejected = sides
    _require_difference(chosen, rejected, pair, config)
    before = steps[:first]
    if blind_edits([*before, steps[pair.chosen]]) & {steps[pair.chosen].index}:
        raise _BadPairError("blind_edit")
    prompt = work.context(before)
    if not any(message.role == "user" for message in prompt):
        raise _BadPairError("no_user_step")
    tools = infer_tools([*prompt, *sides], work.trajectory.agent)
    return PreferenceExample(
        id=make_id("example", *map(canonical_json, (prompt, sides, tools))),
        builder=pair.builder,
        prompt=tuple(prompt),
        chosen=(chosen,),
        rejected=(rejected,),
        tools=tools,
        margin=pair.margin,
        lineage=work.lineage(
            steps[: max(first, pair.rejected + 1)],
            steps[start_of_reply(steps, pair.chosen) : pair.chosen + 1],
        ),
        tags=work.tags(pair.builder, prompt, tools),
    )


def _require_difference(
    chosen: Message, rejected: Message, pair: _Pair, config: ChatConfig
) -> None:
    if said(chosen) == said(rejected):
        raise _BadPairError("identical_sides")
    if max(len(canonical_json(chosen)), len(canonical_json(rejected))) > config.max_side_chars:
        raise _BadPairError("long_pair")
    if pair.builder == "correction" and _CONCEDING.match(chosen.content):
        raise _BadPairError("answers_correction")


def _side(steps: Sequence[Step], place: int, *, is_whole: bool) -> Message:
    """Return what the agent said in a step, with the words before it, or only what it called."""
    if not is_trained(steps[place]):
        raise _BadPairError("no_trained_message")
    message = render_messages(steps[start_of_reply(steps, place) : place + 1])[0]
    if not is_whole:
        refused = {call.id for call in _parted(steps[place])[0]}
        calls = tuple(c for c in message.tool_calls if not refused or c["id"] in refused)
        message = msgspec.structs.replace(message, content="", reasoning=None, tool_calls=calls)
    return message
