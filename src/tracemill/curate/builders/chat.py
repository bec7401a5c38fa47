"""Chat examples: windows of whole turns from work that is known to have been achieved.

Of a turn that is longer than a window, the beginning is used, since that is what the model saw.
A turn that a person refused, stopped or corrected, and one about a picture that nobody kept,
stays in its window, because the model saw it from then on, but it is not imitated: its messages
carry no loss, and it is counted under the reason. A window in which nothing is left to imitate
is dropped.

The same work has three forms, of which a dataset takes one: windows of whole turns, each turn by
itself behind what was said before, and whole sessions where they fit into one window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from tracemill.curate.windows.work import ChatConfig, Configured, Drop, DropReason, Window, Work
from tracemill.records.datasets.examples import ChatBuilder, ChatExample
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Episode
from tracemill.render.messages import UnansweredCallError, is_trained


def unfit(episode: Episode, config: ChatConfig) -> DropReason | None:
    """Return why an episode gives no example of a session, or None where it may."""
    match episode.outcome:
        case "achieved":
            return "unsure_outcome" if episode.confidence < config.min_confidence else None
        case "unknown":
            return "outcome_unknown"
        case "partial":
            return "outcome_partial"
        case "failed":
            return "outcome_failed"
        case "abandoned":
            return "outcome_abandoned"


class _Achieved(Configured):
    """What the three forms share: they are made of work that was achieved."""

    def refusal(self, work: Work) -> DropReason | None:
        """Return what the outcome says against it."""
        return unfit(work.episode, self.config)

    def has_material(self, work: Work) -> bool:
        """Tell that any work may hold what can be imitated."""
        return bool(work.trajectory.n_steps)


class SessionBuilder(_Achieved):
    """Makes one example of each window of work that was achieved."""

    name: ClassVar[str] = "session"

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the example of one window, and what was left out of it."""
        if (cut := _cut_off(work, window)) is not None:
            yield cut
        yield from _window(work, window, "session")


class WholeBuilder(_Achieved):
    """Makes one example of each session that fits into a window and was never compacted."""

    name: ClassVar[str] = "whole"

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the example of a session, or once that it is more than one window."""
        is_last = window.last_step >= work.trajectory.n_steps - 1
        if window.first_step == 0 and is_last and not window.turns[-1].is_cut:
            yield from _window(work, window, "whole")
        elif window.first_step == 0:
            yield work.drop("split_session", 0, work.trajectory.n_steps - 1)


class TurnBuilder(_Achieved):
    """Makes one example of each turn, in which nothing before it is imitated."""

    name: ClassVar[str] = "turn"

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the examples of the turns of one window, and what was left out of them."""
        if (reason := distrusted(window)) is not None:
            yield work.drop(reason, window.first_step, window.last_step)
            return
        yield from unwanted(work, window)
        before: list[Step] = []
        for turn in window.turns:
            steps = [*before, *turn.steps]
            own = {step.index for step in turn.steps if is_trained(step)} - window.untrained
            if own:
                yield from make_chat(work, steps, _others(steps, own), "turn")
            before = steps


def _others(steps: list[Step], own: Collection[int]) -> set[int]:
    return {step.index for step in steps if step.index not in own}


def distrusted(window: Window) -> DropReason | None:
    """Return why nothing of a window is to be learned."""
    return window.distrust if window.has_prompt else "no_user_step"


def unwanted(work: Work, window: Window) -> Iterator[Drop]:
    """Yield what stays in a window and is not imitated."""
    for each in window.unwanted:
        yield work.drop(each.reason, each.first, each.last)


def _cut_off(work: Work, window: Window) -> Drop | None:
    """Return what of a turn did not fit into a window."""
    last = window.turns[-1]
    if not last.is_cut:
        return None
    steps = window.steps
    return work.drop("too_long", steps[-1].index + 1 if steps else last.first_step, last.last_step)


def _window(work: Work, window: Window, builder: ChatBuilder) -> Iterator[ChatExample | Drop]:
    if (reason := distrusted(window)) is not None:
        yield work.drop(reason, window.first_step, window.last_step)
        return
    yield from unwanted(work, window)
    yield from make_chat(work, window.steps, window.untrained, builder)


def make_chat(
    work: Work,
    steps: list[Step],
    untrained: Collection[int],
    builder: ChatBuilder,
    more: Iterable[str] = (),
    tools: tuple[dict[str, Any], ...] | None = None,
) -> Iterator[ChatExample | Drop]:
    """Yield the example of some steps, up to a call that was never answered.

    Its tools are those that it calls unless they are given.
    """
    used = _up_to_trained(steps, untrained)
    if not used:
        if steps:
            yield work.drop("no_trained_message", steps[0].index, steps[-1].index)
        return
    try:
        yield work.chat_example(used, untrained, builder, more, tools)
    except UnansweredCallError as error:
        yield work.drop("unanswered_call", error.step, steps[-1].index)
        before = [step for step in steps if step.index < error.step]
        yield from make_chat(work, before, untrained, builder, more, tools)


def _up_to_trained(steps: list[Step], untrained: Collection[int]) -> list[Step]:
    """Cut off what follows the last step that is imitated: nothing learns from it."""
    for at in range(len(steps), 0, -1):
        if is_trained(steps[at - 1]) and steps[at - 1].index not in untrained:
            return steps[:at]
    return []
