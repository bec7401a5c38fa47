"""Links from a session to commits, from the surest method to the weakest.

| method | what is known | confidence |
|---|---|---|
| `commit_output` | the session printed git's own line about the commit | .99 |
| `checkpoint_trailer` | a trailer of the commit names the session | .99 |
| `commit_subject` | the session made a commit of that subject, since rebased or amended | .9 |
| `pull_request` | session and commit name the same pull request, in one repository | .85 |
| `base_commit` | the session began at the commit: context, not its work | .9 |
| `edited_lines` | files that it edited before, and new lines that it wrote | up to .97 |
| `files_and_time` | files that it edited before; the lines are not known | up to .85 |
| `branch_and_time` | made while or at most an hour after, on the session's branch | .3 |

A hash that no known repository holds makes no link. How sure the two methods by edits are is
measured, see docs/links.md. The last is for commits that no session has made for sure. None but
the first two looks at merges.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Final

from tracemill.link.change_index import ChangeIndex, first_written
from tracemill.link.commit_index import CommitIndex
from tracemill.link.edit_links import edit_evidence
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.activity import Activity, CommitMention
from tracemill.records.events import Commit
from tracemill.records.links import Link
from tracemill.records.refs import Ref
from tracemill.records.trajectory import Trajectory

MADE: Final = frozenset({"commit_output", "git_operation", "checkpoint_trailer"})
"""Methods that prove that the session made the commit."""

_AFTER_BRANCH: Final = timedelta(hours=1)
_LEAST: Final = 0.1
"""Below this, edits and commit have hardly more to do with one another than any two."""
_BY_SUBJECT: Final = timedelta(minutes=2)
"""How far outside the session a commit may be written that only its subject tells."""


def repository_of(trajectory: Trajectory, index: CommitIndex) -> str | None:
    """Return the repository that a session worked in, or the one that its log lies in."""
    within = trajectory.origin.uri.partition("#")[0]
    return index.repository_of(trajectory.cwd) or index.repository_of(within)


def sure_links(trajectory: Trajectory, activity: Activity, index: CommitIndex) -> Iterator[Link]:
    """Yield the links that the session or the commit itself states."""
    repository = repository_of(trajectory, index)
    yield from _outputs(trajectory, activity, index, repository)
    for commit in index.of_session(trajectory.session_id):
        if not trajectory.is_subagent:
            yield _link(trajectory, commit, "checkpoint_trailer", 0.99)
    if repository is not None:
        for number in activity.pull_requests:
            for commit in index.of_pull_request(repository, number):
                yield _link(trajectory, commit, "pull_request", 0.85)
    base = index.find(trajectory.base_commit or "", repository)
    if base is not None:
        yield _link(trajectory, base, "base_commit", 0.9)


def weak_links(
    trajectory: Trajectory,
    activity: Activity,
    index: CommitIndex,
    changes: ChangeIndex,
    taken: Collection[str],
) -> Iterator[Link]:
    """Yield the links that edits and time suggest, by time alone none to commits in `taken`."""
    repository = repository_of(trajectory, index)
    if repository is None:
        return
    told = set()
    for evidence in edit_evidence(trajectory, activity, repository, changes):
        if evidence.confidence < _LEAST:
            continue
        told.add(evidence.commit.id)
        yield _link(trajectory, evidence.commit, evidence.method, evidence.confidence)
    if activity.started is None or activity.ended is None:
        return
    for commit in index.between(repository, activity.started, activity.ended + _AFTER_BRANCH):
        is_open = commit.id not in told and commit.id not in taken and len(commit.parents) <= 1
        if is_open and trajectory.branch in commit.refs:
            yield _link(trajectory, commit, "branch_and_time", 0.3)


def _outputs(
    trajectory: Trajectory, activity: Activity, index: CommitIndex, repository: str | None
) -> Iterator[Link]:
    steps: dict[str, list[int]] = {}
    found: dict[str, Commit] = {}
    structured: set[str] = set()
    for mention in activity.commits:
        commit = index.find(mention.sha, repository)
        if commit is None:
            yield from _same_subject(trajectory, activity, mention, index)
            continue
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


def _same_subject(
    trajectory: Trajectory, activity: Activity, mention: CommitMention, index: CommitIndex
) -> Iterator[Link]:
    """Yield the links to what became of a commit whose hash is gone."""
    repository = repository_of(trajectory, index)
    if repository is None or activity.started is None or activity.ended is None:
        return
    first, last = activity.started - _BY_SUBJECT, activity.ended + _BY_SUBJECT
    for commit in index.with_subject(repository, mention.subject or ""):
        written = first_written(commit)
        if mention.subject and written is not None and first <= written <= last:
            step = [of_trajectory(trajectory.id, mention.step)]
            source, target = of_trajectory(trajectory.id), of_commit(commit)
            yield make_link(source, target, "commit_subject", 0.9, evidence=step)


def _link(trajectory: Trajectory, commit: Commit, method: str, confidence: float) -> Link:
    source: Ref = of_trajectory(trajectory.id)
    return make_link(source, of_commit(commit), method, confidence)
