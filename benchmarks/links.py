"""Links from sessions to commits told by content alone, held against trailers that name them.

    python benchmarks/links.py REPOSITORY...

Each is a git repository in which the Entire CLI saved sessions, so trailers of its commits name
them. It is read into a workspace of its own, linked without what the checkpoints say, and
compared. A pair of session and commit is right if a trailer says so; trailers leave out sessions in
which git printed the commit's own hash, so both counts are given. Only commits with a trailer
whose checkpoint is known are judged: of the others nobody knows. What is to be found is told in
ways each narrower than the one before:

named     every pair that a trailer names, of a session of which any log was read
held      of those, the ones of a checkpoint of which the repository still holds a log
saved     of those, the ones saved for that commit: Entire repeats the trailer in later commits
edited    of those, the ones whose log shows an edit of a file of the commit in 14 days before it
open      of those, the ones in which no earlier commit holds all those edits

and once more by the tool's own word:

touched   of those saved, the ones in whose commit is a file that the checkpoint says the session
          touched: it counts files changed by others while the session was known to it
"""

import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from measuring import TRACEMILL

from tracemill.base.git_objects import object_sizes, tree_files
from tracemill.base.git_process import Git
from tracemill.flows.deriving.facts import Facts
from tracemill.link.change_index import ChangeIndex, first_written
from tracemill.link.commit_index import CommitIndex
from tracemill.link.commit_links import repository_of
from tracemill.link.edited_paths import edited_paths
from tracemill.link.link_records import link_records
from tracemill.records.events import Commit
from tracemill.records.links import SURE_ENOUGH
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

BRANCH = "entire/checkpoints/v1"
SAVED_WITHIN = timedelta(minutes=5)
PRINTED = frozenset({"commit_output", "git_operation"})
NO_WORK = frozenset({"base_commit"})
LEVELS = {"named": 0, "held": 1, "saved": 2, "edited": 4, "open": 5}
WHY = (
    "the repository holds no log of the checkpoint",
    "saved for an earlier commit",
    "a merge",
    "the log shows no edit of any of its files",
    "an earlier commit holds all edits of its files",
    "can be told",
)
BINS = (0.0, 0.05, 0.2, 0.5, 0.7, 0.9, 0.95, 1.01)
Pair = tuple[str, str]


class Found(NamedTuple):
    pair: Pair
    method: str
    confidence: float
    is_right: bool
    is_printed: bool
    """Whether git itself printed the commit's hash in the session."""


class Truth(NamedTuple):
    judged: frozenset[str]
    """Hashes of the commits whose sessions are known."""
    pairs: dict[str, frozenset[Pair]]
    """Pairs of session and commit, by how they are told."""
    why: Counter[str]
    """Why a named pair cannot be told by edits, how often."""


def held_logs(repo: Path) -> set[str]:
    """Return the checkpoints of which the repository holds a log."""
    git = Git.of(repo)
    logs = [file for file in tree_files(git, BRANCH) if file.path.endswith("/full.jsonl")]
    sizes = object_sizes(git, (file.object_id for file in logs))
    return {digest_of(file.path) for file in logs if file.object_id in sizes}


def digest_of(path: str) -> str:
    first, rest, *_ = path.split("/")
    return first + rest


def truth_of(facts: Facts, repo: Path) -> Truth:
    saved = defaultdict(list)
    for checkpoint in facts.checkpoints:
        saved[checkpoint.checkpoint_id].append(checkpoint)
    acts = Acts(facts)
    held = held_logs(repo)
    best: dict[Pair, int] = {}
    touched: set[Pair] = set()
    judged = set()
    for commit in facts.commits:
        for checkpoint in (each for name in commit.checkpoints for each in saved[name]):
            judged.add(commit.sha)
            if not acts.knows(checkpoint.session_id):
                continue
            pair = (checkpoint.session_id, commit.sha)
            told = 0
            if checkpoint.checkpoint_id in held:
                told = 1 if not is_for(commit, checkpoint.at) else acts.told(pair[0], commit)
            best[pair] = max(told, best.get(pair, 0))
            if told > 1 and set(checkpoint.files) & {change.path for change in commit.files or ()}:
                touched.add(pair)
    pairs = {
        name: frozenset(pair for pair, told in best.items() if told >= least)
        for name, least in LEVELS.items()
    }
    pairs["touched"] = frozenset(touched)
    why = Counter(WHY[told] for told in best.values())
    return Truth(frozenset(judged), pairs, why)


class Acts:
    """What the logs show that sessions did to files, by the records alone."""

    def __init__(self, facts: Facts) -> None:
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

    def knows(self, session: str) -> bool:
        return session in self._mains

    def told(self, session: str, commit: Commit) -> int:
        """Return how much of what a link needs the log shows; see `WHY`."""
        written = first_written(commit)
        if written is None or len(commit.parents) > 1:
            return 2
        n_edits = n_open = 0
        for change in commit.files or ():
            moments = [
                at
                for at in self._edits[session].get(change.path, ())
                if timedelta() <= written - at + timedelta(minutes=1) <= timedelta(days=14)
            ]
            since = self._changes.found_since(commit, change)
            is_moved = since is None or since > written
            n_edits += len(moments)
            n_open += sum(is_moved or at > since for at in moments)
        return 5 if n_open else 4 if n_edits else 3


def is_for(commit: Commit, at: datetime | None) -> bool:
    moments = [m for m in (commit.at, commit.authored) if m is not None]
    return at is not None and any(abs(moment - at) <= SAVED_WITHIN for moment in moments)


def found_in(facts: Facts, truth: Truth) -> list[Found]:
    sessions = {t.id: t.session_id for t in facts.trajectories.values() if not t.is_subagent}
    commits = {commit.id: commit.sha for commit in facts.commits}
    links = link_records(
        facts.trajectories.values(), facts.activities, facts.commits, lines=facts.lines
    )
    printed = {
        (sessions.get(link.source.id, ""), commits[link.target.id])
        for link in links
        if link.method in PRINTED
    }
    best: dict[Pair, Found] = {}
    for link in links:
        session, sha = sessions.get(link.source.id), commits.get(link.target.id)
        if session is None or sha not in truth.judged or link.method in NO_WORK:
            continue
        pair = (session, sha)
        is_right, is_printed = pair in truth.pairs["named"], pair in printed
        found = Found(pair, link.method, link.confidence, is_right, is_printed)
        if pair not in best or best[pair].confidence < found.confidence:
            best[pair] = found
    return list(best.values())


def share(found: Iterable[bool]) -> str:
    each = list(found)
    return f"{sum(each):5}/{len(each):<5} {sum(each) / len(each):6.3f}" if each else "    -"


def show(name: str, found: list[Found], truth: Truth) -> None:
    sure = [each for each in found if each.confidence >= SURE_ENOUGH]
    linked = {each.pair for each in sure}
    print(f"\n## {name}\nprecision           {share(each.is_right for each in sure)}")
    print(f"or printed by git   {share(each.is_right or each.is_printed for each in sure)}")
    for told, pairs in truth.pairs.items():
        print(f"recall of {told:<9} {share(pair in linked for pair in pairs)}")
    print("why a pair that a trailer names cannot be told by edits, or can:")
    for why in WHY:
        print(f"  {truth.why[why]:4}  {why}")
    print("by method, from the default threshold on:")
    for method in sorted({each.method for each in sure}):
        here = [each for each in sure if each.method == method]
        right = share(each.is_right for each in here)
        print(f"  {method:<18} {right}  {share(e.is_right or e.is_printed for e in here)}")
    reliability(found)


def reliability(found: list[Found]) -> None:
    error = 0.0
    print("confidence     mean   right or printed")
    for low, high in pairwise(BINS):
        here = [each for each in found if low <= each.confidence < high]
        if here:
            mean = sum(each.confidence for each in here) / len(here)
            right = sum(each.is_right or each.is_printed for each in here) / len(here)
            error += abs(mean - right) * len(here) / len(found)
            print(
                f"{low:.2f} to {min(high, 1):.2f}  {mean:6.3f}  {share(e.is_right or e.is_printed for e in here)}"
            )
    print(f"calibration error {error:.3f}, n = {len(found)}")


def main() -> None:
    every: list[Found] = []
    told: defaultdict[str, frozenset[Pair]] = defaultdict(frozenset)
    why: Counter[str] = Counter()
    for repo in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as folder:
            command = [*TRACEMILL, "run", "-q", "--workspace", folder, str(repo)]
            # some logs may be absent
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            facts = Facts(Lake(Workspace(Path(folder)).lake))
        truth = truth_of(facts, repo)
        found = found_in(facts, truth)
        show(repo.name, found, truth)
        every += found
        why += truth.why
        for name, pairs in truth.pairs.items():
            told[name] |= pairs
    show("all", every, Truth(frozenset(), dict(told), why))


if __name__ == "__main__":
    main()
