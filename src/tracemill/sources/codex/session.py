"""What a Codex rollout tells across its lines: who runs it, what it cost, what is told twice.

Each class here follows one such thread through the file, and holds no more than it needs to.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime, timedelta
from typing import Final

from tracemill.sources.building.open_trajectory import (
    NO_TOKENS,
    OpenStep,
    OpenTrajectory,
    Tokens,
    added,
    rest,
)
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.codex.content import read_usage
from tracemill.sources.codex.lines import Common, Payload, TokenInfo
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import fields_of, text

MAX_ECHOES: Final = 16
_BURST: Final = timedelta(seconds=1)
_UUID7: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-")
_UUID7_TIME: Final = 13
"""How many characters of such an id tell its millisecond."""

_Told = tuple[list[str], OpenStep]


def read_meta(payload: Payload, trajectory: OpenTrajectory) -> None:
    """Let the header say what the session says of itself."""
    trajectory.cwd = text(payload.cwd)
    trajectory.agent_version = text(payload.cli_version)
    git = payload.git
    if isinstance(git, dict):
        trajectory.base_commit = text(git.get("commit_hash"))
        trajectory.branch = text(git.get("branch"))
        trajectory.repository = text(git.get("repository_url"))
    source = payload.source
    if not isinstance(source, dict) or "subagent" not in source:
        return
    trajectory.is_subagent = True
    own_id, shared_id = text(payload.id), text(payload.session_id)
    if shared_id is None or shared_id == own_id:
        shared_id = text(payload.parent_thread_id) or _spawner(source["subagent"])
    trajectory.session_id = shared_id or trajectory.session_id


def read_base(payload: Payload) -> str | None:
    """Return the system prompt that a session was given, where this record tells it."""
    told = payload.base_instructions
    said = text(told.get("text") if isinstance(told, dict) else told)
    return said if said and said.strip() else None


def _spawner(subagent: object) -> str | None:
    spawn = subagent.get("thread_spawn") if isinstance(subagent, dict) else None
    return text(spawn.get("parent_thread_id")) if isinstance(spawn, dict) else None


class TokenCounts:
    """The running total of tokens; a total that did not change tells of no model call."""

    def __init__(self) -> None:
        self.total = NO_TOKENS
        self._has_records = False
        """Whether each model call is told by a record of its own, as newer versions do."""

    def record(self, usage: object, total: object) -> Tokens | None:
        """Return what a model call cost, by its own record; None where that is nothing."""
        before, spent = self.total, read_usage(usage)
        self.total = read_usage(total)
        if self.total == NO_TOKENS:
            self.total = added(before, spent)
        if self.total == before or spent == NO_TOKENS:
            return None
        self._has_records = True
        return spent

    def take(self, info: object) -> Tokens | None:
        """Return what was spent since the last count, or None where that is nothing."""
        if type(info) is TokenInfo:
            told, newest = info.total_token_usage, info.last_token_usage
        else:
            fields = fields_of(info)
            told, newest = fields.get("total_token_usage"), fields.get("last_token_usage")
        before, total = self.total, read_usage(told)
        if self._has_records or total in (before, NO_TOKENS):
            return None
        self.total, spent = total, read_usage(newest)
        return rest(total, before) if spent == NO_TOKENS else spent


class Replay:
    """Whether the lines at hand are a parent's history, copied in when the session began.

    A copy begins at a second `session_meta` that names another session. It is over at the
    first turn that is younger than the session, by the time in both ids; where turns have no
    such ids, it is over a second after it began, since it is written at one go.
    """

    def __init__(self) -> None:
        self.own_id: str | None = None
        self.is_on = False
        self._began: datetime | None = None
        self._has_turn_ids = False

    def begin(self, other_id: str | None, at: datetime | None) -> bool:
        """Take a further `session_meta`; return whether it is a parent's."""
        is_parent = other_id != self.own_id
        if is_parent:
            self.is_on, self._began, self._has_turn_ids = True, at, False
        return is_parent

    def watch(self, payload: Common, at: datetime | None) -> None:
        """Look at a line before it is read, for the end of the copy."""
        if not self.is_on:
            return
        turn_id, own_id = payload.turn_id, self.own_id or ""
        if isinstance(turn_id, str) and _UUID7.match(turn_id) and _UUID7.match(own_id):
            self._has_turn_ids = True
            self.is_on = turn_id[:_UUID7_TIME] < own_id[:_UUID7_TIME]
        elif not self._has_turn_ids and at is not None and self._began is not None:
            self.is_on = at <= self._began + _BURST


class Echoes:
    """Messages that the log may tell twice, as an item and as an event, in either order.

    Both stand close together, so only the newest few are remembered.
    """

    def __init__(self) -> None:
        self._items: deque[_Told] = deque(maxlen=MAX_ECHOES)
        self._events: deque[_Told] = deque(maxlen=MAX_ECHOES)

    def say(self, texts: list[str], step: OpenStep, *, is_item: bool) -> None:
        """Remember that `step` holds what was told, until it is told the other way."""
        (self._items if is_item else self._events).append((texts, step))

    def answer(self, texts: list[str], *, is_item: bool) -> OpenStep | None:
        """Return the step that holds what was told the other way before, and forget it."""
        told_before = self._events if is_item else self._items
        for told in told_before:
            if _is_echo(texts, told[0]) if is_item else _is_echo(told[0], texts):
                told_before.remove(told)
                return told[1]
        return None


def _is_echo(item: list[str], event: list[str]) -> bool:
    """Tell whether an event says what an item says, or the part of it that is no picture."""
    said = "\n".join(event).strip()
    return said == "\n".join(item).strip() or any(said == part.strip() for part in item)


class Aborts:
    """Interrupted turns: told by an event, by a notice to the model, or by both.

    Within a turn the n-th notice and the n-th event are of one interruption, which is told
    with whichever stands first.
    """

    def __init__(self, events: EventMaker, ready: list[SourceRecord]) -> None:
        self._events = events
        self._ready = ready
        self._n_notices = 0
        self._n_events = 0

    def notice(self, place: Place) -> None:
        """Take the notice to the model."""
        self._n_notices += 1
        if self._n_notices > self._n_events:
            self._ready.append(self._events.feedback(place, "interruption"))

    def tell(self, place: Place) -> None:
        """Take the event."""
        self._n_events += 1
        if self._n_events > self._n_notices:
            self._ready.append(self._events.feedback(place, "interruption"))

    def begin_turn(self) -> None:
        """Let what was told of one turn not count for the next."""
        self._n_notices = self._n_events = 0
