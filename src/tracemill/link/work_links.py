"""Links to what surrounds the commits: the gates that looked at them and the documents in them.

| method | from | to | what is known | confidence |
|---|---|---|---|---|
| `checked` | gate run | commit | it says that it looked at that commit | .99 |
| `checked_after` | gate run | commit | it ran there, and that was the last commit | .5 |
| `edited_document` | trajectory | document | it edited the file, and made the commit | of that |

A version of a document belongs to the session that is linked to its commit and wrote to its path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from tracemill.link.commit_index import CommitIndex
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.activity import Activity
from tracemill.records.events import Commit, GateRun
from tracemill.records.links import SURE_ENOUGH, Link
from tracemill.records.refs import Ref

_SINCE: Final = timedelta(days=1)
"""How long after the last commit a gate may have run to say anything of it."""
_CONTEXT: Final = "base_commit"


class WrittenDocument(NamedTuple):
    """A version of a document: what a link to it needs."""

    id: str
    """Id of its event."""
    repository: str
    """Address of the repository."""
    commit: str
    """Hash of the commit that wrote it."""
    path: str
    """Path within the repository."""


def gate_links(runs: Iterable[GateRun], commits: Iterable[Commit]) -> Iterator[Link]:
    """Yield the links from gate runs to the commits that they looked at."""
    known = list(runs)
    index = CommitIndex(commits if known else ())
    for run in known:
        source = Ref(kind="event", id=run.id)
        if run.commit is not None:
            commit = index.find(run.commit)
            if commit is not None:
                yield make_link(source, of_commit(commit), "checked", 0.99)
            continue
        repository = index.repository_of(run.root)
        if repository is None or run.at is None:
            continue
        before = index.between(repository, run.at - _SINCE, run.at)
        if before:
            yield make_link(source, of_commit(before[-1]), "checked_after", 0.5)


def document_links(
    documents: Iterable[WrittenDocument],
    commits: Iterable[Commit],
    activities: Mapping[str, Activity],
    links: Iterable[Link],
) -> Iterator[Link]:
    """Yield the links from sessions to the versions of documents that they wrote."""
    events = {commit.id: (commit.origin.uri, commit.sha) for commit in commits}
    makers: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for link in links:
        is_work = link.source.kind == "trajectory" and link.method != _CONTEXT
        if is_work and link.confidence >= SURE_ENOUGH and link.target.id in events:
            known = makers[events[link.target.id]]
            known[link.source.id] = max(link.confidence, known.get(link.source.id, 0.0))
    for document in documents:
        for trajectory_id, confidence in makers.get(document[1:3], {}).items():
            if _has_edited(activities.get(trajectory_id), document.path):
                source, target = of_trajectory(trajectory_id), Ref(kind="event", id=document.id)
                yield make_link(source, target, "edited_document", confidence)


def _has_edited(activity: Activity | None, path: str) -> bool:
    if activity is None:
        return False
    return any(edited == path or edited.endswith(f"/{path}") for edited in activity.files_edited)
