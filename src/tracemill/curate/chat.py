"""Chat examples: windows of whole turns from work that is known to have been achieved.

Of a turn that is longer than a window, the beginning is used, since that is what the model saw.
A turn that a person refused, stopped or corrected, and one about a picture that nobody kept,
stays in its window, because the model saw it from then on, but it is not imitated: its messages
carry no loss, and it is counted under the reason. A window in which nothing is left to imitate
is dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from tracemill.base.ids import digest, make_id
from tracemill.curate.suspicion import suspicion_of_steps
from tracemill.curate.tools import infer_tools
from tracemill.curate.windows import Turn, pack_windows, split_turns
from tracemill.records.activity import Activity
from tracemill.records.episodes import Episode
from tracemill.records.examples import ChatExample, Lineage, Message, Split
from tracemill.records.findings import UNSCANNED, Input
from tracemill.records.refs import Record, Span
from tracemill.records.trajectory import Step, Trajectory
from tracemill.render.messages import UnansweredCallError, is_trained, render_messages

DropReason = Literal[
    "outcome_unknown", "outcome_partial", "outcome_failed", "outcome_abandoned",
    "unsure_outcome", "no_user_step", "too_long", "unanswered_call", "no_trained_message",
    "rejected_turn", "interrupted_turn", "corrected_turn", "image_turn",
    "unscanned_text", "hidden_text", "control_tokens", "untrusted_instructions",
]  # fmt: skip
"""Why something is not imitated. The `…_turn` reasons leave a turn in its window, untrained."""

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_SPLIT_STEPS: Final = 2**32
_MIN_CORRECTION: Final = 0.6
"""Sureness from which a correction keeps the turn before it from being imitated."""
_IMAGE: Final = "[image]"
"""What stands where a picture was."""


class ChatConfig(Record, frozen=True, kw_only=True):
    """Settings of the chat builder."""

    max_chars: int = 120_000
    """Longest window, in characters of text, arguments and results: about 30,000 tokens."""
    min_confidence: float = 0.5
    """Outcomes that are less sure give no example."""
    validation_share: float = 0.1
    """Share of episodes whose examples are held out."""
    seed: str = "tracemill"
    """Decides which episodes are held out."""


class Drop(NamedTuple):
    """Something that is not imitated, and why."""

    reason: DropReason
    trajectory_id: str
    first_step: int
    last_step: int


def choose_split(episode_id: str, config: ChatConfig) -> Split:
    """Return the split of an episode: by its id alone, so that it never changes."""
    place = int(digest(config.seed, episode_id)[:8], 16) / _SPLIT_STEPS
    return "validation" if place < config.validation_share else "train"


def build_chat(
    episode: Episode,
    trajectory: Trajectory,
    activity: Activity,
    found: Input,
    steps: Iterable[Step],
    config: ChatConfig,
) -> Iterator[ChatExample | Drop]:
    """Yield the examples of one trajectory, and what was left out of them."""
    if (reason := unfit(episode, config)) is not None:
        yield Drop(reason, trajectory.id, 0, max(0, trajectory.n_steps - 1))
        return
    building = _Building(episode, trajectory, activity, found, config)
    is_subagent = trajectory.is_subagent
    turns = split_turns(steps, activity.compacted_steps, config.max_chars, is_subagent=is_subagent)
    for window in pack_windows(turns, config.max_chars):
        yield from building.window(window)


def unfit(episode: Episode, config: ChatConfig) -> DropReason | None:
    """Return why an episode gives no example whatever its steps say, or None where it may."""
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


class _Building:
    """Makes the examples of one trajectory."""

    def __init__(
        self,
        episode: Episode,
        trajectory: Trajectory,
        activity: Activity,
        found: Input,
        config: ChatConfig,
    ) -> None:
        self._episode = episode
        self._trajectory = trajectory
        self._activity = activity
        self._corrected = [
            c.step - 1 for c in activity.corrections if c.confidence >= _MIN_CORRECTION
        ]
        self._found = found
        self._split = choose_split(episode.id, config)

    def window(self, turns: Sequence[Turn]) -> Iterator[ChatExample | Drop]:
        """Yield the example of one window, and what was left out of it."""
        steps = [step for turn in turns for step in turn.steps]
        last = turns[-1]
        if last.is_cut:
            first_left = steps[-1].index + 1 if steps else last.first_step
            yield self._drop("too_long", first_left, last.last_step)
        if not turns[0].has_prompt:
            yield self._drop("no_user_step", turns[0].first_step, last.last_step)
            return
        if (reason := _distrusted(steps)) is not None:
            yield self._drop(reason, turns[0].first_step, last.last_step)
            return
        untrained: set[int] = set()
        for turn in turns:
            if (reason := self._disliked(turn)) is not None:
                yield self._drop(reason, turn.first_step, turn.last_step)
                untrained.update(step.index for step in turn.steps)
        yield from self._example(steps, untrained)

    def _disliked(self, turn: Turn) -> DropReason | None:
        """Return why a turn is not to be imitated: nobody wanted it, or nobody can see why."""
        if _any_within(self._activity.rejected_steps, turn):
            return "rejected_turn"
        if _any_within(self._activity.interrupted_steps, turn):
            return "interrupted_turn"
        if _any_within(self._corrected, turn):
            return "corrected_turn"
        return "image_turn" if any(map(_holds_image, turn.steps)) else None

    def _example(
        self, steps: list[Step], untrained: Collection[int]
    ) -> Iterator[ChatExample | Drop]:
        """Yield the example of some steps, up to a call that was never answered."""
        used = _up_to_trained(steps, untrained)
        if not used:
            if steps:
                yield self._drop("no_trained_message", steps[0].index, steps[-1].index)
            return
        try:
            messages = _up_to_trained_message(render_messages(used, untrained))
        except UnansweredCallError as error:
            yield self._drop("unanswered_call", error.step, steps[-1].index)
            yield from self._example([s for s in steps if s.index < error.step], untrained)
            return
        tools = infer_tools(messages)
        yield ChatExample(
            id=make_id("example", _encode(messages), _encode(tools)),
            messages=tuple(messages),
            tools=tools,
            lineage=(self._lineage(used),),
            split=self._split,
            tags=self._tags(has_tools=bool(tools)),
        )

    def _lineage(self, steps: Sequence[Step]) -> Lineage:
        return Lineage(
            episode_id=self._episode.id,
            trajectory_id=self._trajectory.id,
            first_step=steps[0].index,
            last_step=steps[-1].index,
            input_id=self._found.id,
            uri=self._found.uri,
            content=self._found.content or "",
            span=Span(
                start=min(step.span.start for step in steps),
                end=max(step.span.end for step in steps),
            ),
        )

    def _tags(self, *, has_tools: bool) -> tuple[str, ...]:
        tags = [
            f"agent:{self._trajectory.agent}",
            f"kind:{self._episode.kind}",
            f"outcome:{self._episode.outcome}",
            f"sure:{self._episode.confidence:.2f}",
        ]
        return tuple(sorted([*tags, "tools:inferred"] if has_tools else tags))

    def _drop(self, reason: DropReason, first: int, last: int) -> Drop:
        return Drop(reason, self._trajectory.id, first, last)


def _any_within(indexes: Sequence[int], turn: Turn) -> bool:
    place = bisect_left(indexes, turn.first_step)
    return place < len(indexes) and indexes[place] <= turn.last_step


def _holds_image(step: Step) -> bool:
    return (step.speaker == "user" and _IMAGE in step.text) or any(
        _IMAGE in result.content[: len(_IMAGE)] for result in step.results
    )


def _distrusted(steps: Sequence[Step]) -> DropReason | None:
    """Return why nobody should learn from some steps, whatever became of the work."""
    return "unscanned_text" if any(map(_is_withheld, steps)) else suspicion_of_steps(steps)


def _is_withheld(step: Step) -> bool:
    """Tell whether redaction failed on a step, so that nobody knows what was said in it."""
    names = (call.name for call in step.calls)
    contents = (result.content for result in step.results)
    return any(said.startswith(UNSCANNED) for said in (step.text, *names, *contents))


def _up_to_trained(steps: list[Step], untrained: Collection[int]) -> list[Step]:
    """Cut off what follows the last step that is imitated: nothing learns from it."""
    for at in range(len(steps), 0, -1):
        if is_trained(steps[at - 1]) and steps[at - 1].index not in untrained:
            return steps[:at]
    return []


def _up_to_trained_message(messages: list[Message]) -> list[Message]:
    """Cut off the answers to the last calls: whoever imitates the calls has not seen them."""
    last = max(at for at, message in enumerate(messages) if message.trained)
    return messages[: last + 1]
