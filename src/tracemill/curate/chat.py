"""Chat examples: windows of whole turns from work that is known to have been achieved.

Of a turn that is longer than a window, the beginning is used, since that is what the model saw.
A turn that a person refused, stopped or corrected, and one about a picture that nobody kept,
stays in its window, because the model saw it from then on, but it is not imitated: its messages
carry no loss, and it is counted under the reason. A window in which nothing is left to imitate
is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import ClassVar

from tracemill.curate.work import ChatConfig, Drop, DropReason, Window, Work
from tracemill.records.episodes import Episode
from tracemill.records.examples import ChatExample
from tracemill.records.trajectory import Step
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


class SessionBuilder:
    """Makes one example of each window of work that was achieved."""

    name: ClassVar[str] = "session"

    def refusal(self, work: Work, config: ChatConfig) -> DropReason | None:
        """Return what the outcome says against it."""
        return unfit(work.episode, config)

    def has_material(self, work: Work) -> bool:
        """Tell that any work may hold what can be imitated."""
        return bool(work.trajectory.n_steps)

    def build(self, work: Work, window: Window, config: ChatConfig) -> Iterator[ChatExample | Drop]:
        """Yield the example of one window, and what was left out of it."""
        del config  # all that it says took part when windows were packed
        return chat_examples(work, window)


def chat_examples(work: Work, window: Window) -> Iterator[ChatExample | Drop]:
    """Yield the example of one window, and what was left out of it."""
    steps = window.steps
    last = window.turns[-1]
    if last.is_cut:
        first_left = steps[-1].index + 1 if steps else last.first_step
        yield work.drop("too_long", first_left, last.last_step)
    reason: DropReason | None = window.distrust if window.has_prompt else "no_user_step"
    if reason is not None:
        yield work.drop(reason, window.first_step, window.last_step)
        return
    untrained: set[int] = set()
    for turn in window.turns:
        if (reason := window.disliked(turn)) is not None:
            yield work.drop(reason, turn.first_step, turn.last_step)
            untrained.update(step.index for step in turn.steps)
    yield from _example(work, steps, untrained)


def _example(
    work: Work, steps: list[Step], untrained: Collection[int]
) -> Iterator[ChatExample | Drop]:
    """Yield the example of some steps, up to a call that was never answered."""
    used = _up_to_trained(steps, untrained)
    if not used:
        if steps:
            yield work.drop("no_trained_message", steps[0].index, steps[-1].index)
        return
    try:
        yield work.chat_example(used, untrained, "session")
    except UnansweredCallError as error:
        yield work.drop("unanswered_call", error.step, steps[-1].index)
        before = [step for step in steps if step.index < error.step]
        yield from _example(work, before, untrained)


def _up_to_trained(steps: list[Step], untrained: Collection[int]) -> list[Step]:
    """Cut off what follows the last step that is imitated: nothing learns from it."""
    for at in range(len(steps), 0, -1):
        if is_trained(steps[at - 1]) and steps[at - 1].index not in untrained:
            return steps[:at]
    return []
