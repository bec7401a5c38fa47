"""What a person's words say about the work so far: wrong, well done, more of it, or given up.

Words are looked up in `lexicon`. Only the first words of a text are heard, of a long one only its
very beginning tells a correction. Praise that goes on with a `but` is no praise, and thanks in
advance are none either. Where no phrase is heard, what was said before it decides: words asked
again, a request about what the agent has just done, or simply the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import re2

from tracemill.label.lexicon import Phrase, expression, languages, loosened
from tracemill.records.reactions import ReactionKind

MAX_HEARD: Final = 400
"""Characters of a text that rules look at."""

_DECISIVE: Final[tuple[ReactionKind, ...]] = ("abandonment", "acceptance", "correction")
"""Kinds that are asked for first, in this order."""
_FORMS: Final[tuple[ReactionKind, ...]] = ("switch", "continuation", "clarification", "refinement")
_SENTENCE_END: Final = re.compile(r"(?<=[.!,;])\s+(?=\S)")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_SAME_REQUEST: Final = 0.6
"""Share of common words from which a request is the one before it, said again."""
_MIN_WORDS: Final = 4
_LONGEST_ANSWER: Final = 40
"""Characters up to which a text that asks nothing answers the question before it."""
_MAX_LOG: Final = 10_000
_FAILURE: Final = re.compile(
    r"^[^\S\n]*(?:> *)?(?:E {2,}\S|FAILED |Traceback \(most|--- FAIL|npm ERR!|fatal: |##\[error\]|"
    r"(?:[A-Za-z_.]*[A-Z]\w*)?(?:Error|Exception): |error(?:\[\w+\])?: |[✕✗\u00d7●] |"
    r"\S+\.\w+:\d+:\d+:? (?:error|\w+\d*:))",
    re.MULTILINE,
)
"""A line that a failing program printed."""
_QUESTION: Final = re.compile(r"\w[?](?:\s|$)")
_WORDS: Final = re.compile(r"\w")
_ONE_SPACE: Final = {
    **{code: " " for code in range(0x3001) if chr(code).isspace()},
    **dict.fromkeys(map(ord, "\u0130\u0131"), "i"),
}
"""Spaces that fit a space of a table, and letters that `re` holds to be an `i`."""
_MIN_COMMON: Final = 2
"""Words of a request that stand in the agent's last message, where it is about that message."""


class Heard(NamedTuple):
    """One thing that a text says about the work so far, and the words that say it."""

    kind: ReactionKind
    confidence: float
    rule: str
    start: int
    end: int


class Before(NamedTuple):
    """What was said before a person spoke."""

    asked: str = ""
    """What the person asked for last."""
    answered: str = ""
    """What the agent said last."""
    has_edits: bool = False
    """Whether the agent has changed a file since it was asked."""


class _Text(NamedTuple):
    """The part of a text that is heard."""

    offset: int
    heard: str
    beginning: str
    opening: str
    log: str
    length: int
    candidates: frozenset[int]
    """Numbers of the rules that may fit."""


def hear(text: str, before: Before | None = None) -> tuple[Heard, ...]:
    """Return what a person's text says about the work so far.

    What a text says without any telling phrase is only heard with what was said before it.
    """
    said = _heard_of(text)
    if not said.heard:
        return ()
    decided = next(_decisive(said), None)
    if before is None or (decided is not None and decided.kind != "acceptance"):
        return () if decided is None else (decided,)
    if decided is None:
        return (_form(said, before),)
    rest = _heard_of(text, said.offset + len(said.opening))
    if not _WORDS.search(rest.heard) or any(True for _ in _of_kind("acceptance", rest, rest.heard)):
        return (decided,)
    return (decided, _form(rest, before))


def _heard_of(text: str, at: int = 0) -> _Text:
    cut = text[at : at + MAX_HEARD].replace("\u2019", "'")
    heard = cut.strip()
    offset = at + len(cut) - len(cut.lstrip())
    is_long = len(text) - at > MAX_HEARD
    beginning = heard[: MAX_HEARD // 4] if is_long else heard
    opening, log = _opening(heard), text[:_MAX_LOG]
    return _Text(offset, heard, beginning, opening, log, len(text) - at, candidates(heard))


def _opening(heard: str) -> str:
    """Return the first sentence, and the next where it takes the first one back."""
    ends = [found.start() for found in _SENTENCE_END.finditer(heard)]
    for end, after in pairwise([*ends, len(heard)]):
        following = heard[end:after].lstrip()
        if not any(contrast.match(following) for contrast in _contrasts()):
            return heard[:end]
    return heard


@cache
def _contrasts() -> Sequence[re.Pattern[str]]:
    return [expression(language.contrast) for language in languages().values()]


@cache
def _harmless() -> Sequence[re.Pattern[str]]:
    return [expression(each) for known in languages().values() for each in known.harmless]


@cache
def _unsaid() -> frozenset[str]:
    return frozenset(word for language in languages().values() for word in language.unsaid)


class _Rule(NamedTuple):
    number: int
    name: str
    phrase: Phrase


@cache
def _rules() -> Mapping[ReactionKind, Sequence[_Rule]]:
    """Return all rules by their kinds, numbered in the order of the tables."""
    found: dict[ReactionKind, list[_Rule]] = {kind: [] for kind in (*_DECISIVE, *_FORMS)}
    for number, (code, phrase) in enumerate(_phrases()):
        found[phrase.kind].append(_Rule(number, f"{code}.{phrase.name}", phrase))
    return found


def _phrases() -> Iterator[tuple[str, Phrase]]:
    for code, language in languages().items():
        for phrase in language.phrase:
            yield code, phrase


@cache
def _sieve() -> re2.Set:
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    sieve = re2.Set.SearchSet(options)
    for _, phrase in _phrases():
        sieve.Add(loosened(phrase.pattern))
    sieve.Compile()
    return sieve


def candidates(heard: str) -> frozenset[int]:
    """Return the numbers of the rules that may fit somewhere in a text: hardly any of many."""
    text = heard.translate(_ONE_SPACE).encode("utf-8", "replace")
    return frozenset(_sieve().Match(text) or ())


def _decisive(said: _Text) -> Iterator[Heard]:
    for kind in _DECISIVE:
        is_correction = kind == "correction"
        for heard in _of_kind(kind, said, said.beginning if is_correction else said.heard):
            if is_correction and any(each.match(said.heard) for each in _harmless()):
                break
            yield heard


def _of_kind(kind: ReactionKind, said: _Text, within: str) -> Iterator[Heard]:
    for rule in _rules()[kind]:
        if rule.number not in said.candidates:
            continue
        if rule.phrase.longest is not None and said.length > rule.phrase.longest:
            continue
        looked_at = said.opening if rule.phrase.where == "opening" else within
        found = expression(rule.phrase.pattern).search(looked_at)
        if found and not expression(rule.phrase.unless).search(looked_at):
            start, end = (said.offset + place for place in found.span())
            yield Heard(kind, rule.phrase.confidence, rule.name, start, end)


def _form(said: _Text, before: Before) -> Heard:
    """Return what a request is to the work before it."""
    return next(_forms(said, before))


def _forms(said: _Text, before: Before) -> Iterator[Heard]:
    """Yield what a request may be, the most telling first; the last is always there."""
    whole = (said.offset, said.offset + len(said.heard))
    words = _words(said.heard)
    if _is_same(words, _words(before.asked)):
        yield Heard("rephrase", 0.7, "asked-again", *whole)
    if before.has_edits and (failure := _FAILURE.search(said.log)):
        yield Heard("correction", 0.6, "pasted-failure", *failure.span())
    if before.answered.endswith("?") and _is_answer(said):
        yield Heard("continuation", 0.7, "answer", *whole)
    for kind in _FORMS:
        yield from _of_kind(kind, said, said.heard)
    if _QUESTION.search(said.heard):
        yield Heard("clarification", 0.5, "question-mark", *whole)
    if before.has_edits and len(words & _words(before.answered)) >= _MIN_COMMON:
        yield Heard("refinement", 0.5, "about-the-last-change", *whole)
    yield Heard("continuation", 0.4, "next-step", *whole)


def _is_answer(said: _Text) -> bool:
    return said.length <= _LONGEST_ANSWER and "?" not in said.heard


def _is_same(words: frozenset[str], asked: frozenset[str]) -> bool:
    if min(len(words), len(asked)) < _MIN_WORDS:
        return False
    return len(words & asked) / len(words | asked) >= _SAME_REQUEST


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text[: 4 * MAX_HEARD].lower())) - _unsaid()
