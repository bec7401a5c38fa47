"""Links between two commits of one repository, each from the later to the earlier.

| method | what is known | confidence |
|---|---|---|
| `reverts` | the later one's message says so, by hash or by subject | .99, .8 |
| `undoes` | it changes back all that the earlier one changed, exactly or line for line | .9, .7 |
| `same_change` | it says it was picked from it; or author, moment and subject are one | .99, .95 |
| `squashes` | its message lists the other's subject among several | .8 |

A commit that was rebased, amended or picked keeps the moment at which it was first written, while
the moment of the commit is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tracemill.base.clock import moment_key
from tracemill.link.commits.index import CommitIndex
from tracemill.link.make_link import make_link, of_commit
from tracemill.records.events.event import ChangeUndone, Commit
from tracemill.records.links import Link


def commit_pairs(index: CommitIndex, undone: Iterable[ChangeUndone]) -> Iterator[Link]:
    """Yield every link between two commits."""
    said: set[tuple[str, str]] = set()
    for commit in index:
        for link in _reverts(commit, index):
            said.add((link.source.id, link.target.id))
            yield link
    for change in undone:
        found = _undoes(change, index)
        if found is not None and (found.source.id, found.target.id) not in said:
            yield found
    yield from _same_changes(index)
    for commit in index:
        yield from _squashes(commit, index)


def _reverts(commit: Commit, index: CommitIndex) -> Iterator[Link]:
    if commit.reverts or commit.subject.startswith('Revert "'):
        for target, confidence in index.undone_by(commit):
            yield make_link(of_commit(commit), of_commit(target), "reverts", confidence)


def _undoes(change: ChangeUndone, index: CommitIndex) -> Link | None:
    uri = change.origin.uri
    source, target = index.find(change.commit, uri), index.find(change.undone, uri)
    if source is None or target is None:
        return None
    confidence = 0.9 if change.is_exact else 0.7
    return make_link(of_commit(source), of_commit(target), "undoes", confidence)


def _same_changes(index: CommitIndex) -> Iterator[Link]:
    written: defaultdict[tuple[object, ...], list[Commit]] = defaultdict(list)
    for commit in index:
        picked = index.find(commit.cherry_picked or "", commit.origin.uri)
        if picked is not None and picked.id != commit.id:
            yield make_link(of_commit(commit), of_commit(picked), "same_change", 0.99)
        elif commit.authored is not None and len(commit.parents) == 1:
            key = (commit.origin.uri, commit.author, commit.authored, commit.subject)
            written[key].append(commit)
    for copies in written.values():
        for earlier, later in pairwise(sorted(copies, key=_order)):
            yield make_link(of_commit(later), of_commit(earlier), "same_change", 0.95)


def _squashes(commit: Commit, index: CommitIndex) -> Iterator[Link]:
    for subject in dict.fromkeys(commit.squashed):
        held = [c for c in index.with_subject(commit.origin.uri, subject) if _precedes(c, commit)]
        if len(held) == 1:
            yield make_link(of_commit(commit), of_commit(held[0]), "squashes", 0.8)


def _precedes(earlier: Commit, later: Commit) -> bool:
    is_known = earlier.at is not None and later.at is not None
    return is_known and earlier.id != later.id and _order(earlier) <= _order(later)


def _order(commit: Commit) -> tuple[float, str]:
    return (moment_key(commit.at), commit.sha)
