"""All links between the records that are known, in an order that follows from the links alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from tracemill.link.authorship.authors import Authors
from tracemill.link.authorship.delegated import DelegatedLinks
from tracemill.link.authorship.edited import Worker, edit_evidence
from tracemill.link.authorship.stated import (
    MADE,
    branch_links,
    named_links,
    repository_of,
    stated_links,
)
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.changes import ChangeIndex, first_written
from tracemill.link.commits.index import CommitIndex
from tracemill.link.commits.pairs import commit_pairs
from tracemill.link.commits.refinements import refinements
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.link.sessions.links import session_links
from tracemill.link.sessions.planned import planned_links
from tracemill.records.events.event import ChangeUndone, Checkpoint, Commit, LinesAdded
from tracemill.records.links import SURE_ENOUGH, Link
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

_LEAST: Final = 0.1
"""Below this, edits and commit have hardly more to do with one another than any two."""
_SHOWN: Final = 0.2
"""From this on, edits bear out a trailer."""


def link_records(
    trajectories: Iterable[Trajectory],
    activities: Mapping[str, Activity],
    commits: Iterable[Commit],
    checkpoints: Iterable[Checkpoint] = (),
    undone: Iterable[ChangeUndone] = (),
    lines: Iterable[LinesAdded] = (),
) -> list[Link]:
    """Return every link between `trajectories` and `commits`, sorted by id.

    `activities` are those of the trajectories, by trajectory id; a trajectory without one is
    linked by what its header says.
    `checkpoints` say which sessions a commit's trailer means, `undone` which commits change
    others back, `lines` which lines commits added. Without `checkpoints` such trailers say nothing.
    """
    index = CommitIndex(commits, checkpoints)
    known = list(trajectories)
    observed = [(t, activities[t.id]) for t in known if t.id in activities]
    links = {link.id: link for link in _made_links(observed, index, ChangeIndex(index, lines))}
    for link in session_links(known, activities):
        links[link.id] = link
    for link in commit_pairs(index, undone):
        links[link.id] = link
    for link in refinements(index):
        links[link.id] = link
    return sorted(links.values(), key=lambda link: link.id)


def _made_links(
    observed: list[tuple[Trajectory, Activity]], index: CommitIndex, changes: ChangeIndex
) -> Iterator[Link]:
    """Yield the links from sessions to commits; what is sure makes what is weaker needless."""
    stated = [link for t, activity in observed for link in stated_links(t, activity, index)]
    authors, branches = _authors(observed, index, stated), Branches(index)
    edited = _edited(observed, index, changes, authors, branches)
    made = {link.target.id for link in stated}
    delegated = DelegatedLinks(index, branches, authors)
    stated += [link for t, activity in observed for link in delegated.of(t, activity, made)]
    stated += _planned(observed, index, [*stated, *edited])
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for link in [*stated, *edited]:
        if link.confidence >= _SHOWN:
            shown[link.source.id].add(link.target.id)
    named = [
        link for t, activity in observed for link in named_links(t, activity, index, shown[t.id])
    ]
    sure = [*stated, *named]
    yield from sure
    linked = {(link.source.id, link.target.id) for link in sure}
    weak = [link for link in edited if (link.source.id, link.target.id) not in linked]
    yield from weak
    linked.update((link.source.id, link.target.id) for link in weak)
    taken = {link.target.id for link in sure if link.method in MADE}
    for trajectory, activity in observed:
        for link in branch_links(trajectory, activity, index, taken):
            if (link.source.id, link.target.id) not in linked:
                yield link


def _planned(
    observed: list[tuple[Trajectory, Activity]], index: CommitIndex, known: Iterable[Link]
) -> list[Link]:
    """Return the links of plans to the first commits for sure of sessions that carried them out."""
    commits = {commit.id: commit for commit in index}
    sure = [link for link in known if link.confidence >= SURE_ENOUGH]
    made: defaultdict[str, list[Commit]] = defaultdict(list)
    for link in sure:
        made[link.source.id].append(commits[link.target.id])
    first = {source: min(found, key=_order) for source, found in made.items()}
    settled = {(link.source.id, link.target.id) for link in sure}
    found = planned_links(observed, first)
    return [link for link in found if (link.source.id, link.target.id) not in settled]


def _order(commit: Commit) -> tuple[bool, datetime | None, str]:
    written = first_written(commit)
    return written is None, written, commit.sha


def _authors(
    observed: Iterable[tuple[Trajectory, Activity]], index: CommitIndex, stated: Iterable[Link]
) -> Authors:
    authors = Authors()
    trajectories = {trajectory.id: trajectory for trajectory, _ in observed}
    commits = {commit.id: commit for commit in index}
    for link in stated:
        authors.learn(trajectories[link.source.id], commits[link.target.id])
    return authors


def _edited(
    observed: Iterable[tuple[Trajectory, Activity]],
    index: CommitIndex,
    changes: ChangeIndex,
    authors: Authors,
    branches: Branches,
) -> list[Link]:
    workers: list[Worker] = [
        (trajectory, activity, repository)
        for trajectory, activity in observed
        if (repository := repository_of(trajectory, index)) is not None
    ]
    return [
        make_link(of_trajectory(e.trajectory.id), of_commit(e.commit), e.method, e.confidence)
        for e in edit_evidence(workers, changes, authors, branches)
        if e.confidence >= _LEAST
    ]
