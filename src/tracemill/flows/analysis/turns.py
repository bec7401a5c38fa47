"""Sessions turn by turn, read off the lake when asked for. Read-only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import structs

from tracemill.analyze.tools.contrasts import Contrasts
from tracemill.analyze.tools.use import ToolTally
from tracemill.flows.analysis.each_once import sessions_once
from tracemill.flows.held.lookup import require_kept
from tracemill.label.requests.turns import TurnReader
from tracemill.records.process.contrasts import ContrastList
from tracemill.records.process.tool_use import ToolUse
from tracemill.records.refs import Count, Record
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.reactions import STRENGTHS, Reaction
from tracemill.records.sessions.trajectory import ToolLevel
from tracemill.records.sessions.turn_work import RequestForm, TurnPoint, TurnsOfSession, TurnWork
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_SEVERAL: Final = 2
_HOME: Final = re.compile(r"(?:/home|/Users|[A-Za-z]:[\\/]Users)[\\/](?P<name>[^\\/]{1,100})")
_READ: Final = (
    "input_id", "trajectory_id", "index", "speaker", "text", "reasoning", "calls", "results", "at",
    "is_replayed", "is_error", "byte_start", "byte_end",
)  # fmt: skip
"""What of a step turns are read off; the rest of it stays in its file."""
_GIVEN_UP: Final = 10.0
"""How many accepted turns one weighs after which work was given up."""


def telling_weights(own: Mapping[str, float]) -> dict[str, float]:
    """Return how telling each reaction is, what a person sets before what holds without.

    Giving up counts ten times what acceptance does, and all else as strongly as it is meant. It
    decides what is looked at first, and nothing of what is trained on.
    """
    accepted = STRENGTHS["acceptance"]
    weights: dict[str, float] = {
        kind: abs(strength) / accepted for kind, strength in STRENGTHS.items()
    }
    return {**weights, "abandonment": _GIVEN_UP, **own}


class WantedTurns(Record, frozen=True, kw_only=True):
    """Which turns are asked for; all of it must hold."""

    form: RequestForm | None = None
    """How the request asks for several operations."""
    point: TurnPoint | None = None
    """Why it is worth to be looked at."""
    family: str | None = None
    """What can be learned from it."""
    is_several: bool = False
    """Whether it called two different actions or more."""
    action: str | None = None
    """What was called in it."""
    level: ToolLevel | None = None
    """What one of its calls calls."""
    weights: dict[str, float] | None = None
    """How telling each reaction is, by its kind; None for the newest first."""

    def holds(self, turn: TurnWork) -> bool:
        """Tell whether a turn is asked for."""
        return (
            (self.form is None or turn.form == self.form)
            and (self.point is None or self.point in turn.points)
            and (self.family is None or self.family in turn.families)
            and (not self.is_several or len(turn.actions) >= _SEVERAL)
            and (self.action is None or self.action in turn.actions)
            and (self.level is None or any(c.tool_level == self.level for c in turn.calls))
        )


class TurnList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Turns that were asked for."""

    rows: tuple[TurnWork, ...]
    """The newest first, or the most telling."""
    total: Count
    """How many there are."""
    n_turns: Count
    """Turns that were looked at."""
    families: dict[str, Count]
    """Of those that were looked at, the ones from which something can be learned, by what."""


def read_turns(workspace: Workspace) -> Iterator[TurnsOfSession]:
    """Yield every session turn by turn; one that two formats tell comes once.

    Raises:
        NotFoundError: nothing is kept.
    """
    require_kept(workspace)
    lake = Lake(workspace.lake)
    standing = _standing(lake)
    steps = TABLES["steps"]
    for file in lake.files(steps):  # all rows of an input are in one
        seen: dict[str, _Held] = {}
        for batch in lake.batches(steps, columns=_READ, files=[file]):
            owners = batch.column("input_id").to_pylist()
            for owner, step in zip(owners, steps.from_batch(batch), strict=True):
                held = standing.get(step.trajectory_id)
                if held is not None and held.input_id == owner:
                    held.reader.take(step)
                    seen[step.trajectory_id] = held
        for name, held in seen.items():
            del standing[name]
            yield held.finish(held.activity.reactions)
    for held in standing.values():
        yield held.finish()


class _Held:
    """One session while its steps go by."""

    def __init__(self, activity: Activity, person: str | None) -> None:
        self.activity = activity
        self._person = person
        self.input_id = activity.input_id
        self.reader = TurnReader(activity.trajectory_id, activity.undone)

    def finish(self, reactions: Iterable[Reaction] = ()) -> TurnsOfSession:
        """Return the session turn by turn, with whose it is."""
        return structs.replace(self.reader.finish(reactions), person=self._person)


def _standing(lake: Lake) -> dict[str, _Held]:
    """Return a reader for each session, by the input that stands for it."""
    trajectories, activities = sessions_once(lake)
    return {
        name: _Held(each, person_of(trajectories[name].cwd))
        for name, each in sorted(activities.items())
    }


def person_of(folder: str | None) -> str | None:
    """Return whose home a folder lies in, by the name of the home; None where it is in none."""
    found = _HOME.match(folder or "")
    return found["name"] if found else None


def list_turns(workspace: Workspace, question: WantedTurns, limit: int) -> TurnList:
    """Return turns, the newest first; 0 for all.

    Raises:
        NotFoundError: nothing is kept.
    """
    found: list[TurnWork] = []
    families: dict[str, int] = {}
    n_turns = 0
    for session in read_turns(workspace):
        for turn in session.turns:
            n_turns += 1
            for family in turn.families:
                families[family] = families.get(family, 0) + 1
            if question.holds(turn):
                found.append(turn)
    weights = question.weights
    found.sort(key=newest)
    if weights is not None:
        found.sort(key=lambda turn: -weights.get(turn.reaction or "", 0.0))
    shown = found[: limit or None]
    ranked = dict(sorted(families.items(), key=lambda each: (-each[1], each[0])))
    return TurnList(rows=tuple(shown), total=len(found), n_turns=n_turns, families=ranked)


def newest(turn: TurnWork) -> tuple[float, str, int]:
    """Return what turns are sorted by so that the newest comes first."""
    at = turn.at.timestamp() if turn.at is not None else 0.0
    return -at, turn.trajectory_id, turn.step


def contrasts(workspace: Workspace, limit: int) -> ContrastList:
    """Return like requests that were dealt with otherwise, and those between two ways; 0 for all.

    Raises:
        NotFoundError: nothing is kept.
    """
    turns = [turn for session in read_turns(workspace) for turn in session.turns]
    found = Contrasts(turns)
    pairs, boundaries = found.pairs(), found.boundaries()
    return ContrastList(
        pairs=tuple(pairs[: limit or None]),
        boundaries=tuple(boundaries[: limit or None]),
        n_pairs=len(pairs),
        n_boundaries=len(boundaries),
        n_compared=found.n_compared,
        n_turns=len(turns),
    )


def tool_use(workspace: Workspace) -> ToolUse:
    """Return what all sessions say of tools.

    Raises:
        NotFoundError: nothing is kept.
    """
    tally = ToolTally()
    for session in read_turns(workspace):
        tally.take(session)
    return tally.told()
