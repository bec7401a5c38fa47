"""Which commits belong to which release: to the first whose tag reaches them.

Tags are asked in the order of their depth, so that each commit is visited once, however many tags
there are. A release follows those whose commits its walk meets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tracemill.base.ids import make_id
from tracemill.records.commits import Commit
from tracemill.records.releases import Release


class _Walked(NamedTuple):
    commits: list[Commit]
    met: list[str]
    """Tagged commits at which the walk ended."""


def releases(
    commits: Iterable[Commit], documents: Mapping[tuple[str, str], Collection[str]]
) -> Iterator[Release]:
    """Yield the releases of every repository, the oldest first.

    Args:
        commits: commits of any repositories.
        documents: paths of documents, by repository and hash of the commit that changed them.
    """
    by_repository: defaultdict[str, dict[str, Commit]] = defaultdict(dict)
    for commit in commits:
        by_repository[commit.origin.uri.partition("#")[0]][commit.sha] = commit
    for repository in sorted(by_repository):
        yield from _of(repository, by_repository[repository], documents)


def _of(
    repository: str,
    held: Mapping[str, Commit],
    documents: Mapping[tuple[str, str], Collection[str]],
) -> Iterator[Release]:
    owner: dict[str, str] = {}
    for tagged in sorted((c for c in held.values() if c.tags), key=_age):
        walked = _walk(tagged, held, owner)
        before = [tag for sha in dict.fromkeys(walked.met) for tag in held[sha].tags]
        own = sorted(walked.commits, key=_age)
        plain = [each for each in own if len(each.parents) < 2]  # noqa: PLR2004 - no merge
        changes = [change for each in plain for change in each.files or ()]
        told = {path for each in own for path in documents.get((repository, each.sha), ())}
        yield Release(
            id=make_id("release", repository, tagged.sha),
            repository=repository,
            tags=tuple(sorted(tagged.tags)),
            commit=tagged.sha,
            at=tagged.at,
            before=tuple(before),
            commits=tuple(each.sha for each in own),
            n_files=len({change.path for change in changes}),
            added=sum(change.added or 0 for change in changes),
            deleted=sum(change.deleted or 0 for change in changes),
            documents=tuple(sorted(told)),
        )


def _walk(tagged: Commit, held: Mapping[str, Commit], owner: dict[str, str]) -> _Walked:
    """Take the commits that a tag reaches and no other release has taken."""
    found, met = [], []
    waiting: Sequence[str] = [tagged.sha]
    while waiting:
        later: list[str] = []
        for sha in waiting:
            commit = held.get(sha)
            if sha in owner:
                met += [owner[sha]] if owner[sha] != tagged.sha else []
            elif commit is not None:
                owner[sha] = tagged.sha
                found.append(commit)
                later += commit.parents
        waiting = later
    return _Walked(found, met)


def _age(commit: Commit) -> tuple[float, str]:
    return (commit.at.timestamp() if commit.at else float("-inf")), commit.sha
