"""Which commits belong to which release: to the first whose tag reaches them.

Tags are asked in the order of their depth, so that each commit is visited once, however many tags
there are. A release follows those whose commits its walk meets. What a session made is released
with the first tag that reaches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.base.clock import moment_key
from tracemill.base.ids import make_id
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.events.commits import Commit, lines_in, n_uncounted
from tracemill.records.links import SURE_ENOUGH, WORK, Link
from tracemill.records.work.releases import Release

_MAX_SHOWN: Final = 20


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
        by_repository[_repository(commit)][commit.sha] = commit
    for repository in sorted(by_repository):
        yield from _of(repository, by_repository[repository], documents)


def release_links(commits: Iterable[Commit], links: Iterable[Link]) -> Iterator[Link]:
    """Yield a link from each session to each tagged commit that released commits of it.

    A link is as sure as the surest of those from the session to the commits released.
    """
    held = {commit.id: commit for commit in commits}
    tagged = {(_repository(commit), commit.sha): commit for commit in held.values() if commit.tags}
    owner = {
        (release.repository, sha): tagged[release.repository, release.commit]
        for release in releases(held.values(), {})
        for sha in release.commits
    }
    made: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        commit = held.get(link.target.id)
        if commit is not None and link.method in WORK and link.confidence >= SURE_ENOUGH:
            release = owner.get((_repository(commit), commit.sha))
            if release is not None:
                made[link.source.id, release.id].append(link)
    for (session, release_id), found in made.items():
        shown = sorted({link.target.id for link in found})[:_MAX_SHOWN]
        yield make_link(
            of_trajectory(session),
            of_commit(held[release_id]),
            "tag_range",
            max(link.confidence for link in found),
            evidence=[of_commit(held[each]) for each in shown],
        )


def _repository(commit: Commit) -> str:
    return commit.origin.uri.partition("#")[0]


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
            added=lines_in(changes, "added"),
            deleted=lines_in(changes, "deleted"),
            n_uncounted=len({each.path for each in changes if n_uncounted([each])}),
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
    return moment_key(commit.at), commit.sha
