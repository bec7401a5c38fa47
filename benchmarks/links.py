"""Links from sessions to commits told by content alone, held against trailers that name them.

    python benchmarks/links.py REPOSITORY...

Each is a git repository in which the Entire CLI saved sessions, so trailers of its commits name
them. It is read into a workspace of its own, linked without what the checkpoints say, and
compared. A pair of session and commit is right if a trailer says so; trailers leave out sessions in
which git printed the commit's own hash, so both counts are given. Only commits with a trailer
whose checkpoint is known are judged: of the others nobody knows. What is to be found is told in
four ways, each narrower than the one before:

named     every pair that a trailer names, of a session of which any log was read
held      of those, the ones of a checkpoint of which the repository still holds a log
saved     of those, the ones saved for that commit: Entire repeats the trailer in later commits
touched   of those, the ones in whose commit is a file that the checkpoint says the session touched
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from measuring import TRACEMILL

from tracemill.base.git_objects import object_sizes, tree_files
from tracemill.base.git_process import Git
from tracemill.flows.facts import Facts
from tracemill.link.link_records import link_records
from tracemill.records.events import Commit
from tracemill.records.links import SURE_ENOUGH
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

BRANCH = "entire/checkpoints/v1"
SAVED_WITHIN = timedelta(minutes=5)
PRINTED = frozenset({"commit_output", "git_operation"})
NO_WORK = frozenset({"base_commit"})
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
    known = {t.session_id for t in facts.trajectories.values() if not t.is_subagent}
    held = held_logs(repo)
    pairs: dict[str, set[Pair]] = {name: set() for name in ("named", "held", "saved", "touched")}
    judged = set()
    for commit in facts.commits:
        for checkpoint in (each for name in commit.checkpoints for each in saved[name]):
            judged.add(commit.sha)
            if checkpoint.session_id not in known:
                continue
            pair = (checkpoint.session_id, commit.sha)
            is_held = checkpoint.checkpoint_id in held
            is_saved = is_held and is_for(commit, checkpoint.at)
            touched = set(checkpoint.files) & {change.path for change in commit.files or ()}
            told = zip(pairs, (True, is_held, is_saved, is_saved and touched), strict=True)
            for name, is_told in told:
                if is_told:
                    pairs[name].add(pair)
    return Truth(frozenset(judged), {name: frozenset(each) for name, each in pairs.items()})


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


def show(name: str, found: list[Found], truth: dict[str, frozenset[Pair]]) -> None:
    sure = [each for each in found if each.confidence >= SURE_ENOUGH]
    linked = {each.pair for each in sure}
    print(f"\n## {name}\nprecision           {share(each.is_right for each in sure)}")
    print(f"or printed by git   {share(each.is_right or each.is_printed for each in sure)}")
    for told, pairs in truth.items():
        print(f"recall of {told:<9} {share(pair in linked for pair in pairs)}")
    print("by method, from the default threshold on:")
    for method in sorted({each.method for each in sure}):
        print(f"  {method:<18} {share(e.is_right for e in sure if e.method == method)}")
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
    for repo in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as folder:
            command = [*TRACEMILL, "run", "-q", "--workspace", folder, str(repo)]
            subprocess.run(
                command, check=False, stdout=subprocess.DEVNULL
            )  # some logs may be absent
            facts = Facts(Lake(Workspace(Path(folder)).lake))
        truth = truth_of(facts, repo)
        found = found_in(facts, truth)
        show(repo.name, found, truth.pairs)
        every += found
        for name, pairs in truth.pairs.items():
            told[name] |= pairs
    show("all", every, told)


if __name__ == "__main__":
    main()
