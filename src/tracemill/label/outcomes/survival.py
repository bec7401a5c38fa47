"""How much of a piece of work still stands, and who took the rest out again.

Each commit's lines are followed from the moment at which they reached the main line. A share is
known only once the history goes on long enough for every commit of the work. What the work took
out again by itself, in a later commit, was a step on its way: those lines count as never written,
and a commit that it took back by itself is no rollback as long as another one of its stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from tracemill.label import LABEL_VERSION
from tracemill.label.outcomes.history import WEEK, History, Undoing
from tracemill.records.events.event import Commit, LineFate, LinesMoved
from tracemill.records.refs import Stamp
from tracemill.records.work.survival import Rewritten, RewrittenBy, Rollback, Survival, Undone

DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
_STAMP: Final = Stamp(by="survival", version=LABEL_VERSION)


class Standing(NamedTuple):
    """Lines of a piece of work on the main line."""

    n_stood: int
    n_of: int

    @property
    def share(self) -> float | None:
        """Share that stood; None where nothing is known."""
        return round(self.n_stood / self.n_of, 4) if self.n_of else None


class Lines:
    """The lines of the commits of one piece of work."""

    def __init__(self, commits: Iterable[Commit], history: History) -> None:
        self._history = history
        self._own = {(commit.origin.uri, commit.sha) for commit in commits}
        found = {commit.sha: (commit, fate) for commit in commits if (fate := history.fate(commit))}
        self.known = [*found.values()]

    def after(self, span: timedelta | None) -> Standing | None:
        """Return what stood so long after it landed; None where some commit is too young.

        A span of None means: at HEAD.
        """
        n_stood = n_of = 0
        for commit, fate in self.known:
            if fate.landed is None:
                continue
            until = None if span is None else fate.landed + span
            if until is not None and not self._history.reaches(commit, until):
                return None
            own, others = 0, 0
            for moved, sign in _moves(fate):
                if until is None or moved.at is None or moved.at <= until:
                    if (commit.origin.uri, moved.commit) in self._own:
                        own += sign * moved.n_lines
                    else:
                        others += sign * moved.n_lines
            of = max(fate.n_landed - fate.n_lost - max(own, 0), 0)
            n_of += of
            n_stood += min(max(of - others, 0), of)
        return Standing(n_stood, n_of)

    def rewritten(self, episodes: Mapping[str, str]) -> tuple[Rewritten, ...]:
        """Return who took lines out, given the episode of each trajectory."""
        whole: defaultdict[_Who, int] = defaultdict(int)
        week: defaultdict[_Who, int] = defaultdict(int)
        for commit, fate in self.known:
            for moved in fate.gone:
                if (commit.origin.uri, moved.commit) in self._own:
                    continue
                remover = self._history.find(commit.origin.uri, moved.commit)
                who = _who(remover, self._history, episodes)
                whole[who] += moved.n_lines
                if fate.landed and moved.at and moved.at - fate.landed <= WEEK:
                    week[who] += moved.n_lines
        ordered = sorted(whole, key=lambda who: (-whole[who], who.by, who.episode_id))
        return tuple(
            Rewritten(
                by=who.by,
                episode_id=who.episode_id or None,
                n_lines=whole[who],
                n_lines_week=week[who],
            )
            for who in ordered
        )


class _Who(NamedTuple):
    by: RewrittenBy
    episode_id: str
    """Empty where none is known."""


class TakenBack(NamedTuple):
    """A commit of a piece of work that was undone."""

    commit: Commit
    undoing: Undoing


class Undoings(NamedTuple):
    """Which commits of a piece of work were undone, and which stand."""

    every: tuple[TakenBack, ...]
    by_others: tuple[TakenBack, ...]
    standing: tuple[Commit, ...]
    """Commits that were not undone, and undo none of the same work."""

    @property
    def counted(self) -> tuple[TakenBack, ...]:
        """Those that speak against the work: its own only where nothing of it stands."""
        return self.by_others if self.standing else self.every


def undoings(commits: Sequence[Commit], history: History) -> Undoings:
    """Return which commits of a piece of work were undone."""
    own = {commit.id for commit in commits}
    every = [TakenBack(c, found) for c in commits if (found := history.undoing(c.id)) is not None]
    done = {found.commit.id for found in every}
    done |= {found.undoing.commit.id for found in every if found.undoing.commit.id in own}
    return Undoings(
        every=tuple(every),
        by_others=tuple(found for found in every if found.undoing.commit.id not in own),
        standing=tuple(commit for commit in commits if commit.id not in done),
    )


def survival_of(
    name: str, commits: Sequence[Commit], history: History, episodes: Mapping[str, str]
) -> Survival | None:
    """Return what still stands of the commits of a piece of work; None where it has none.

    `episodes` says to which episode each trajectory belongs.
    """
    if not commits:
        return None
    lines, undone = Lines(commits, history), undoings(commits, history)
    fates = [fate for _, fate in lines.known]
    shares = {
        name: standing.share
        for name, span in (("day", DAY), ("week", WEEK), ("month", MONTH), ("head", None))
        if (standing := lines.after(span)) is not None
    }
    return Survival(
        id=name,
        commits=tuple(dict.fromkeys(commit.sha for commit in commits)),
        n_lines=sum(fate.n_lines for fate in fates) if fates else None,
        n_landed=sum(fate.n_landed for fate in fates) if fates else None,
        landed=min((fate.landed for fate in fates if fate.landed), default=None),
        kept_day=shares.get("day"),
        kept_week=shares.get("week"),
        kept_month=shares.get("month"),
        kept_head=shares.get("head"),
        rollback=_rollback(commits, undone, history),
        undone=tuple(_undone(found) for found in undone.every),
        rewritten=lines.rewritten(episodes),
        stamp=_STAMP,
    )


def _moves(fate: LineFate) -> Iterator[tuple[LinesMoved, int]]:
    for moved in fate.gone:
        yield moved, 1
    for moved in fate.back:
        yield moved, -1


def _who(commit: Commit | None, history: History, episodes: Mapping[str, str]) -> _Who:
    """Say who made a commit, by the surest that is known."""
    if commit is None:
        return _Who("unmarked", "")
    for trajectory_id in sorted(history.makers(commit.id)):
        return _Who("session", episodes.get(trajectory_id, ""))
    is_marked = any(author.agent is not None for author in commit.co_authors)
    return _Who("agent" if is_marked else "unmarked", "")


def _rollback(commits: Sequence[Commit], undone: Undoings, history: History) -> Rollback:
    """Say how soon anything was taken back, as seen from the soonest."""
    spans = [found.undoing.after for found in undone.counted if found.undoing.after is not None]
    if undone.counted:
        soonest = min(spans, default=None)
        if soonest is None or soonest > WEEK:
            return "later"
        return "day" if soonest <= DAY else "week"
    is_over = all(c.at is not None and history.reaches(c, c.at + WEEK) for c in commits)
    return "none" if is_over else "pending"


def _undone(found: TakenBack) -> Undone:
    after = found.undoing.after
    return Undone(
        commit=found.commit.sha,
        undone_by=found.undoing.commit.sha,
        is_said=found.undoing.is_said,
        after_s=None if after is None else after.total_seconds(),
    )
