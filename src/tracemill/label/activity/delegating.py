"""Work that an agent hands to subagents: what was committed meanwhile may be theirs.

A subagent's own log is often not kept. What is left of it is the call, the answer, and the moments
of both. An answer that names a commit's hash says more. Where a log ends before the answer, the
subagent was at work until then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.activity import Delegation
from tracemill.records.sessions.trajectory import Step, ToolResult

_SUBAGENTS: Final = frozenset(
    {"task", "agent", "subagent", "spawn_agent", "dispatch_agent", "delegate_task", "new_task"}
)
_MAX_KEPT: Final = 200
_MAX_SHAS: Final = 50
_MAX_OPEN: Final = 256
_HASH: Final = re.compile(r"[0-9a-f](?<![\w-][0-9a-f])[0-9a-f]{6,39}(?![\w-])")
"""What may be a hash; it begins with a set, which is found fast."""


class _Handed(NamedTuple):
    step: int
    at: datetime | None
    shas: tuple[str, ...] = ()


class Delegations:
    """Takes steps in their order."""

    def __init__(self) -> None:
        self._open: dict[str, _Handed] = {}
        self._answered: list[_Handed] = []
        self._kept: list[Delegation] = []
        self._open_since = 0
        """Index of the agent's last step: what it handed on before and nobody answered is over."""

    def step(self, step: Step) -> None:
        """Take the next step; its moment ends what was answered in the steps before."""
        if step.at is not None and self._answered:
            self._end(step.at)
        if step.speaker == "agent":
            self._open_since = step.index
        for call in step.calls:
            if plain_name(call.name) in _SUBAGENTS and len(self._open) < _MAX_OPEN:
                self._open[call.id] = _Handed(step.index, step.at)
        for result in step.results if self._open else ():
            handed = self._open.pop(result.call_id, None)
            if handed is not None:
                self._answered.append(handed._replace(shas=_hashes(result)))

    def finish(self, ended: datetime | None) -> tuple[Delegation, ...]:
        """Return what was handed on, in order, to subagents that answered or were still at work.

        Nothing came after `ended`.
        """
        still = (each for each in self._open.values() if each.step == self._open_since)
        self._answered.extend(still)
        self._end(ended)
        return tuple(sorted(self._kept, key=lambda each: each.step)[:_MAX_KEPT])

    def _end(self, until: datetime | None) -> None:
        self._kept.extend(
            Delegation(step=each.step, at=each.at, until=until, shas=each.shas)
            for each in self._answered
        )
        self._answered.clear()


def _hashes(result: ToolResult) -> tuple[str, ...]:
    return tuple(islice(_distinct(result.content), _MAX_SHAS))


def _distinct(text: str) -> Iterator[str]:
    """Yield each hash once; without a letter, or without a digit, it is a number or a word."""
    found: dict[str, None] = dict.fromkeys(_HASH.findall(text))
    return (each for each in found if not (each.isdecimal() or each.isalpha()))
