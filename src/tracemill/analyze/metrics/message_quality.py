"""How much of the context of a change its commit's message keeps, from 0 to 1.

| part | weight | there, where |
|---|---|---|
| why | .35 | a section tells of a problem, cause, goal or decision, or the words give a reason |
| what | .2 | the subject has three words or more, and is not one that fits any change |
| validation | .2 | a section or the words tell how it was checked, or what came of it |
| context | .15 | the body has twenty words or more |
| refs | .1 | an issue, a file or another commit is named |

What a merge says is not the team's own, so merges have no quality. Trailers are no words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from tracemill.base.heading_roles import SectionRole
from tracemill.records.events.event import Commit

WEIGHTS: Final = {"why": 0.35, "what": 0.2, "validation": 0.2, "context": 0.15, "refs": 0.1}
"""What each part counts; together 1."""

_FEW_WORDS: Final = 3
_CONTEXT_WORDS: Final = 20
_REASONS: Final[frozenset[SectionRole]] = frozenset(
    {"problem", "root_cause", "context", "goal", "decision"}
)
_CHECKED: Final[frozenset[SectionRole]] = frozenset({"validation", "results"})
_WHY: Final = re.compile(
    r"\b(?:because|since|so that|so we|otherwise|instead of|rather than|due to|caused? by"
    r"|root cause|in order to|to (?:avoid|prevent|allow|support|make|ensure|keep|let)"
    r"|which (?:caused|broke|meant)|reasons?|this (?:fixes|prevents|allows|ensures|makes))\b",
    re.IGNORECASE,
)
_VALIDATION: Final = re.compile(
    r"\b(?:tests? (?:all )?pass\w*|all (?:\d+ )?tests|verified|validated|tested"
    r"|lint(?:ing)? (?:is )?clean|accuracy|benchmark\w*|\d+/\d+|\d+(?:\.\d+)?%)|[✅✔]",
    re.IGNORECASE,
)
_REFS: Final = re.compile(
    r"#\d+|\b[A-Z]{2,10}-\d+\b|\b[\w-]{1,200}\.(?:py|[jt]sx?|go|rs|java|kt|rb|php|cs?|cpp|swift|sh|sql|md|ya?ml"
    r"|toml|json)\b|\b[0-9a-f]{7,40}\b"
)
_EMPTY: Final = re.compile(
    r"\W*(?:wip|updates?|fix(?:es)?|changes?|misc|stuff|minor|cleanup|tweaks?|more|init(?:ial)?"
    r"|commit|save|temp|checkpoint)\W*(?:\w+\W*)?",
    re.IGNORECASE,
)


class MessageQuality(NamedTuple):
    """Which parts a message has."""

    why: bool
    what: bool
    validation: bool
    context: bool
    refs: bool

    @property
    def score(self) -> float:
        """The weights of its parts, from 0 to 1."""
        return round(sum(WEIGHTS[name] for name in self._fields if getattr(self, name)), 2)


def message_quality(commit: Commit, roles: Collection[SectionRole]) -> MessageQuality | None:
    """Return the quality of a message whose sections have these roles; None for a merge."""
    if len(commit.parents) > 1:
        return None
    body = _without_trailers(commit)
    text = f"{commit.subject}\n{body}"
    is_telling = not _EMPTY.fullmatch(commit.subject)
    return MessageQuality(
        why=not _REASONS.isdisjoint(roles) or _WHY.search(text) is not None,
        what=is_telling and len(commit.subject.split()) >= _FEW_WORDS,
        validation=not _CHECKED.isdisjoint(roles) or _VALIDATION.search(body) is not None,
        context=len(body.split()) >= _CONTEXT_WORDS,
        refs=_REFS.search(text) is not None,
    )


def _without_trailers(commit: Commit) -> str:
    trailers = {f"{key}: {value}" for key, value in commit.trailers}
    return "\n".join(line for line in commit.body.split("\n") if line not in trailers)
