"""Commits that go on with what another did a short time before: fixes of it, and further attempts.

| method | what is known | confidence |
|---|---|---|
| `refines` | it corrects, and within a day says rare words of the earlier one | .75 |

Rare are words that few messages of the repository hold; three must be shared, or two where a file
is shared too. Of several earlier commits it is the last, so that attempts make a chain: each but
the last is a start that did not do. What a merge says is left aside.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from tracemill.link.make_link import make_link, of_commit
from tracemill.records.events.event import Commit
from tracemill.records.links import Link

_CONFIDENCE: Final = 0.75
_WITHIN: Final = timedelta(days=1)
_MOST_BACK: Final = 60
_MAX_BODY: Final = 2_000
_STEM: Final = 8
_RARE_SHARE: Final = 0.03
_RARE: Final = (4, 40)
"""Least and most messages of a repository that may hold a rare word."""
_SHARED: Final = 3
_SHARED_WITH_FILE: Final = 2
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,}")
_CORRECTING: Final = re.compile(
    r"\b(?:fix(?:e[sd])?|bugs?|hotfix|revert\w*|re-?(?:add|enable|apply|try|do)\w*|again|regression"
    r"|correct(?:s|ed)?|actually|really|workaround|comment out)\b",
    re.IGNORECASE,
)


class _Said(NamedTuple):
    commit: Commit
    stems: frozenset[str]
    """How the words of its message begin."""


def refinements(commits: Iterable[Commit]) -> Iterator[Link]:
    """Yield a link from each commit that corrects to the one that it goes on with."""
    by_repository: defaultdict[str, list[Commit]] = defaultdict(list)
    for commit in commits:
        if commit.at is not None and len(commit.parents) < 2:  # noqa: PLR2004 - a merge
            by_repository[commit.origin.uri].append(commit)
    for known in by_repository.values():
        known.sort(key=lambda commit: (commit.at, commit.sha))
        yield from _of_repository([_Said(commit, _stems(commit)) for commit in known])


def _of_repository(said: list[_Said]) -> Iterator[Link]:
    counts = Counter(stem for each in said for stem in each.stems)
    most = min(max(_RARE[0], int(_RARE_SHARE * len(said))), _RARE[1])
    rare = {stem for stem, n in counts.items() if 1 < n <= most}
    for place, later in enumerate(said):
        if not _CORRECTING.search(later.commit.subject):
            continue
        own = later.stems & rare
        for earlier in reversed(said[max(place - _MOST_BACK, 0) : place]):
            if _is_before(earlier.commit, later.commit) and _is_refined(earlier, later, own):
                source, target = of_commit(later.commit), of_commit(earlier.commit)
                yield make_link(source, target, "refines", _CONFIDENCE)
                break


def _is_before(earlier: Commit, later: Commit) -> bool:
    assert earlier.at is not None
    assert later.at is not None
    return later.at - earlier.at <= _WITHIN


def _is_refined(earlier: _Said, later: _Said, own: frozenset[str]) -> bool:
    n_shared = len(own & earlier.stems)
    if n_shared >= _SHARED:
        return True
    paths = {change.path for change in later.commit.files or ()}
    is_near = any(change.path in paths for change in earlier.commit.files or ())
    return is_near and n_shared >= _SHARED_WITH_FILE


def _stems(commit: Commit) -> frozenset[str]:
    trailers = {f"{key}: {value}" for key, value in commit.trailers}
    lines = (line for line in commit.body[:_MAX_BODY].split("\n") if line not in trailers)
    words = _WORD.findall("\n".join([commit.subject, *lines]))
    return frozenset(word.lower()[:_STEM] for word in words)
