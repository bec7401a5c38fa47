"""Actions that follow one another within a turn, mined over all sessions.

Within a turn the same action in a row counts once, so `read a, read b, edit` is `read, edit`. A
sequence is two to four actions; one that only ever stands in a longer one is left out for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from tracemill.records.process.tool_use import ToolSequence
from tracemill.records.sessions.turn_work import TurnCall, TurnsOfSession

_LONGEST: Final = 4
_FEWEST: Final = 2
"""Sessions in which a sequence must stand to be told."""
_MOST: Final = 1_000

Actions = tuple[str, ...]


class SequenceTally:
    """Counts sequences, turn by turn."""

    def __init__(self) -> None:
        self._n_sessions = 0
        self._turns: Counter[Actions] = Counter()
        self._sessions: Counter[Actions] = Counter()
        self._people: defaultdict[Actions, set[str]] = defaultdict(set)
        self._everybody: set[str] = set()
        self._places: Counter[Actions] = Counter()
        """How often a sequence stands, also several times in one turn."""
        self._followed: Counter[Actions] = Counter()
        """How often a sequence is not the end of its turn."""

    def take(self, session: TurnsOfSession) -> None:
        """Count the turns of a session, and what was called where nobody had asked."""
        turns = [_actions(turn.calls) for turn in session.turns]
        found: set[Actions] = set()
        for actions in (*turns, _actions(session.unasked)):
            found |= self._turn(actions)
        self._sessions.update(found)
        self._n_sessions += bool(found)
        if session.person is not None and found:
            self._everybody.add(session.person)
            for part in found:
                self._people[part].add(session.person)

    def _turn(self, actions: Actions) -> set[Actions]:
        found: set[Actions] = set()
        for start in range(len(actions)):
            for end in range(start + 1, min(len(actions), start + _LONGEST) + 1):
                part = actions[start:end]
                self._places[part] += 1
                self._followed[part] += end < len(actions)
                if len(part) > 1:
                    found.add(part)
        self._turns.update(found)
        return found

    def told(self) -> tuple[ToolSequence, ...]:
        """Return the sequences of at least two sessions, those of most sessions first."""
        kept = {part for part, n in self._sessions.items() if n >= _FEWEST}
        inner = {
            shorter
            for part in kept
            for shorter in (part[1:], part[:-1])
            if self._turns[shorter] == self._turns[part]
        }
        firsts: Counter[Actions] = Counter(
            {part: n for part, n in self._places.items() if len(part) == 1}
        )
        n_all = firsts.total() or 1
        n_everybody = len(self._everybody)
        found = [
            ToolSequence(
                actions=part,
                n_turns=self._turns[part],
                n_sessions=self._sessions[part],
                support=self._sessions[part] / self._n_sessions,
                n_asked=self._n_sessions,
                n_people=len(self._people.get(part, ())),
                people=len(self._people.get(part, ())) / n_everybody if n_everybody else None,
                n_everybody=n_everybody,
                confidence=self._places[part] / self._followed[part[:-1]],
                usual=firsts[part[-1:]] / n_all,
            )
            for part in kept - inner
        ]
        found.sort(key=lambda each: (-each.n_sessions, -each.confidence, each.actions))
        return tuple(found[:_MOST])


def _actions(calls: Sequence[TurnCall]) -> Actions:
    return tuple(action for action, _ in groupby(call.action for call in calls))
