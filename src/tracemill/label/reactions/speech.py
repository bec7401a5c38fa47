"""What a person's words say about the work so far: wrong, well done, more of it, or given up.

Praise, giving up and turning away are heard in phrases. Praise that goes on with a `but` or with
what is wrong is no praise, and thanks in advance are none either. What else is said is one
request: of what the words and what went before speak for, the likeliest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tracemill.label.reactions.cues import FAILURE, Before, cues_of
from tracemill.label.reactions.phrases import Said, phrases_in, said_in, until_contrast
from tracemill.label.reactions.replies import NO_REPLY, Reply
from tracemill.label.reactions.weighing import readings
from tracemill.label.reactions.words import words_in
from tracemill.records.sessions.reactions import ReactionKind, is_sure

MIN_SHARE: Final = 0.4
"""How sure the likeliest reading has to be; below, nothing is heard."""
_MIN_SECOND: Final = 0.2
"""How sure the second reading has to be, where one corrects and the other asks."""
_MIN_FAULT: Final = 0.5
"""How sure it has to be that something is wrong, for praise before it to accept nothing."""
_ASKED_CORRECTION: Final = frozenset({"correction", "clarification"})
_WORDS: Final = re.compile(r"\w")
_BY_PROGRAM: Final = re.compile(
    r"\s*(?:<timestamp>[^<\n]*</timestamp>\s*)?"
    r"(?:<system_notification>|\[Terminal \S+ notification: )"
)
"""How a program's own news of a task begins, which some logs hold in a person's place."""
_HANDED_ON: Final = 200
"""Characters at its end by which a text is known to be the agent's own."""
_MAX_PRAISE: Final = 3
"""Sentences of praise after which no request is looked for."""
_CLAUSE_END: Final = re.compile(r"[.!;\n\u3002\uff01\uff1b]+\s*|,\s+|\uff0c")
_MAX_CLAUSES: Final = 3
_MAX_CLAUSE: Final = 140
_MAX_GRANTING: Final = 400
"""Characters of a text within which it is looked for what a person grants first."""
_MAX_FAULTY: Final = 2_000
"""Characters of a text within which it is looked for a fault beside what is granted."""
_FAULTS: Final = frozenset(
    {"wrong", "no", "meant", "reverts", "fails", "log", "objects", "finds-fault", "negates"}
    | {"reproach", "still", "expects", "dismay", "contradicts", "trouble", "scolds"}
)
"""Cues that something is not as it should be."""
_WHOLE: Final[Sequence[ReactionKind]] = ("abandonment", "continuation")
"""What is said of a whole text, which asks for nothing besides. Who goes on by a phrase alone
pressed a button, or answered a program."""


class Heard(NamedTuple):
    """One thing that a text says about the work so far, and the words that say it."""

    kind: ReactionKind
    confidence: float
    rule: str
    start: int
    end: int


class Parts(NamedTuple):
    """What a text says by itself, and what it asks for."""

    decided: tuple[Heard, ...]
    request: Said | None
    """The part that asks for something; None where there is none."""


def hear(text: str, before: Before | None = None, reply: Reply = NO_REPLY) -> tuple[Heard, ...]:
    """Return what a person's text says about the work so far.

    What a request is to the work is only heard with what was said before it, and better with what
    the agent did about it. What the agent said last, word for word, is what a program hands on,
    and no person's; nor is what it tells of its own tasks.
    """
    if _BY_PROGRAM.match(text) or (before is not None and _is_handed_on(text, before.answered)):
        return ()
    decided, request = parts_of(text)
    if request is None or before is None:
        return decided
    asked = _request(text, request, before, reply)
    if any(each.kind == "correction" and each.confidence >= _MIN_FAULT for each in asked):
        decided = tuple(each for each in decided if each.kind != "acceptance")
    return (*decided, *asked)


def is_doubtful(heard: Sequence[Heard]) -> bool:
    """Tell whether the rules hear nothing in a turn, or something of which they are not sure."""
    return not heard or not all(is_sure(each.kind, each.confidence) for each in heard)


def grants(text: str) -> bool:
    """Tell whether a text begins by saying that something is well, and finds no fault beside that.

    Praise of a part accepts nothing as a whole: it is heard clause by clause, and a wish behind a
    `but` takes nothing of it back. A fault does, since nobody knows of what: `great, it fails`.
    """
    if _BY_PROGRAM.match(text):
        return False
    start = said_in(text).offset
    clauses = list(filter(str.strip, _CLAUSE_END.split(text[start : start + _MAX_FAULTY])))
    for n, clause in enumerate(_first(clauses)):
        praise = until_contrast(clause)
        if "acceptance" in _decided(said_in(praise)):
            others = (*clauses[:n], clauses[n][len(praise) :], *clauses[n + 1 :])
            is_log = FAILURE.search(text[start : start + _MAX_FAULTY]) is not None
            return not is_log and not any(map(_finds_fault, others))
    return False


def _first(clauses: Sequence[str]) -> Iterator[str]:
    """Yield the clauses that a text begins with, cut to where praise is looked for."""
    left = _MAX_GRANTING
    for clause in clauses[:_MAX_CLAUSES]:
        yield clause[: min(left, _MAX_CLAUSE)]
        left = max(left - len(clause), 0)


def _finds_fault(clause: str) -> bool:
    return any(found.phrase.cue in _FAULTS for found in phrases_in(said_in(clause)))


def _is_handed_on(text: str, answered: str) -> bool:
    """Tell whether a text ends as the agent's answer does."""
    if len(text) < _HANDED_ON or text.rstrip()[-2:] != answered.rstrip()[-2:]:
        return False
    end = " ".join(text[-2 * _HANDED_ON :].split())[-_HANDED_ON:]
    return len(end) == _HANDED_ON and " ".join(answered[-2 * _HANDED_ON :].split()).endswith(end)


def parts_of(text: str) -> Parts:
    """Part what a text says by itself from what it asks for."""
    said = said_in(text)
    decided = _decided(said)
    for kind in _WHOLE:
        if kind in decided:
            return Parts((decided[kind],), None)
    praise = decided.get("acceptance")
    rest = said if praise is None else _behind_praise(text, said)
    if not _WORDS.search(rest.heard):
        return Parts(tuple(filter(None, [praise])), rest if rest.heard and praise is None else None)
    turn = _decided(rest).get("switch")
    return Parts(tuple(filter(None, [praise, turn])), rest if turn is None else None)


def _decided(said: Said) -> dict[ReactionKind, Heard]:
    """Return what phrases say by themselves, by kind; of each kind, the first."""
    return {heard.kind: heard for heard in reversed(tuple(_by_itself(said)))}


def _by_itself(said: Said) -> Iterator[Heard]:
    for phrase, rule, start, end in phrases_in(said):
        if phrase.kind is not None:
            yield Heard(phrase.kind, phrase.confidence, rule, start, end)


def _behind_praise(text: str, said: Said) -> Said:
    """Return what follows the praise that a text begins with."""
    for _ in range(_MAX_PRAISE):
        said = said_in(text, said.offset + len(said.opening))
        if "acceptance" not in _decided(said):
            break
    return said


def _request(text: str, said: Said, before: Before, reply: Reply) -> tuple[Heard, ...]:
    """Return what a request is: nothing where nothing is likely, two where it corrects and asks."""
    found = readings(cues_of(text, said, before, reply), words_in(said.heard))
    if found[0].share < MIN_SHARE:
        return ()
    is_asked = {each.kind for each in found[:2]} == _ASKED_CORRECTION
    kept = found[:2] if is_asked and found[1].share >= _MIN_SECOND else found[:1]
    return tuple(
        Heard(each.kind, round(each.share, 2), each.cue.rule, each.cue.start, each.cue.end)
        for each in kept
    )
