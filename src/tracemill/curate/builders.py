"""All builders over one trajectory, in one pass over its steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracemill.curate.chat import chat_examples, unfit
from tracemill.curate.preference import may_hold_pairs, preference_examples
from tracemill.curate.recovery import recovery_examples
from tracemill.curate.windows import pack_windows, split_turns
from tracemill.curate.work import ChatConfig, Drop, Window, Work
from tracemill.records.examples import Example
from tracemill.records.trajectory import Step


def needs_steps(work: Work, config: ChatConfig) -> bool:
    """Tell whether a trajectory may give examples, so that its steps must be read."""
    has_recovery = any(each.resolved_step is not None for each in work.activity.recoveries)
    return unfit(work.episode, config) is None or has_recovery or may_hold_pairs(work)


def drop_whole(work: Work, config: ChatConfig) -> Iterator[Drop]:
    """Yield why no example of a session comes from a trajectory, where none may."""
    if (reason := unfit(work.episode, config)) is not None:
        yield work.drop(reason, 0, max(0, work.trajectory.n_steps - 1))


def make_examples(
    work: Work, steps: Iterable[Step], config: ChatConfig
) -> Iterator[Example | Drop]:
    """Yield the examples of one trajectory, and what was left out of them."""
    yield from drop_whole(work, config)
    is_fit = unfit(work.episode, config) is None
    compacted, is_subagent = work.activity.compacted_steps, work.trajectory.is_subagent
    turns = split_turns(steps, compacted, config.max_chars, is_subagent=is_subagent)
    for packed in pack_windows(turns, config.max_chars):
        window = Window(packed, work.activity)
        if is_fit:
            yield from chat_examples(work, window, config)
        yield from recovery_examples(work, window, config)
        yield from preference_examples(work, window, config)
