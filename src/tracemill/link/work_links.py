"""Links to what surrounds the commits: the gates that looked at them and the documents in them.

| method | from | to | what is known | confidence |
|---|---|---|---|---|
| `checked` | gate run | commit | it says that it looked at that commit | .99 |
| `checked_after` | gate run | commit | it ran there, and that was the last commit | .5 |
| `edited_document` | trajectory | document | it edited the file, and made the commit | of that |
| `declared_branch` | commit | plan | it was made on the branch that the document names | .9 |
| `named_like` | commit | plan | its branch is called as the file is | .8 |

A version of a document belongs to the session that is linked to its commit and wrote to its path.
What carries a plan out is linked to the version in which the plan first says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tracemill.link.authorship.edited_paths import with_slashes
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.index import CommitIndex
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.events.event import Commit, GateRun
from tracemill.records.links import SURE_ENOUGH, Link
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity

_SINCE: Final = timedelta(days=1)
"""How long after the last commit a gate may have run to say anything of it."""
_CONTEXT: Final = "base_commit"
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d-(?:\d{4}-)?")
_KIND: Final = re.compile(r"-(?:design|plan|spec|implementation|implementation-plan)\Z")


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
    is_plan: bool = False
    """Whether it says what is to be built: a spec, plan or design."""
    branch: str | None = None
    """The branch that it says the work is done on."""


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


def plan_links(
    documents: Iterable[WrittenDocument], commits: Iterable[Commit], branches: Branches
) -> Iterator[Link]:
    """Yield the links from the commits of a branch to the plans that they carry out."""
    known = list(commits)
    made_on: defaultdict[tuple[str, str], list[Commit]] = defaultdict(list)
    named_like: defaultdict[tuple[str, str], list[Commit]] = defaultdict(list)
    for commit in known:
        for name in branches.of(commit):
            made_on[commit.origin.uri, name].append(commit)
            named_like[commit.origin.uri, _slug(name.rpartition("/")[2])].append(commit)
    told: set[tuple[str, str, str]] = set()
    for document in _by_time(documents, known):
        slug = _slug(PurePosixPath(document.path).stem)
        for method, confidence, made in (
            ("declared_branch", 0.9, made_on.get((document.repository, document.branch or ""))),
            ("named_like", 0.8, named_like.get((document.repository, slug))),
        ):
            key = (method, document.repository, document.path)
            if made and key not in told and (method != "named_like" or "-" in slug):
                told.add(key)
                target = Ref(kind="event", id=document.id)
                yield from (make_link(of_commit(c), target, method, confidence) for c in made)


def _by_time(
    documents: Iterable[WrittenDocument], commits: Iterable[Commit]
) -> list[WrittenDocument]:
    """Return the plans among the documents, in the order of their commits."""
    moments = {(c.origin.uri, c.sha): c.at.timestamp() for c in commits if c.at is not None}
    plans = [document for document in documents if document.is_plan]
    return sorted(plans, key=lambda d: (moments.get((d.repository, d.commit), 0.0), d.id))


def _slug(name: str) -> str:
    """Return the name of a file or branch without a date before it and its kind behind it."""
    return _KIND.sub("", _DATE.sub("", name.lower().replace("_", "-")))


def _has_edited(activity: Activity | None, path: str) -> bool:
    if activity is None:
        return False
    named = map(with_slashes, activity.files_edited)
    return any(edited == path or edited.endswith(f"/{path}") for edited in named)
