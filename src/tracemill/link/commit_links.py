"""Links from a session to commits, from the surest method to the weakest.

| method | what is known | confidence |
|---|---|---|
| `commit_output` | the session printed git's own line about the commit | .99 |
| `checkpoint_trailer` | a trailer of the commit names the session | .99 |
| `pull_request` | session and commit name the same pull request, in one repository | .85 |
| `base_commit` | the session began at the commit: context, not its work | .9 |
| `files_and_time` | made while or soon after, and holds files that the session edited | up to .9 |
| `branch_and_time` | made while or at most an hour after, on the session's branch | .3 |

A hash that no known repository holds makes no link. `files_and_time` wants at least half of the
commit's files, and at most six hours. How sure it is falls with time, as measured on 40 such
commits of real sessions: of those made within ten minutes after, 21 of 21 were the session's
work, within half an hour 3 of 5, later 1 of 14. It also falls with the share of the commit's
files, and of the session's own files, that are not in common. The two weak methods look only
at commits that no session has made for sure, and never at merges.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from tracemill.link.commit_index import CommitIndex
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.activity import Activity
from tracemill.records.events import Commit
from tracemill.records.links import Link
from tracemill.records.refs import Ref
from tracemill.records.trajectory import Trajectory

MADE: Final = frozenset({"commit_output", "git_operation", "checkpoint_trailer"})
"""Methods that prove that the session made the commit."""

_AFTER_FILES: Final = timedelta(hours=6)
_AFTER_BRANCH: Final = timedelta(hours=1)
_MIN_SHARE: Final = 0.5
_ONE_FILE: Final = 0.8
"""How sure a commit of a single file can make: a changelog is edited by everybody."""

_BY_DELAY: Final = ((timedelta(minutes=10), 0.9), (timedelta(minutes=30), 0.6), (_AFTER_FILES, 0.3))
"""How sure a commit is that was made at most so long after the session's end."""


def sure_links(trajectory: Trajectory, activity: Activity, index: CommitIndex) -> Iterator[Link]:
    """Yield the links that the session or the commit itself states."""
    repository = index.repository_of(trajectory.cwd)
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
    trajectory: Trajectory, activity: Activity, index: CommitIndex, taken: Collection[str]
) -> Iterator[Link]:
    """Yield the links that files, branch and time suggest, commits in `taken` left aside."""
    repository = index.repository_of(trajectory.cwd)
    if repository is None or activity.started is None or activity.ended is None:
        return
    edited = _within(repository, trajectory.cwd, activity.files_edited)
    nearby = index.between(repository, activity.started, activity.ended + _AFTER_FILES)
    soon = activity.ended + _AFTER_BRANCH
    for commit in nearby:
        if commit.id in taken or len(commit.parents) > 1:
            continue
        confidence = _by_files(commit, edited, activity.ended)
        if confidence is not None:
            yield _link(trajectory, commit, "files_and_time", confidence)
        elif commit.at is not None and commit.at <= soon and trajectory.branch in commit.refs:
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


def _link(trajectory: Trajectory, commit: Commit, method: str, confidence: float) -> Link:
    source: Ref = of_trajectory(trajectory.id)
    return make_link(source, of_commit(commit), method, confidence)


def _within(repository: str, cwd: str | None, paths: Iterable[str]) -> frozenset[str]:
    """Return paths as git would name them, those outside the repository left out."""
    prefix = f"{repository}/"
    folder = (cwd or repository).rstrip("/")
    whole = (path if path.startswith(("/", "~")) else f"{folder}/{path}" for path in paths)
    return frozenset(path.removeprefix(prefix) for path in whole if path.startswith(prefix))


def _by_files(commit: Commit, edited: frozenset[str], ended: datetime) -> float | None:
    if not commit.files or not edited or commit.at is None:
        return None
    n_shared = sum(change.path in edited for change in commit.files)
    share = n_shared / len(commit.files)
    if share < _MIN_SHARE:
        return None
    late = commit.at - ended
    sure = next(sure for delay, sure in _BY_DELAY if late <= delay)
    sure *= (1 + share) / 2 * (3 + 2 * n_shared / len(edited)) / 5
    return round(min(sure, _ONE_FILE) if len(commit.files) == 1 else sure, 3)
