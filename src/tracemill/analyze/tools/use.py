"""What sessions say of tools together: how each fares, what follows what, and who asks for what.

Sessions go by one at a time, and of each only counts stay. An action is a tool, or a command of
the shell such as `git status`. Nothing here is a verdict: a tool that fails often may be the one
that is asked the hardest things.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from tracemill.analyze.tools.fields import FieldTally
from tracemill.analyze.tools.phrases import PhraseTally
from tracemill.analyze.tools.sequences import SequenceTally
from tracemill.records.process.tool_use import ToolConfusion, ToolRow, ToolShare, ToolUse
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.trajectory import ToolLevel
from tracemill.records.sessions.turn_work import (
    RequestForm,
    TurnCall,
    TurnFamily,
    TurnPoint,
    TurnsOfSession,
    TurnWork,
)
from tracemill.stats.clusters import share_within

_AGAINST: Final[frozenset[ReactionKind]] = frozenset(
    {"correction", "rejection", "rephrase", "interruption", "edit", "abandonment"}
)
_IN_FAVOUR: Final[frozenset[ReactionKind]] = frozenset({"acceptance", "continuation"})
_SEVERAL: Final = 2
_SHOWN: Final = 3
_MAX_SHOWN: Final = 100


class ToolTally:
    """Counts what sessions say of tools."""

    def __init__(self) -> None:
        self._n_sessions = self._n_turns = self._n_several = 0
        self._n_called = self._n_said = self._n_answered = 0
        self._n_taken = self._n_in_favour = self._n_against = 0
        self._n_several_taken = self._n_several_in_favour = 0
        self._seconds: list[float] = []
        self._calls: Counter[str] = Counter()
        self._heard: defaultdict[ToolShare, list[tuple[int, int]]] = defaultdict(list)
        """Of each session its turns to which a person reacted, and how many of them so."""
        self._ended: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        """Of each session its calls of a tool with a known end, and how many of them failed."""
        self._sessions: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()
        self._against: Counter[str] = Counter()
        self._in_favour: Counter[str] = Counter()
        self._families: Counter[TurnFamily] = Counter()
        self._points: Counter[TurnPoint] = Counter()
        self._forms: Counter[RequestForm] = Counter()
        self._levels: defaultdict[str, Counter[ToolLevel]] = defaultdict(Counter)
        self._versions: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._instead: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._sequences = SequenceTally()
        self._phrases = PhraseTally()
        self._fields = FieldTally()

    def take(self, session: TurnsOfSession) -> None:
        """Count one session."""
        self._n_sessions += 1
        calls = [call for turn in session.turns for call in turn.calls]
        self._sessions.update({call.action for call in (*calls, *session.unasked)})
        self._count((*calls, *session.unasked))
        self._sequences.take(session)
        self._fields.take(session)
        before = self._n_taken, self._n_against, self._n_in_favour
        for turn in session.turns:
            self._turn(turn)
        taken, against, in_favour = (
            now - was
            for now, was in zip(
                (self._n_taken, self._n_against, self._n_in_favour), before, strict=True
            )
        )
        if taken:
            self._heard["against"].append((taken, against))
            self._heard["in_favour"].append((taken, in_favour))

    def _count(self, calls: Sequence[TurnCall]) -> None:
        for call in calls:
            self._calls[call.action] += 1
            self._n_answered += call.status is not None
            if call.tool_level is not None:
                self._levels[call.action][call.tool_level] += 1
            if call.tool_version is not None:
                self._versions[call.action][call.tool_version] += 1
        ended = [call for call in calls if call.status in ("ok", "error")]
        known = Counter(call.action for call in ended)
        failed = Counter(call.action for call in ended if call.is_wrong)
        for action, n in known.items():
            self._ended[action].append((n, failed[action]))
        if ended:
            self._heard["failed"].append((len(ended), failed.total()))

    def _turn(self, turn: TurnWork) -> None:
        self._n_turns += 1
        self._n_several += len(turn.actions) >= _SEVERAL
        self._families.update(turn.families)
        self._points.update(turn.points)
        self._phrases.take(turn)
        if turn.form is not None:
            self._forms[turn.form] += 1
        if len(turn.calls) >= _SEVERAL:
            self._n_called += 1
            self._n_said += turn.form is not None
        if turn.calls and turn.seconds is not None:
            self._seconds.append(turn.seconds)
        if turn.reaction is not None:
            self._reaction(turn, turn.reaction)
        if turn.instead is not None:
            self._instead[turn.actions[0], turn.instead].append(turn.request)

    def _reaction(self, turn: TurnWork, reaction: ReactionKind) -> None:
        is_against, is_for = reaction in _AGAINST, reaction in _IN_FAVOUR
        self._n_taken += 1
        self._n_against += is_against
        self._n_in_favour += is_for
        self._taken.update(turn.actions)
        self._against.update(turn.actions if is_against else ())
        self._in_favour.update(turn.actions if is_for else ())
        if len(turn.actions) >= _SEVERAL:
            self._n_several_taken += 1
            self._n_several_in_favour += is_for

    def told(self) -> ToolUse:
        """Return what was counted."""
        return ToolUse(
            n_sessions=self._n_sessions,
            n_turns=self._n_turns,
            n_calls=self._calls.total(),
            n_answered=self._n_answered,
            n_known=sum(n for own in self._ended.values() for n, _ in own),
            n_failed=sum(n for own in self._ended.values() for _, n in own),
            n_several=self._n_several,
            n_several_taken=self._n_several_taken,
            n_several_in_favour=self._n_several_in_favour,
            n_taken=self._n_taken,
            n_in_favour=self._n_in_favour,
            n_against=self._n_against,
            between={share: share_within(own) for share, own in sorted(self._heard.items())},
            n_timed=len(self._seconds),
            median_seconds=median(self._seconds) if self._seconds else None,
            families=dict(self._families.most_common()),
            points=dict(self._points.most_common()),
            forms=dict(self._forms.most_common()),
            n_said_several=self._n_said,
            n_called_several=self._n_called,
            levels=dict(sum(self._levels.values(), Counter()).most_common()),
            tools=tuple(self._tools()),
            sequences=self._sequences.told(),
            phrases=self._phrases.told(),
            confusions=tuple(self._confusions()),
            fields=self._fields.fields(),
            accesses=self._fields.accesses(),
        )

    def _tools(self) -> Iterator[ToolRow]:
        for action, n_calls in sorted(self._calls.items(), key=lambda each: (-each[1], each[0])):
            ended = self._ended.get(action, [])
            between = share_within(ended) if ended else None
            yield ToolRow(
                action=action,
                n_calls=n_calls,
                n_sessions=self._sessions[action],
                n_known=sum(n for n, _ in ended),
                n_failed=sum(n for _, n in ended),
                low=between.low if between else None,
                high=between.high if between else None,
                n_turns=self._taken[action],
                n_against=self._against[action],
                n_in_favour=self._in_favour[action],
                levels=dict(self._levels[action].most_common()),
                versions=dict(self._versions[action].most_common()),
            )

    def _confusions(self) -> Iterator[ToolConfusion]:
        ranked = sorted(self._instead.items(), key=lambda each: (-len(each[1]), each[0]))
        for (action, instead), requests in ranked:
            shown = tuple(" ".join(text.split())[:_MAX_SHOWN] for text in requests[:_SHOWN])
            yield ToolConfusion(action=action, instead=instead, n=len(requests), requests=shown)
