"""Which phrases of the lexicons stand in a text, and where.

Hardly any of many phrases fit a text, so a few at a time are first looked for in one pass, by
expressions that fit wherever they do; only those that may fit are tried one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

import re2

from tracemill.label.reactions.lexicon import (
    Phrase,
    Whose,
    expression,
    has_foreign_letters,
    languages,
    loosened,
    plain_loosened,
    plain_text,
)

MAX_HEARD: Final = 400
"""Characters of a text that phrases are looked for in."""

_AT_ONCE: Final = 16
"""Phrases that are looked for in one pass.

A state of a pass tells which phrases stood in the text so far, so the states of a pass for all
phrases took ten times the memory of those of all passes for a few.
"""
_STATES: Final = 2 << 20
"""Bytes that the states of a pass may take; with too few they are worked out anew for each text."""
_SENTENCE_END: Final = re.compile(r"[.!,;](?=\s+\S)|[\uff0c\u3002\uff01\uff1b](?=\s*\S)")
"""Chinese and Japanese write no blank behind a sentence."""
_INTERJECTION: Final = 5
"""Characters up to which what stands before a comma, as `ok,`, is no sentence."""
_ONE_SPACE: Final = {
    **{code: " " for code in range(0x3001) if chr(code).isspace()},
    **dict.fromkeys(map(ord, "\u0130\u0131"), "i"),
    ord("\u017f"): "s",
    ord("\u212a"): "k",
}
"""Spaces that fit a space of a table, and letters that `re` holds to be ones of ASCII."""
_SHOWN: Final = re.compile(
    r"(?:\s|<blank>|\[image\]|\[Image #\d+\]|</?image[^>\n]*>|<(?P<of>ide_\w+)>[\s\S]*?</(?P=of)>|"
    r"#+ [A-Z][^\n]*\n[\s\S]{0,20000}?\n#+ My request for Codex:\s)+"
)
"""What a program puts before the words of a person: pictures, files and pages that they look at."""


class Said(NamedTuple):
    """The part of a text that is heard."""

    offset: int
    """Where it begins in the text."""
    heard: str
    """The part itself, with plain apostrophes."""
    opening: str
    """Its first sentence, and the next where that takes the first one back."""
    length: int
    """Characters of the text from there to its end."""

    @property
    def place(self) -> tuple[int, int]:
        """Where it begins and ends in the text."""
        return self.offset, self.offset + len(self.heard)


class _Sieve(NamedTuple):
    """One pass over a text."""

    numbers: Sequence[int]
    """Of the phrases that it looks for."""
    looks: re2.Set
    """Tells at which places of these there are phrases that may fit."""


class Found(NamedTuple):
    """A phrase that stands in a text."""

    phrase: Phrase
    rule: str
    """Code of its language and its name."""
    start: int
    """Where it begins in the text."""
    end: int
    """Where it ends."""


def said_in(text: str, at: int = 0) -> Said:
    """Return what is heard of a text from a place on."""
    shown = _SHOWN.match(text, at)
    start = shown.end() if shown else at
    heard = text[start : start + MAX_HEARD].replace("\u2019", "'").rstrip()
    return Said(start, heard, _opening(heard), len(text) - start)


def _opening(heard: str) -> str:
    ends = [at.end() for at in _SENTENCE_END.finditer(heard) if not _is_in_passing(at)]
    for end, after in pairwise([*ends, len(heard)]):
        following = heard[end:after].lstrip()
        if not _contrast().match(following):
            return heard[:end]
    return heard


def until_contrast(clause: str) -> str:
    """Return what a clause says before a word that takes it back."""
    found = _contrast_within().search(clause)
    return clause[: found.start()] if found else clause


def _is_in_passing(end: re.Match[str]) -> bool:
    return end[0] == "," and end.end() <= _INTERJECTION


@lru_cache(maxsize=8)  # what decides by itself and what is weighed are told by the same phrases
def phrases_in(said: Said, whose: Whose = "person") -> tuple[Found, ...]:
    """Return the phrases that stand in what is heard, in the order of the tables."""
    return tuple(_phrases_in(said, whose))


def _phrases_in(said: Said, whose: Whose) -> Iterator[Found]:
    for number in sorted(candidates(said.heard, whose)):
        code, phrase = _phrases(whose)[number]
        if phrase.longest is not None and said.length > phrase.longest:
            continue
        within = said.opening if phrase.where == "opening" else said.heard
        found = expression(phrase.pattern).search(within)
        if found and not expression(phrase.unless).search(within):
            start, end = (said.offset + place for place in found.span())
            yield Found(phrase, f"{code}.{phrase.name}", start, end)


def candidates(heard: str, whose: Whose) -> frozenset[int]:
    """Return the numbers of the phrases that may fit somewhere in a text: hardly any of many."""
    text = heard.translate(_ONE_SPACE)
    found = _fitting(_plain_sieves(whose), plain_text(text).encode("latin-1"))
    if has_foreign_letters(text):
        found = chain(found, _fitting(_foreign_sieves(whose), text.encode("utf-8", "replace")))
    return frozenset(found)


def _fitting(sieves: Iterable[_Sieve], text: bytes) -> Iterator[int]:
    for sieve in sieves:
        for place in sieve.looks.Match(text) or ():
            yield sieve.numbers[place]


@cache
def _phrases(whose: Whose) -> Sequence[tuple[str, Phrase]]:
    known = [(code, each) for code, language in languages().items() for each in language.phrase]
    return [(code, phrase) for code, phrase in known if phrase.whose == whose]


@cache
def _contrast() -> re.Pattern[str]:
    """Return an expression for any language's word that takes back."""
    return expression(_contrasting())


@cache
def _contrast_within() -> re.Pattern[str]:
    """Return an expression for a blank before such a word."""
    return expression(rf"\s(?={_contrasting()})")


def _contrasting() -> str:
    words = (language.contrast.removeprefix("^") for language in languages().values())
    return f"(?:{'|'.join(words)})"


@cache
def _plain_sieves(whose: Whose) -> Sequence[_Sieve]:
    """Return what looks for all phrases in a `plain_text`."""
    options = _options()
    options.encoding = re2.Options.Encoding.LATIN1
    phrases = enumerate(_phrases(whose))
    return _sieves([(n, plain_loosened(each.pattern)) for n, (_, each) in phrases], options)


@cache
def _foreign_sieves(whose: Whose) -> Sequence[_Sieve]:
    """Return what looks for phrases with foreign letters, which no `plain_text` has."""
    phrases = [(n, each.pattern) for n, (_, each) in enumerate(_phrases(whose))]
    foreign = [(n, loosened(pattern)) for n, pattern in phrases if has_foreign_letters(pattern)]
    return _sieves(foreign, _options())


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = _STATES
    return options


def _sieves(patterns: Sequence[tuple[int, str]], options: re2.Options) -> Sequence[_Sieve]:
    passes = (patterns[first : first + _AT_ONCE] for first in range(0, len(patterns), _AT_ONCE))
    return [_sieve(each, options) for each in passes]


def _sieve(patterns: Iterable[tuple[int, str]], options: re2.Options) -> _Sieve:
    looks = re2.Set.SearchSet(options)
    for _, pattern in patterns:
        looks.Add(pattern)
    looks.Compile()
    return _Sieve([number for number, _ in patterns], looks)
