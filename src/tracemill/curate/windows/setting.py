"""What set a session up, and stands before each of its windows as it stood before the model.

It is told once, at the start of a log, and held from there on: a window that begins later, also
behind a compaction, would else teach the model to act on orders that it was never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from tracemill.curate.windows.windows import n_chars_of
from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.trajectory import Step
from tracemill.render.messages import set_up

_MOST: Final = 3 / 4
"""Share of a window up to which it stands there: the work needs the rest."""


class Setting(NamedTuple):
    """What set a session up."""

    steps: tuple[Step, ...] = ()
    """Its steps; empty where the log tells none, or they leave too little room for the work."""
    n_chars: int = 0
    """Size of `steps`."""
    is_too_long: bool = False
    """Whether the log tells it, and it leaves too little room."""


class Opened(NamedTuple):
    """A trajectory of which what set it up was read."""

    setting: Setting
    steps: Iterator[Step]
    """All of its steps, those of the setting included."""


def read_setting(steps: Iterable[Step], max_chars: int) -> Opened:
    """Read what set a session up, and hold no more of it than a window may."""
    rest = iter(steps)
    most = max_chars * _MOST
    head: list[Step] = []
    n_chars = 0
    for step in rest:
        head.append(step)
        if step.speaker != "system":
            break
        n_chars += n_chars_of(step)
        if n_chars > max_chars:
            return Opened(Setting(is_too_long=True), chain(head, rest))
    given = tuple(set_up(head))
    n_chars = sum(map(n_chars_of, given))
    setting = Setting(is_too_long=True) if n_chars > most else Setting(given, n_chars)
    return Opened(setting, chain(head, rest))


def told_setting(messages: Iterable[Message], setting: Setting) -> str:
    """Return the tag that says whether a row holds what set its session up."""
    first = next(iter(messages), None)
    if first is not None and first.role == "system":
        return "system:recorded"
    return "system:too_long" if setting.is_too_long else "system:unknown"
