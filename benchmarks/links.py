"""Links from sessions to commits told by content alone, held against trailers that name them.

    python benchmarks/links.py [--workspaces FOLDER] REPOSITORY...

Each is a git repository in which the Entire CLI saved sessions, so trailers of its commits name
them. It is read into a workspace of its own, linked without what the checkpoints say, and
compared. A pair of session and commit is right if a trailer says so. Trailers leave out sessions in
which git printed the commit's own hash, and others of which the log shows that they made it: one of
their commands asked git for a commit of its subject in those minutes, or ten lines are the same,
which are a third of what either of both added. So three counts are given. Only commits at which a
checkpoint was saved are judged: a trailer that was carried on names no session of its commit.
`link_truth.py` says what is to be found. With `--workspaces` the workspaces are kept there, and one
that is there is taken as it is.
"""

import subprocess
import tempfile
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from link_truth import LEVELS, WHY, Pair, SharedLines, Truth, truth_of
from measuring import TRACEMILL

from tracemill.flows.deriving.facts import Facts
from tracemill.link.link_records import link_records
from tracemill.records.links import SURE_ENOUGH
from tracemill.stats.intervals import wilson
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

PRINTED = frozenset({"commit_output", "git_operation"})
NO_WORK = frozenset({"base_commit"})
BINS = (0.0, 0.05, 0.2, 0.5, 0.7, 0.9, 0.95, 1.01)


class Found(NamedTuple):
    pair: Pair
    method: str
    confidence: float
    is_right: bool
    is_printed: bool
    """Whether git itself printed the commit's hash in the session."""
    is_shown: bool
    """Whether that or something else in the log shows that the session made the commit."""


def found_in(facts: Facts, truth: Truth) -> list[Found]:
    """Return the surest link of each pair, made without the checkpoints."""
    sessions = {t.id: t.session_id for t in facts.trajectories.values()}
    commits = {commit.id: commit.sha for commit in facts.commits}
    links = link_records(
        facts.trajectories.values(), facts.activities, facts.commits, lines=facts.lines
    )
    printed = {
        (sessions.get(link.source.id, ""), commits[link.target.id])
        for link in links
        if link.method in PRINTED
    }
    shared = SharedLines(facts)
    best: dict[Pair, Found] = {}
    for link in links:
        session, sha = sessions.get(link.source.id), commits.get(link.target.id)
        if session is None or sha not in truth.judged or link.method in NO_WORK:
            continue
        pair = (session, sha)
        is_right, is_printed = pair in truth.pairs["named"], pair in printed
        is_shown = is_printed or link.method == "commit_subject" or shared.are_many(pair)
        found = Found(pair, link.method, link.confidence, is_right, is_printed, is_shown)
        if pair not in best or best[pair].confidence < found.confidence:
            best[pair] = found
    return list(best.values())


def share(found: Iterable[bool]) -> str:
    each = list(found)
    if not each:
        return "    -"
    low, high = wilson(sum(each), len(each))
    return f"{sum(each):5}/{len(each):<5} {sum(each) / len(each):6.3f} ({low:.2f} to {high:.2f})"


def show(name: str, found: list[Found], truth: Truth) -> None:
    """Print what was found of one repository, or of all."""
    sure = [each for each in found if each.confidence >= SURE_ENOUGH]
    linked = {each.pair for each in sure}
    print(f"\n## {name}\nprecision           {share(each.is_right for each in sure)}")
    print(f"or printed by git   {share(each.is_right or each.is_printed for each in sure)}")
    print(f"or shown by the log {share(each.is_right or each.is_shown for each in sure)}")
    for level in LEVELS:
        print(f"recall of {level:<9} {share(pair in linked for pair in truth.pairs[level])}")
    print("named pairs, by why they cannot be told by edits; how many are linked:")
    linked_why = Counter(why for pair, why in truth.why.items() if pair in linked)
    for why in WHY:
        print(f"  {truth.reasons[why]:4}  {linked_why[why]:4}  {why}")
    print("by method, from the default threshold on:")
    for method in sorted({each.method for each in sure}):
        here = [each for each in sure if each.method == method]
        right = share(each.is_right for each in here)
        print(f"  {method:<18} {right}  {share(e.is_right or e.is_printed for e in here)}")
    reliability(found)


def reliability(found: list[Found]) -> None:
    """Print how sure links are against how often they are right."""
    error = error_shown = 0.0
    print("confidence     mean   right or printed                  or shown by the log")
    for low, high in pairwise(BINS):
        here = [each for each in found if low <= each.confidence < high]
        if here:
            mean = sum(each.confidence for each in here) / len(here)
            right = [each.is_right or each.is_printed for each in here]
            shown = [each.is_right or each.is_shown for each in here]
            error += abs(mean - sum(right) / len(here)) * len(here) / len(found)
            error_shown += abs(mean - sum(shown) / len(here)) * len(here) / len(found)
            print(f"{low:.2f} to {min(high, 1):.2f}  {mean:6.3f}  {share(right)}  {share(shown)}")
    print(f"calibration error {error:.3f}, as the log shows {error_shown:.3f}, n = {len(found)}")


@contextmanager
def workspace_of(repo: Path, kept: Path | None) -> Iterator[Path]:
    """Read a repository into a workspace, unless it is there."""
    with tempfile.TemporaryDirectory() as passing:
        folder = (kept or Path(passing)) / repo.name
        if not folder.exists():
            command = [*TRACEMILL, "run", "-q", "--workspace", str(folder), str(repo)]
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # logs may be absent
        yield folder


def main() -> None:
    parser = ArgumentParser(description="Links told by content alone, against trailers.")
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--workspaces", type=Path)
    asked = parser.parse_args()
    every: list[Found] = []
    told: defaultdict[str, frozenset[Pair]] = defaultdict(frozenset)
    why: dict[Pair, str] = {}
    for repo in asked.repositories:
        with workspace_of(repo, asked.workspaces) as folder:
            lake = Lake(Workspace(folder).lake)
            facts = Facts(lake)
            truth = truth_of(facts, lake, repo)
            found = found_in(facts, truth)
        show(repo.name, found, truth)
        every += found
        why |= truth.why
        for level, pairs in truth.pairs.items():
            told[level] |= pairs
    show("all", every, Truth(frozenset(), dict(told), why))


if __name__ == "__main__":
    main()
