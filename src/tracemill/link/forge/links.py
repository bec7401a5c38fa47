"""Links to pull requests and issues.

| method | from | what is known | confidence |
|---|---|---|---|
| `opened` | trajectory | the session opened the pull request, or its log says so | .99 |
| `head_branch` | trajectory | it began on the branch that the pull request brings | .9 |
| `names` | trajectory | a person or a command names it by address or id | .9 |
| `names` | trajectory | by number, saying which of both it is; or not | .8, .6 |
| `brought_by` | commit | the forge lists the commit, or its subject ends in the number | .99, .9 |
| `closes` | commit | its message says that it closes the issue | .95 |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tracemill.link.authorship.stated import repository_of
from tracemill.link.commits.branches import MAIN_BRANCHES
from tracemill.link.commits.index import CommitIndex
from tracemill.link.forge.index import ForgeIndex, Session, Thing
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.events.event import Commit, Issue, PullRequest
from tracemill.records.links import Link
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import ForgeMention
from tracemill.records.sessions.trajectory import Trajectory

_CLOSES: Final = re.compile(r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d{1,9})\b")
_BROUGHT: Final = re.compile(r"\(#(\d{1,9})\)\s*$|^Merge pull request #(\d{1,9})\b")


class _Found(NamedTuple):
    target: Thing
    method: str
    confidence: float
    step: int | None = None


def forge_links(
    sessions: Sequence[Session],
    commits: Iterable[Commit],
    pulls: Sequence[PullRequest],
    issues: Sequence[Issue],
) -> Iterator[Link]:
    """Yield the links from sessions and commits to pull requests and issues."""
    if not pulls and not issues:
        return
    index = CommitIndex(commits)
    forge = ForgeIndex(pulls, issues, index)
    forge.learn(sessions)
    for trajectory, activity in sessions:
        names = forge.names_of(repository_of(trajectory, index))
        found = [*_mentioned(activity.mentions, names, forge), *_branch(trajectory, names, forge)]
        for each in _surest(found):
            shown = [] if each.step is None else [of_trajectory(trajectory.id, each.step)]
            source, target = of_trajectory(trajectory.id), Ref(kind="event", id=each.target.id)
            yield make_link(source, target, each.method, each.confidence, evidence=shown)
    for commit in index:
        for each in _surest(_of_commit(commit, forge)):
            target = Ref(kind="event", id=each.target.id)
            yield make_link(of_commit(commit), target, each.method, each.confidence)
    for pull in forge.pulls:
        for commit in forge.brought_by(pull):
            target = Ref(kind="event", id=pull.id)
            yield make_link(of_commit(commit), target, "brought_by", 0.99)


def _surest(found: Iterable[_Found]) -> Iterable[_Found]:
    """Return the surest of each method to each target."""
    best: dict[tuple[str, str], _Found] = {}
    for each in found:
        key = (each.target.id, each.method)
        if key not in best or best[key].confidence < each.confidence:
            best[key] = each
    return best.values()


def _mentioned(
    mentions: Iterable[ForgeMention], names: Iterable[str], forge: ForgeIndex
) -> Iterator[_Found]:
    for mention in mentions:
        if mention.native_id is not None:
            issue = forge.issue(mention.native_id)
            if issue is not None:
                yield _Found(issue, "names", 0.9, mention.step)
        elif mention.number is not None:
            where = names if mention.repository is None else [mention.repository]
            for thing in forge.numbered(where, mention.number):
                if mention.kind in {None, _kind_of(thing)}:
                    yield _named(thing, mention)


def _named(thing: Thing, mention: ForgeMention) -> _Found:
    if mention.is_opened:
        return _Found(thing, "opened", 0.99, mention.step)
    if mention.repository is not None:
        return _Found(thing, "names", 0.9, mention.step)
    return _Found(thing, "names", 0.6 if mention.kind is None else 0.8, mention.step)


def _kind_of(thing: Thing) -> str:
    return "issue" if isinstance(thing, Issue) else "pull_request"


def _branch(trajectory: Trajectory, names: frozenset[str], forge: ForgeIndex) -> Iterator[_Found]:
    """Yield the pull requests that bring the branch and were not closed when the session began."""
    if trajectory.branch is None or trajectory.branch in MAIN_BRANCHES or not names:
        return
    for pull in forge.pulls:
        is_here = (pull.repository or "").lower() in names
        began, closed = trajectory.started, pull.closed or pull.merged
        is_open = closed is None or began is None or began <= closed
        if is_here and is_open and pull.head_branch == trajectory.branch:
            yield _Found(pull, "head_branch", 0.9)


def _of_commit(commit: Commit, forge: ForgeIndex) -> Iterator[_Found]:
    names = forge.names_of(commit.origin.uri)
    if not names:
        return
    match = _BROUGHT.search(commit.subject)
    for thing in forge.numbered(names, int(match[1] or match[2])) if match else ():
        if isinstance(thing, PullRequest):
            yield _Found(thing, "brought_by", 0.9)
    for number in _CLOSES.findall(f"{commit.subject}\n{commit.body}"):
        for thing in forge.numbered(names, int(number)):
            if isinstance(thing, Issue):
                yield _Found(thing, "closes", 0.95)
