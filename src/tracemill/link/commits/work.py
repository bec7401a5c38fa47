"""Which commits are one piece of work, where no session is known.

Commits of one branch belong together, and so do attempts: a commit and what it refines, reverts or
undoes, as long as little time lies between. Everything else is a piece of work of its own. Merges
bring what others did, and are left aside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from tracemill.base.clock import moment_key
from tracemill.records.events.commits import Commit
from tracemill.records.links import Link, LinkMethod

_JOINING: Final[frozenset[LinkMethod]] = frozenset({"refines", "reverts", "undoes"})
_WITHIN: Final = timedelta(days=1)
_MOST: Final = 40
"""Commits of one piece of work; what would make it larger joins nothing."""


def group_commits(
    commits: Iterable[Commit], links: Iterable[Link], branches: Iterable[Sequence[str]]
) -> list[tuple[Commit, ...]]:
    """Return commits that are one piece of work each, oldest first.

    Args:
        commits: those of which no session is known; several of one hash are one.
        links: between commits, and others, which say nothing here.
        branches: hashes of the commits that each branch brought.
    """
    known: dict[str, Commit] = {}
    for commit in commits:
        if len(commit.parents) < 2 and commit.at is not None:  # noqa: PLR2004 - a merge
            known.setdefault(commit.sha, commit)
    by_event = {commit.id: commit.sha for commit in known.values()}
    groups = {sha: {sha} for sha in known}
    for branch in branches:
        shas = [sha for sha in branch if sha in known]
        for sha in shas[1:]:
            _join(groups, shas[0], sha)
    for link in sorted(links, key=lambda each: each.id):
        later, earlier = by_event.get(link.source.id), by_event.get(link.target.id)
        if link.method in _JOINING and later and earlier and _is_near(known, later, earlier):
            _join(groups, later, earlier)
    found: defaultdict[int, list[Commit]] = defaultdict(list)
    for sha, group in groups.items():
        found[id(group)].append(known[sha])
    works = [tuple(sorted(group, key=_moment)) for group in found.values()]
    return sorted(works, key=lambda work: _moment(work[0]))


def _is_near(known: Mapping[str, Commit], later: str, earlier: str) -> bool:
    first, second = known[earlier].at, known[later].at
    return first is not None and second is not None and abs(second - first) <= _WITHIN


def _join(groups: dict[str, set[str]], one: str, other: str) -> None:
    first, second = groups[one], groups[other]
    if first is second or len(first) + len(second) > _MOST:
        return
    first |= second
    for sha in second:
        groups[sha] = first


def _moment(commit: Commit) -> tuple[float, str]:
    return (moment_key(commit.at), commit.sha)
