"""All builders that a dataset asks for over one trajectory, in one pass over its steps."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from functools import cache

import msgspec

from tracemill.curate import BUILDERS
from tracemill.curate.protocol import Builder
from tracemill.curate.windows.setting import read_setting
from tracemill.curate.windows.single_calls import SeveralCallsError, with_single_calls
from tracemill.curate.windows.undone import is_apart, outermost, standing
from tracemill.curate.windows.windows import pack_windows, split_turns
from tracemill.curate.windows.work import ChatConfig, Drop, Window, Work
from tracemill.records.datasets.examples import Example
from tracemill.records.sessions.trajectory import Step


def needs_steps(work: Work, config: ChatConfig) -> bool:
    """Tell whether a trajectory may give examples, so that its steps must be read."""
    return bool(_willing(work, config))


def drop_whole(work: Work, config: ChatConfig) -> Iterator[Drop]:
    """Yield why no example of some kinds comes from a trajectory, each reason once."""
    if work.refused is not None:
        yield work.drop(work.refused, 0, max(0, work.trajectory.n_steps - 1))
        return
    reasons = dict.fromkeys(builder.refusal(work) for builder in _loaded(config))
    for reason in reasons:
        if reason is not None:
            yield work.drop(reason, 0, max(0, work.trajectory.n_steps - 1))


def make_examples(
    work: Work, steps: Iterable[Step], config: ChatConfig, unwanted: Container[str] = ()
) -> Iterator[Example | Drop]:
    """Yield the examples of one trajectory, and what was left out of them.

    Those in `unwanted` are left out by the ids that they have before and after calls are told
    apart: people judge a row where they see it, whatever recipe made it.
    """
    yield from drop_whole(work, config)
    willing = _willing(work, config)
    about, is_subagent = standing(work.activity), work.trajectory.is_subagent
    opened = read_setting(steps, config.max_chars)
    n_before = opened.setting.n_chars
    work = msgspec.structs.replace(work, activity=about, setting=opened.setting)
    for each in outermost(about.undone) if willing else ():
        yield work.drop("undone_turn", each.first, each.last)
    turns = split_turns(
        opened.steps, about.compacted_steps, config.max_chars, about.undone,
        is_subagent=is_subagent, n_before=n_before,
    )  # fmt: skip
    for packed in pack_windows(turns, config.max_chars, n_before):
        undone = [turn for turn in packed.undone if not is_apart(turn.first_step, about.undone)]
        window = Window(packed.turns, about, undone, work.called_wrong, work.setting.steps)
        for builder in willing:
            made = _wanted(builder.build(work, window), unwanted)
            if config.calls == "one":
                made = _wanted(_one_at_a_time(work, made), unwanted)
            yield from made


def _wanted(made: Iterable[Example | Drop], unwanted: Container[str]) -> Iterator[Example | Drop]:
    """Yield the same with drops of what people say nobody should imitate."""
    for each in made:
        if isinstance(each, Drop) or each.id not in unwanted:
            yield each
        else:
            part = each.lineage[0]
            yield Drop("unwanted_by_people", part.trajectory_id, part.first_step, part.last_step)


def _one_at_a_time(work: Work, made: Iterable[Example | Drop]) -> Iterator[Example | Drop]:
    """Yield the same with one call in each message, and drops of what cannot be told so."""
    for each in made:
        if isinstance(each, Drop):
            yield each
            continue
        try:
            yield with_single_calls(each)
        except SeveralCallsError:
            steps = each.lineage[0]
            yield work.drop("several_calls", steps.first_step, steps.last_step)


def _willing(work: Work, config: ChatConfig) -> list[Builder]:
    if work.refused is not None:
        return []
    return [
        builder
        for builder in _loaded(config)
        if builder.refusal(work) is None and builder.has_material(work)
    ]


@cache
def _loaded(config: ChatConfig) -> tuple[Builder, ...]:
    return tuple(BUILDERS.load(name)(config) for name in config.builders)
