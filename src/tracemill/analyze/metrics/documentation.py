"""How often a change of code comes with its documentation, and how whole a plan is.

Coverage is the share of commits that change code and change documents in the same commit, over all
that change code; merges bring what was counted already. A plan or design is whole where it states
a problem, phases, and results with a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from tracemill.records.events.event import Commit, DocumentVersion

_CODE: Final = re.compile(
    r".*\.(?:py|pyi|[cm]?[jt]sx?|go|rs|java|kts?|scala|rb|php|cs|c|h|cc|cpp|hpp|m|mm|swift|dart|ex|exs|erl"
    r"|clj|hs|ml|lua|jl|r|pl|sh|bash|zsh|ps1|sql|vue|svelte|astro|css|scss|html?)",
    re.IGNORECASE,
)
_DOCUMENT: Final = re.compile(
    r".*\.(?:md|mdx|markdown|rst|adoc|txt)|(?:.*/)?docs?/.*", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\d")
_PLANS: Final = frozenset({"plan", "spec", "design", "account"})


class Coverage(NamedTuple):
    """How many changes of code were documented."""

    n_documented: int
    n_code: int

    @property
    def share(self) -> float | None:
        """Share of the changes; None where there is none."""
        return self.n_documented / self.n_code if self.n_code else None


def documentation_coverage(commits: Iterable[Commit]) -> Coverage:
    """Return how many commits that change code change documents as well."""
    n_documented = n_code = 0
    for commit in commits:
        paths = [change.path for change in commit.files or ()]
        documents = [path for path in paths if _DOCUMENT.fullmatch(path)]
        has_code = any(_CODE.fullmatch(path) for path in set(paths) - set(documents))
        if len(commit.parents) < 2 and has_code:  # noqa: PLR2004 - a merge
            n_code += 1
            n_documented += bool(documents)
    return Coverage(n_documented, n_code)


def missing_parts(document: DocumentVersion) -> tuple[str, ...] | None:
    """Return which parts a plan or design lacks; None where it is neither, or was deleted."""
    if document.document not in _PLANS or document.sections is None:
        return None
    roles = {section.role for section in document.sections}
    results = [section.text for section in document.sections if section.role == "results"]
    parts = {
        "problem": not roles.isdisjoint({"problem", "root_cause", "context", "goal"}),
        "phases": bool(document.phases) or "plan" in roles or bool(document.todos),
        "results": any(_NUMBER.search(text) for text in results),
    }
    return tuple(name for name, is_there in parts.items() if not is_there)
