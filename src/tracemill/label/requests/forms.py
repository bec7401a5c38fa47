"""How the words of a request ask for several operations.

| form | the request | is told by |
|---|---|---|
| `steps` | `first check types, then run the tests` | numbered lines, or a first and a last step |
| `condition` | `lint it, if there are errors run the tests` | an `if` and something to do |
| `sequence` | `check the status, then diff` | `then`, an arrow, and something to do |
| `joined` | `check the status and diff` | something to do on both sides of `and` or a comma |
| `implied` | `review the changes` | one word that stands for several operations |

Words are data: `words.toml`, in English. What stands in code, quotes, addresses and paths is not
looked at, and of a long text only its beginning. An `if` that asks whether something is so
(`check if it passes`), or is said out of politeness (`if you can`), makes no condition; neither
does one of what a program shall do (`if it fails, print why`), which is the wish itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import islice
from typing import Final, NamedTuple

from tracemill.records.sessions.turn_work import RequestForm

_MAX_READ: Final = 2_000
_NO_WORDS: Final = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\"[^\"\n]{1,200}\"|(?:[\w.~-]*/)[\w./~-]+", re.DOTALL
)
"""What is no prose: code, addresses, quotes, paths."""
_JOINING: Final = re.compile(r"\b(?:and|then|after|if)\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(
    r"^[ \t]*(?:step[ \t]+)?(\d{1,2})[.):][ \t]+\S", re.IGNORECASE | re.MULTILINE
)
_FIRST: Final = re.compile(
    r"\bfirst(?:ly)?\b(?![ -](?:time|of all the|line|one|name|class|step is))"
    r".{0,300}?\b(?:then|second(?:ly)?|next|after(?:wards| that)|finally|lastly)\b",
    re.IGNORECASE | re.DOTALL,
)
_IF: Final = re.compile(r"\b(?:if|unless|in case)\b", re.IGNORECASE)
_THEN: Final = re.compile(
    r"(?<!since )(?<!back )(?<!by )(?<!until )\bthen\b(?!,)"
    r"|\bafter(?:wards| that)\b|\bafter (?:you|it)\b"
    r"|\band after\b|\bfollowed by\b|\bbefore (?:you|that)\b|->|→|⇒",
    re.IGNORECASE,
)
_ARROWS: Final = frozenset({"->", "→", "⇒"})
_OF_CODE: Final = re.compile(r"\b(?:the|an|this|that|each|every)[ \t]*\Z", re.IGNORECASE)
"""What stands before an `if` of a program."""
_CLAUSE: Final = re.compile(r"[,;:]|\band\b| - |\bbut\b", re.IGNORECASE)
_RELATIVE: Final = re.compile(
    r"\b(?:that|which|who|where|when|if|because|since|so that|whether)\b", re.IGNORECASE
)
_CLAUSE_END: Final = re.compile(r",|\bthen\b", re.IGNORECASE)
_AND: Final = re.compile(r"\band\b|,|&|\bplus\b|\bas well as\b", re.IGNORECASE)
_FORBIDS: Final = re.compile(
    r"\b(?:do not|don['\u2019]?t|without|never|before you)\b[^,.;]*", re.IGNORECASE
)
"""What is not to be done."""
_SENTENCE: Final = re.compile(r"[.!?](?=\s|\Z)|\n")
_WORD: Final = re.compile(r"[A-Za-z][\w'\u2019-]*")
_FILLERS: Final = frozenset(
    {
        "also",
        "and",
        "can",
        "could",
        "just",
        "let's",
        "please",
        "quickly",
        "then",
        "to",
        "would",
        "you",
    }
)
_MOST_JOINTS: Final = 40
"""Joints of one sentence that are looked at: each is held against all that stands before it."""
_NEAR: Final = 4
"""Words behind a joint within which something to do must begin."""
_ASKING: Final = re.compile(
    r"[\s>*-]*(?:(?:ok|okay|please|pls|now|and|so|can|could|would|will|you|we"
    r"|let['\u2019]?s|i want to|i need"
    r"|i'd like|help me|to|just|first|then|also|hey|hi|again|go ahead)[ ,]+)*",
    re.IGNORECASE,
)
"""What people say before they say what they want."""


class _Words(NamedTuple):
    operations: frozenset[str]
    errands: frozenset[str]
    composite: re.Pattern[str]
    pairs: re.Pattern[str]
    whether: re.Pattern[str]
    polite: re.Pattern[str]
    state: re.Pattern[str]


@cache
def _words() -> _Words:
    text = resources.files("tracemill.label.requests").joinpath("words.toml").read_text("utf-8")
    held = tomllib.loads(text)
    return _Words(
        frozenset(held["operations"]),
        frozenset(held["errands"]),
        _any_of(held["composite"], r"(?:{})\b"),
        _any_of(held["pairs"], r"\b(?:{})\b"),
        _any_of(held["whether"], r"\b(?:{})[ \t]*\Z"),
        _any_of(held["polite"], r"[ \t]*(?:{})\b"),
        _any_of(held["states"], r"(?:[ \t,]*\b(?:{})\b){{1,6}}[ \t,]*"),
    )


def _any_of(parts: Sequence[str], shape: str) -> re.Pattern[str]:
    return re.compile(shape.format("|".join(parts)), re.IGNORECASE)


def has_joining_word(text: str) -> bool:
    """Tell whether prose says `and`, `then`, `after` or `if`, as a word of its own."""
    return _JOINING.search(_prose(text)) is not None


def request_form(text: str) -> RequestForm | None:
    """Return how a request asks for several operations; None where it asks for one or none."""
    prose = _words().pairs.sub(" ", _prose(text))
    if _has_steps(prose):
        return "steps"
    sentences = [part for part in _SENTENCE.split(prose) if part.strip()]
    if any(map(_has_condition, sentences)):
        return "condition"
    if any(_has_sequence(each, is_first=not at) for at, each in enumerate(sentences)):
        return "sequence"
    if any(map(_has_joint, sentences)):
        return "joined"
    lead = _ASKING.match(prose)
    is_one_word = _words().composite.match(prose, lead.end() if lead else 0)
    return "implied" if is_one_word else None


def _prose(text: str) -> str:
    return _FORBIDS.sub(" ", _NO_WORDS.sub(" it ", text[:_MAX_READ]))


def _has_steps(prose: str) -> bool:
    numbers = [int(match[1]) for match in _NUMBERED.finditer(prose)]
    if numbers[:2] == [1, 2]:
        return True
    return any(_operations(match[0]) for match in _FIRST.finditer(prose))


def _has_condition(sentence: str) -> bool:
    """Tell whether a sentence has something done to the project only if something holds."""
    words = _words()
    for match in islice(_IF.finditer(sentence), _MOST_JOINTS):
        before, behind = sentence[: match.start()], sentence[match.end() :]
        is_asked = words.polite.match(behind) or words.whether.search(before.rstrip(" ,"))
        if is_asked or _OF_CODE.search(before):
            continue
        short = words.state.match(behind)
        if short is not None and _begins_errand(behind[short.end() :]):
            return True
        if _wants_errand(before) or _runs_behind(behind):
            return True
    return False


def _runs_behind(clause: str) -> bool:
    """Tell whether something is to be done behind the comma or `then` that ends a condition."""
    end = _CLAUSE_END.search(clause)
    return end is not None and _begins_errand(clause[end.end() :])


def _has_sequence(sentence: str, *, is_first: bool) -> bool:
    """Tell whether one thing is to be done behind another, maybe of the sentence before."""
    for match in islice(_THEN.finditer(sentence), _MOST_JOINTS):
        before = sentence[: match.start()]
        is_behind = match[0] in _ARROWS or (not before.strip() and not is_first) or _wants(before)
        if is_behind and _begins_errand(sentence[match.end() :]):
            return True
    return False


def _has_joint(sentence: str) -> bool:
    """Tell whether something to do stands on both sides of a joint, and not twice the same."""
    for match in islice(_AND.finditer(sentence), _MOST_JOINTS):
        behind = _first_operation(sentence[match.end() :])
        if behind is not None and _wants(sentence[: match.start()]) - {behind}:
            return True
    return False


def _wants(text: str) -> set[str]:
    """Return the operations of the clauses that ask for one, and of no relative clause."""
    found: set[str] = set()
    for clause in _CLAUSE.split(_RELATIVE.split(text)[0]):
        lead = _ASKING.match(clause)
        rest = clause[lead.end() if lead else 0 :]
        if _first_operation(rest) is not None:
            found.update(_operations(rest))
    return found


def _wants_errand(text: str) -> bool:
    return not _words().errands.isdisjoint(_wants(text))


def _begins_errand(text: str) -> bool:
    return any(word in _words().errands for word in _next_words(text, _NEAR))


def _first_operation(text: str) -> str | None:
    """Return the operation that a text begins with, behind words that only lead to it."""
    first = next(_next_words(text, _NEAR), None)
    return first if first in _words().operations else None


def _next_words(text: str, n: int) -> Iterator[str]:
    found = (match[0].lower() for match in _WORD.finditer(text))
    for _, word in zip(range(n), (word for word in found if word not in _FILLERS), strict=False):
        yield word


def _operations(text: str) -> list[str]:
    known = _words().operations
    return [word for match in _WORD.finditer(text) if (word := match[0].lower()) in known]
