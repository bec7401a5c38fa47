"""Whether the branch that a session worked on was merged.

The label `outcome.merged` stands on a session of which a merge brought a commit to the main line,
or whose pull request is merged; it is `false` where that was closed without. Of an open branch
nothing is said. What a merge squashes or rebases is told by its pull request alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracemill.label import LABEL_VERSION
from tracemill.label.outcomes.history import History
from tracemill.records.events.event import PullRequest
from tracemill.records.labels import Label
from tracemill.records.links import SURE_ENOUGH, Link
from tracemill.records.refs import Ref, Stamp
from tracemill.records.work.change_sets import ChangeSet

_STAMP: Final = Stamp(by="branch_labels", version=LABEL_VERSION)
_WORKED_FOR: Final = frozenset({"opened", "head_branch"})
"""Links that say that a session worked for a pull request, and does not only speak of it."""


def branch_labels(
    change_sets: Iterable[ChangeSet],
    history: History,
    links: Iterable[Link],
    pulls: Iterable[PullRequest],
) -> Iterator[Label]:
    """Yield the labels of sessions whose branch was merged or refused, by their ids."""
    merged: defaultdict[str, list[str]] = defaultdict(list)
    refused: defaultdict[str, list[str]] = defaultdict(list)
    for each in change_sets:
        merge = history.find(each.repository, each.merge) if each.merge else None
        found = (history.find(each.repository, sha) for sha in each.commits if merge is not None)
        for commit in filter(None, found):
            for session in history.makers(commit.id):
                merged[session].append(merge.id if merge else commit.id)
    states = _states(pulls)
    for link in sorted(links, key=lambda each: each.id):
        if link.method in _WORKED_FOR and link.confidence >= SURE_ENOUGH:
            state = states.get(link.target.id)
            if state == "merged":
                merged[link.source.id].append(link.target.id)
            elif state == "closed":
                refused[link.source.id].append(link.target.id)
    for session in sorted(merged.keys() | refused.keys()):
        is_merged = session in merged
        yield _label(session, merged[session] if is_merged else refused[session], is_merged)


def refused_commits(pulls: Sequence[PullRequest]) -> frozenset[str]:
    """Return the hashes that pull requests bring which were closed without a merge."""
    states = _states(pulls)
    closed = [pull for pull in pulls if states[pull.id] == "closed"]
    return frozenset(sha for pull in closed for sha in (*pull.commits, pull.head_commit) if sha)


def _states(pulls: Iterable[PullRequest]) -> dict[str, str]:
    """Return where the pull request of each event stood last."""
    newest: dict[tuple[str, str], PullRequest] = {}
    held = sorted(pulls, key=lambda each: (each.at is not None, each.at, each.id))
    for pull in held:
        newest[_which(pull)] = pull
    return {pull.id: newest[_which(pull)].state for pull in held}


def _which(pull: PullRequest) -> tuple[str, str]:
    """Return where a pull request is known by what; one without a number is itself alone."""
    name = pull.id if pull.number is None else str(pull.number)
    return pull.repository or pull.origin.uri, name


def _label(session: str, shown: Iterable[str], is_merged: bool) -> Label:
    said = "its branch was merged" if is_merged else "its pull request was closed without a merge"
    return Label(
        target=Ref(kind="trajectory", id=session),
        name="outcome.merged",
        value=is_merged,
        reason=said,
        confidence=0.9,
        evidence=tuple(Ref(kind="event", id=each) for each in dict.fromkeys(shown)),
        stamp=_STAMP,
    )
