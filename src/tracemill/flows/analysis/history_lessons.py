"""What can be learned from work that no session is known of: of its commits, and of documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from tracemill.base.clock import moment_key
from tracemill.base.ids import make_id
from tracemill.label.learning import (
    CommittedWork,
    MendedIssue,
    learning_from_commits,
    learning_from_document,
    mended_issues,
)
from tracemill.link.commits.work import group_commits
from tracemill.records.events.commits import Commit
from tracemill.records.events.documents import DocumentVersion, IssueHeader
from tracemill.records.links import SURE_ENOUGH, WORK, Link
from tracemill.records.work.learning import LearningEpisode

if TYPE_CHECKING:
    from tracemill.records.work.change_sets import ChangeSet
    from tracemill.store.lake import Lake

_WEEK: Final = timedelta(days=7)
_TAKES_BACK: Final = frozenset({"reverts", "undoes"})


def lessons_of_history(lake: Lake) -> Iterator[LearningEpisode]:
    """Yield what can be learned from commits and documents that no known session made."""
    from tracemill.store.tables import TABLES

    links = [link for link in lake.records(TABLES["links"]) if link.confidence >= SURE_ENOUGH]
    made = {link.target.id for link in links if link.method in {*WORK, "edited_document"}}
    commits: list[Commit] = []
    headers: list[IssueHeader] = []
    documents: dict[tuple[str, str], DocumentVersion] = {}
    for event in lake.records(TABLES["events"]):
        if isinstance(event, Commit):
            commits.append(event)
        elif isinstance(event, DocumentVersion):
            _keep_last(documents, event)
        elif isinstance(event, IssueHeader):
            headers.append(event)
    branches: list[ChangeSet] = list(lake.records(TABLES["change_sets"]))
    yield from _of_commits(commits, links, made, branches, mended_issues(headers))
    for document in sorted(documents.values(), key=lambda each: (each.path, each.id)):
        if document.id not in made and (found := learning_from_document(document)) is not None:
            yield found


def _keep_last(documents: dict[tuple[str, str], DocumentVersion], version: DocumentVersion) -> None:
    key = (version.origin.uri, version.path)
    known = documents.get(key)
    if known is None or _moment(known) <= _moment(version):
        documents[key] = version


def _of_commits(
    commits: Sequence[Commit],
    links: Iterable[Link],
    made: AbstractSet[str],
    branches: Sequence[ChangeSet],
    mended: Mapping[str, Sequence[MendedIssue]],
) -> Iterator[LearningEpisode]:
    names = {sha: each.branch for each in branches for sha in each.commits}
    ends = _ends(commits)
    undone = _undone(commits, links)
    free = [commit for commit in commits if commit.id not in made]
    for work in group_commits(free, links, [each.commits for each in branches]):
        first, last = work[0], work[-1]
        repository = first.origin.uri.partition("#")[0]
        stood = last.at is not None and ends[last.origin.uri] - last.at >= _WEEK
        yield learning_from_commits(
            CommittedWork(
                id=make_id("work", *(commit.sha for commit in work)),
                commits=work,
                repository=PurePosixPath(repository).name,
                branch=names.get(last.sha),
                undone=undone,
                has_stood=stood,
                mended=[each for commit in work for each in mended.get(commit.sha, ())],
            )
        )


def _ends(commits: Iterable[Commit]) -> dict[str, datetime]:
    """Return the moment of the last commit of each history."""
    found: dict[str, datetime] = {}
    for commit in commits:
        if commit.at is not None:
            found[commit.origin.uri] = max(commit.at, found.get(commit.origin.uri, commit.at))
    return found


def _undone(commits: Iterable[Commit], links: Iterable[Link]) -> Mapping[str, str]:
    """Return the hashes of commits that were taken back, and of those that did."""
    shas = {commit.id: commit.sha for commit in commits}
    return {
        shas[link.target.id]: shas[link.source.id]
        for link in links
        if link.method in _TAKES_BACK and link.target.id in shas and link.source.id in shas
    }


def _moment(version: DocumentVersion) -> float:
    return moment_key(version.at)
