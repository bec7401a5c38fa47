"""Which session worked on which commit, by trailers and by what else is known of them.

Entire names in a trailer the checkpoint that it saves at a commit. For long it saved every session
that was not yet closed, also those that were over or at work on something else, until its authors
asked that a session's log had grown and that it touched a file of the commit. So what a trailer
names is told in several ways, and the older checkpoints are held to the later rule too:

named     every pair that a trailer names, of a session of which any log was read
held      of those, the ones of a checkpoint of which the repository still holds a log
saved     of those, the ones saved at that commit: a trailer may be carried on to later commits
claimed   of those, the ones that the later rule names: anything was logged since the tool last saved
          the session, and the tool's own list of its files names one of the commit
worked    those, and what the log alone bears out: it has grown and shows an edit of a file of the
          commit, or shows one that is open
edited    of those, the ones whose log shows an edit of a file of the commit in 14 days before it
open      of those saved, the ones with such an edit that no earlier commit holds
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tracemill.base.git.objects import object_sizes
from tracemill.base.git.process import Git
from tracemill.base.line_sketch import MAX_OF_COMMIT, MAX_OF_SESSION, Sketch
from tracemill.flows.deriving.facts import Facts
from tracemill.link.authorship.edited_paths import edited_paths
from tracemill.link.authorship.stated import repository_of
from tracemill.link.commits.changes import ChangeIndex, first_written
from tracemill.link.commits.index import CommitIndex
from tracemill.records.events.event import Checkpoint, Commit
from tracemill.sources.entire.branch import checkpoint_files
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES

LEVELS = ("named", "held", "saved", "claimed", "worked", "edited", "open")
WHY = (
    "the repository holds no log of the checkpoint",
    "saved for an earlier commit",
    "a merge",
    "its log had not grown since the tool last saved it",
    "neither the log nor the tool names a file of the commit for it",
    "the tool alone does: no edit is in the log",
    "an earlier commit holds all edits of its files",
    "can be told",
)
_MANY = 10
_MUCH = 1 / 3
_SAVED_WITHIN = timedelta(minutes=5)
_LONGEST = timedelta(days=14)
_MINUTE = timedelta(minutes=1)
Pair = tuple[str, str]


class Truth(NamedTuple):
    """What is known of one repository."""

    judged: frozenset[str]
    """Hashes of the commits at which a checkpoint was saved."""
    pairs: dict[str, frozenset[Pair]]
    """Pairs of session and commit, by how they are told."""
    why: dict[Pair, str]
    """Why a named pair cannot be told by edits, or that it can."""

    @property
    def reasons(self) -> Counter[str]:
        """How often each reason was met."""
        return Counter(self.why.values())


def truth_of(facts: Facts, lake: Lake, repo: Path) -> Truth:
    """Tell the sessions of each commit of a repository of which a checkpoint is known."""
    saved = defaultdict(list)
    for checkpoint in facts.checkpoints:
        saved[checkpoint.checkpoint_id].append(checkpoint)
    acts = _Acts(facts, lake)
    held = _held_logs(repo)
    told: dict[Pair, tuple[int, set[str]]] = {}
    judged = set()
    for commit in facts.commits:
        for checkpoint in (each for name in commit.checkpoints for each in saved[name]):
            if is_for(commit, checkpoint.at):
                judged.add(commit.sha)
            if not acts.knows(checkpoint.session_id):
                continue
            pair = (checkpoint.session_id, commit.sha)
            at = acts.told(commit, checkpoint, is_held=checkpoint.checkpoint_id in held)
            told[pair] = max(at, told.get(pair, (0, set())), key=lambda each: each[0])
    pairs = {
        level: frozenset(pair for pair, (_, levels) in told.items() if level in levels)
        for level in LEVELS
    }
    return Truth(frozenset(judged), pairs, {pair: WHY[why] for pair, (why, _) in told.items()})


def is_for(commit: Commit, at: datetime | None) -> bool:
    """Tell whether a checkpoint was saved at a commit, and not at an earlier one."""
    moments = [m for m in (commit.at, commit.authored) if m is not None]
    return at is not None and any(abs(moment - at) <= _SAVED_WITHIN for moment in moments)


def _held_logs(repo: Path) -> set[str]:
    """Return the checkpoints of which the repository holds a log."""
    git = Git.of(repo)
    logs = [file for file in checkpoint_files(git) if file.path.endswith("/full.jsonl")]
    sizes = object_sizes(git, (file.object_id for file in logs))
    tops = [file.path.split("/")[:2] for file in logs if file.object_id in sizes]
    return {"".join(top) for top in tops} | {top[1] for top in tops}  # of the branch, of a ref


class SharedLines:
    """Which commits hold much of what sessions wrote, whatever a trailer or a link says of them."""

    def __init__(self, facts: Facts) -> None:
        self._added = {each.commit: Sketch.of(each.lines, MAX_OF_COMMIT) for each in facts.lines}
        self._written: defaultdict[str, list[Sketch]] = defaultdict(list)
        for trajectory in facts.trajectories.values():
            activity = facts.activities.get(trajectory.id)
            if activity is not None:
                written = Sketch.of(activity.added_lines, MAX_OF_SESSION)
                self._written[trajectory.session_id].append(written)

    def are_many(self, pair: Pair) -> bool:
        """Tell whether ten lines are the same, and a third of the session's or the commit's."""
        session, sha = pair
        added = self._added.get(sha, Sketch.of(b"", MAX_OF_COMMIT))
        for written in self._written[session]:
            n_shared = len(written.hashes & added.hashes)
            compared = written.compared(added)
            sizes = (compared.n_first, compared.n_second)
            if n_shared >= _MANY and any(compared.n_shared >= _MUCH * n for n in sizes):
                return True
        return False


class _Acts:
    """What the logs show that sessions did to files and when, by the records alone."""

    def __init__(self, facts: Facts, lake: Lake) -> None:
        index = CommitIndex(facts.commits)
        self._changes = ChangeIndex(index)
        self._edits: defaultdict[str, defaultdict[str, list[datetime]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._mains = {t.session_id for t in facts.trajectories.values() if not t.is_subagent}
        for trajectory in facts.trajectories.values():
            activity = facts.activities.get(trajectory.id)
            edits = self._edits[trajectory.session_id]
            if activity is not None:
                where = repository_of(trajectory, index) or ""
                for path, at in edited_paths(trajectory, activity, where, self._changes):
                    edits[path] += at
        self._logged = _moments(facts, lake)
        self._saves: defaultdict[str, set[datetime]] = defaultdict(set)
        for checkpoint in facts.checkpoints:
            if checkpoint.at is not None:
                self._saves[checkpoint.session_id].add(checkpoint.at)

    def knows(self, session: str) -> bool:
        return session in self._mains

    def told(
        self, commit: Commit, checkpoint: Checkpoint, *, is_held: bool
    ) -> tuple[int, set[str]]:
        """Return why a pair cannot be told, by its place in `WHY`, and the levels it reaches."""
        if not is_held:
            return 0, {"named"}
        if not is_for(commit, checkpoint.at):
            return 1, {"named", "held"}
        levels = {"named", "held", "saved"}
        written = first_written(commit)
        if written is None or len(commit.parents) > 1:
            return 2, levels
        n_edits, n_open = self._edits_of(checkpoint.session_id, commit, written)
        has_grown = self._has_grown(checkpoint)
        if has_grown and {change.path for change in commit.files or ()} & {*checkpoint.files}:
            levels |= {"claimed", "worked"}
        if not n_open and not has_grown:
            return 3, levels
        if n_edits:
            why, more = (7, {"edited", "open"}) if n_open else (6, {"edited"})
            return why, levels | {"worked"} | more
        return (5 if "claimed" in levels else 4), levels

    def _edits_of(self, session: str, commit: Commit, written: datetime) -> tuple[int, int]:
        """Count the edits of files of a commit before it, and those no earlier commit holds."""
        n_edits = n_open = 0
        for change in commit.files or ():
            moments = [
                at
                for at in self._edits[session].get(change.path, ())
                if timedelta() <= written - at + _MINUTE <= _LONGEST
            ]
            since = self._changes.found_since(commit, change)
            n_edits += len(moments)
            n_open += sum(since is None or since > written or at > since for at in moments)
        return n_edits, n_open

    def _has_grown(self, checkpoint: Checkpoint) -> bool:
        """Tell whether anything was logged since the tool last saved the session."""
        at = checkpoint.at
        if at is None:
            return False
        saves = [each for each in self._saves[checkpoint.session_id] if each < at - _MINUTE]
        logged = self._logged[checkpoint.session_id]
        first = bisect_left(logged, max(saves)) if saves else 0
        return first < bisect_left(logged, at)


def _moments(facts: Facts, lake: Lake) -> defaultdict[str, list[datetime]]:
    """Return when anything was logged, by session, in order."""
    logged: defaultdict[str, list[datetime]] = defaultdict(list)
    for step in lake.records(TABLES["steps"]):
        trajectory = facts.trajectories.get(step.trajectory_id)
        if trajectory is not None and step.at is not None and not step.is_replayed:
            logged[trajectory.session_id].append(step.at)
    for moments in logged.values():
        moments.sort()
    return logged
