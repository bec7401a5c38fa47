"""Why a turn is worth a look: the words and results that show it.

Each of these looks at one text or one turn, and none at what comes later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

_LOOKUP: Final = re.compile(
    r"\b(?:hover|definitions?|references?|symbols?|go ?to|call(?:s|ed)? sites?|usages?)\b",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(
    r"\b([A-Za-z]\w*_\w+|[a-z]+[A-Z]\w*)\b|`([A-Za-z_]\w{1,50})`"
    r"|\b([A-Za-z_]\w{1,50})[ \t]+(?:fields?|columns?|attributes?|property|properties|keys?)\b"
)
"""What may be the name of a field, as a person writes it."""
_MISSING: Final = re.compile(
    r"AttributeError: |KeyError: |'NoneType' object|Cannot read (?:property|properties) of"
    r"|undefined is not an object|has no attribute '|Cannot index \w+ with|NullPointerException"
)
_SURENESS: Final = re.compile(
    r"\b\d{1,3} ?% (?:sure|certain|confident)|\bconfidence(?: (?:is|of))?[:= ]+[\d.]+"
    r"|\b(?:not|un)[ -]?(?:quite |entirely )?(?:sure|certain|clear) (?:which|whether to)\b",
    re.IGNORECASE,
)
_WHICH: Final = re.compile(r"\b(?:or|which)\b", re.IGNORECASE)
_PART: Final = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_LEAST_PART: Final = 4
"""Letters from which a part of a tool's name tells that the tool is meant."""
_ENDS: Final = 4_000
"""Characters at both ends of a result in which a missing field is looked for."""


def names_lookup(request: str) -> bool:
    """Tell whether a request names what an editor looks up: a definition, references, symbols."""
    return _LOOKUP.search(request) is not None


def asks_for_field(request: str, known: Collection[str]) -> bool:
    """Tell whether a request names a field that a result had shown before."""
    return any(next(filter(None, match.groups())) in known for match in _FIELD.finditer(request))


def tells_missing_field(result: str) -> bool:
    """Tell whether a result says that a field was missing or empty."""
    ends = result if len(result) <= 2 * _ENDS else result[:_ENDS] + result[-_ENDS:]
    return _MISSING.search(ends) is not None


def states_sureness(said: str) -> bool:
    """Tell whether an agent says how sure it is of what to do."""
    return _SURENESS.search(said) is not None


def asks_which(question: str) -> bool:
    """Tell whether a question asks which of several is meant."""
    return _WHICH.search(question) is not None


def names_action(words: str, actions: Iterable[str]) -> bool:
    """Tell whether words name one of some tools, as `hover` or `goto` for `goto_definition`."""
    return named_action(words, actions) is not None


def named_action(words: str, actions: Iterable[str]) -> str | None:
    """Return the tool that words name with most of its parts; None where they name none."""
    said = set(re.findall(r"[a-z]{3,}", words.lower()))
    parts = {
        action: sum(
            len(part) >= _LEAST_PART and part.lower() in said for part in _PART.findall(action)
        )
        for action in actions
    }
    best = max(parts, key=parts.__getitem__, default=None)
    return best if best is not None and parts[best] else None
