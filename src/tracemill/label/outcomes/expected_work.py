"""What specs let one expect: which calls a requirement leads to, and which check a criterion means.

| of a spec | expected | by |
|---|---|---|
| a requirement | tools and commands | branches that came well with a requirement like it |
| a criterion | a kind of check | its words: `all tests pass` is the last run of tests |
| what became of it | a label | merged and not taken back within a week; closed, or taken back |

A call is expected that at least half of those branches made, and more of them than of the others.
Nothing is expected of a requirement like which none is known to have come well. Every expected call
says of how many branches it is told, since what one branch did is a case and no rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.records.events.team_branches import (
    BranchStatus,
    ExampleLabel,
    ExpectedCall,
    ExpectedCalls,
    ExpectedCheck,
)
from tracemill.records.sessions.activity import CheckKind

_CHECKS: Final[Mapping[CheckKind, re.Pattern[str]]] = {
    "test": re.compile(r"\b(?:tests?|pytest|vitest|jest|specs? pass\w*|coverage)\b", re.IGNORECASE),
    "lint": re.compile(
        r"\b(?:lint\w*|ruff|eslint|flake8|clippy|(?:code )?style check\w*)\b", re.IGNORECASE
    ),
    "types": re.compile(
        r"\b(?:type[- ]?check\w*|types? errors?|mypy|pyright|tsc)\b", re.IGNORECASE
    ),
    "build": re.compile(r"\b(?:builds?|compil\w+)\b", re.IGNORECASE),
}
"""Words of a criterion that name a check."""
_WORD: Final = re.compile(r"[a-z][a-z0-9]{2,}")
_ENDING: Final = re.compile(r"(?:ing|ion|ions|ed|es|s)\Z")
_EMPTY: Final = frozenset(
    {"the", "and", "for", "with", "can", "that", "this", "are", "must", "should", "when", "from"}
    | {"into", "not", "its", "all", "any", "has", "have", "will", "new", "add", "support", "use"}
)
"""Words that any requirement may have."""
_ALIKE: Final = 0.5
"""Share of the words of the shorter requirement from which two are alike."""
_MOST_CALLS: Final = 8


class KnownBranch(NamedTuple):
    """A branch that came well, and what its sessions called."""

    requirements: Sequence[str]
    """What was asked for."""
    called: frozenset[str]
    """Tools, and commands of the shell."""


def expected_calls(requirement: str, branches: Iterable[KnownBranch]) -> ExpectedCalls:
    """Return what a requirement leads to, by the branches that came well."""
    words = _words(requirement)
    like: list[KnownBranch] = []
    others: list[KnownBranch] = []
    for branch in branches:
        is_like = any(_are_alike(words, _words(each)) for each in branch.requirements)
        (like if is_like else others).append(branch)
    found = sorted(
        _told(like, others),
        key=lambda call: (-(call.n_like / len(like) - _share(call.n_others, others)), call.name),
    )
    return ExpectedCalls(
        text=requirement, of_like=len(like), of_others=len(others), calls=tuple(found[:_MOST_CALLS])
    )


def _told(like: Sequence[KnownBranch], others: Sequence[KnownBranch]) -> Iterator[ExpectedCall]:
    """Yield what most branches called, and more of them than of the others."""
    here = Counter(name for branch in like for name in branch.called)
    there = Counter(name for branch in others for name in branch.called)
    for name, n in here.items():
        is_common = 2 * n >= len(like)
        if is_common and n / len(like) > _share(there[name], others):
            yield ExpectedCall(name=name, n_like=n, n_others=there[name])


def _share(n: int, branches: Sequence[KnownBranch]) -> float:
    return n / len(branches) if branches else 0.0


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    fewest = min(len(one), len(other))
    return bool(fewest) and len(one & other) / fewest >= _ALIKE


def _words(text: str) -> frozenset[str]:
    found = (word for word in _WORD.findall(text.lower()) if word not in _EMPTY)
    return frozenset(_ENDING.sub("", word) if len(word) > 5 else word for word in found)  # noqa: PLR2004


def expected_checks(
    criteria: Iterable[str], final: Mapping[CheckKind, bool]
) -> Iterator[ExpectedCheck]:
    """Yield the checks that criteria mean, with the last word of each.

    Args:
        criteria: The items of a spec.
        final: How each kind of check ended that is known to have run.
    """
    for text in criteria:
        kinds = tuple(kind for kind, named in _CHECKS.items() if named.search(text))
        ends = [final.get(kind) for kind in kinds]
        passed = False if False in ends else None if None in ends or not ends else True
        yield ExpectedCheck(text=text, checks=kinds, passed=passed)


def example_label(status: BranchStatus, *, is_taken_back: bool | None) -> ExampleLabel:
    """Return whether a branch is an example to follow; `unknown` while that is open."""
    if status == "closed" or is_taken_back:
        return "negative"
    return "positive" if status == "merged" and is_taken_back is False else "unknown"
