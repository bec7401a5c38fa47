"""Links from sessions to commits by explicit statements, or else by branch and time.

| method | what is known | confidence |
|---|---|---|
| `commit_output` | the session printed git's own line about the commit | .99 |
| `git_operation` | the result of a tool names the commit as data | .99 |
| `checkpoint_trailer` | a trailer of the commit names the session, and it was at work | .99 |
| `commit_subject` | the session asked for a commit of that subject, minutes before or after | .97 |
| `commit_subject` | the subject is what the person had asked for within the hour before | .97 |
| `commit_subject` | it has the subject that git printed with a hash which is gone | .97 |
| `base_commit` | the session began at the commit: context, not its work | .9 |
| `pull_request` | session and commit name the same pull request, in one repository | .85 |
| `checkpoint_trailer` | a trailer names it, and nothing that it did shows | .5 |
| `branch_and_time` | made while or at most an hour after, on the session's branch | .3 |

A hash that no known repository holds makes no link. A tool that saves sessions names every one
with unsaved work, so what it says of a session that lay idle is uncertain. The last is for commits
that no session has made for sure, and never for merges. Edits, subagents and plans have modules of
their own; all methods are told in docs/links.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from tracemill.link.commits.changes import first_written
from tracemill.link.commits.index import CommitIndex
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.events.event import Commit
from tracemill.records.links import Link
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

MADE: Final = frozenset(
    {"commit_output", "git_operation", "checkpoint_trailer", "commit_subject", "subagent_commit"}
)
"""Methods that prove, where they are sure, that the session made the commit."""

_AFTER_BRANCH: Final = timedelta(hours=1)
_AT_WORK: Final = timedelta(minutes=10)
"""How long after its last word a session may have been at work on a commit."""
_ASKED: Final = timedelta(minutes=5)
"""How far from the command that asks for it a commit may be written."""
_REQUESTED: Final = timedelta(hours=1)
"""How long after a person's words a commit may be written that has them for its subject."""
_BY_SUBJECT: Final = timedelta(minutes=2)
"""How far outside the session a commit may be written that only its subject tells."""


def repository_of(trajectory: Trajectory, index: CommitIndex) -> str | None:
    """Return the repository that a session worked in, or the one that its log lies in."""
    within = trajectory.origin.uri.partition("#")[0]
    return index.repository_of(trajectory.cwd) or index.repository_of(within)


def stated_links(trajectory: Trajectory, activity: Activity, index: CommitIndex) -> Iterator[Link]:
    """Yield the links to commits that the session says it made."""
    repository = repository_of(trajectory, index)
    steps: dict[str, list[int]] = {}
    found: dict[str, Commit] = {}
    structured: set[str] = set()
    for mention in activity.commits:
        commit = index.find(mention.sha, repository)
        if commit is not None:
            found[commit.id] = commit
            steps.setdefault(commit.id, []).append(mention.step)
            if mention.is_structured:
                structured.add(commit.id)
    for commit_id, commit in found.items():
        method = "git_operation" if commit_id in structured else "commit_output"
        evidence = [of_trajectory(trajectory.id, step) for step in sorted(set(steps[commit_id]))]
        yield make_link(
            of_trajectory(trajectory.id), of_commit(commit), method, 0.99, evidence=evidence
        )
    if repository is not None:
        subjects = {
            commit.id: (commit, step)
            for commit, step in _by_subject(activity, repository, index)
            if commit.id not in found
        }
        for commit, step in subjects.values():
            source, target = of_trajectory(trajectory.id), of_commit(commit)
            shown = [of_trajectory(trajectory.id, step)]
            yield make_link(source, target, "commit_subject", 0.97, evidence=shown)


def _by_subject(
    activity: Activity, repository: str, index: CommitIndex
) -> Iterator[tuple[Commit, int]]:
    """Yield the commits of subjects that were asked for, or that git printed with a lost hash."""
    for asked in activity.asked_commits:
        if asked.at is not None:
            commits = index.with_subject(repository, asked.subject)
            yield from _written(commits, asked.at - _ASKED, asked.at + _ASKED, asked.step)
    for request in activity.requests:
        commits = index.saying(repository, request.opening)
        yield from _written(commits, request.at, request.at + _REQUESTED, request.step)
    if activity.started is None or activity.ended is None:
        return
    first, last = activity.started - _BY_SUBJECT, activity.ended + _BY_SUBJECT
    for mention in activity.commits:
        if mention.subject and index.find(mention.sha, repository) is None:
            commits = index.with_subject(repository, mention.subject)
            yield from _written(commits, first, last, mention.step)


def _written(
    commits: Iterable[Commit], first: datetime, last: datetime, step: int
) -> Iterator[tuple[Commit, int]]:
    """Yield the commits that were first written in a period, with the step that tells of them."""
    for commit in commits:
        written = first_written(commit)
        if written is not None and first <= written <= last:
            yield commit, step


def named_links(
    trajectory: Trajectory, activity: Activity, index: CommitIndex, shown: Collection[str]
) -> Iterator[Link]:
    """Yield the links that a commit or somebody else states.

    `shown` are the commits of which something else shows that the session worked on them.
    """
    repository = repository_of(trajectory, index)
    if not trajectory.is_subagent:
        for commit in index.of_session(trajectory.session_id):
            yield _link(trajectory, commit, "checkpoint_trailer", 0.99)
        for commit in index.of_checkpoint(trajectory.session_id):
            is_shown = commit.id in shown or _is_at_work(activity, commit)
            yield _link(trajectory, commit, "checkpoint_trailer", 0.99 if is_shown else 0.5)
    if repository is not None:
        for number in activity.pull_requests:
            for commit in index.of_pull_request(repository, number):
                yield _link(trajectory, commit, "pull_request", 0.85)
    base = index.find(trajectory.base_commit or "", repository)
    if base is not None:
        yield _link(trajectory, base, "base_commit", 0.9)


def _is_at_work(activity: Activity, commit: Commit) -> bool:
    if activity.started is None or activity.ended is None:
        return False
    written = first_written(commit)
    first, last = activity.started - _AT_WORK, activity.ended + _AT_WORK
    return written is not None and first <= written <= last


def branch_links(
    trajectory: Trajectory, activity: Activity, index: CommitIndex, taken: Collection[str]
) -> Iterator[Link]:
    """Yield the links that branch and time alone suggest, none to commits in `taken`."""
    repository = repository_of(trajectory, index)
    if repository is None or activity.started is None or activity.ended is None:
        return
    for commit in index.between(repository, activity.started, activity.ended + _AFTER_BRANCH):
        is_open = commit.id not in taken and len(commit.parents) <= 1
        if is_open and trajectory.branch in commit.refs:
            yield _link(trajectory, commit, "branch_and_time", 0.3)


def _link(trajectory: Trajectory, commit: Commit, method: str, confidence: float) -> Link:
    source: Ref = of_trajectory(trajectory.id)
    return make_link(source, of_commit(commit), method, confidence)
