"""Complaints: a person says that something is broken, missing or wrong in what came of a turn.

What says so are the phrases of the lexicons by which failures are told, so it is heard in every
language of theirs. The sentence is a fact about a tool or its output only where it names one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tracemill.label.activity.named_parts import sentence_at
from tracemill.label.reactions.phrases import phrases_in, said_in
from tracemill.label.requests.points import named_action
from tracemill.records.sessions.trajectory import Step
from tracemill.records.sessions.turn_work import Complaint

_AMISS: Final = frozenset({"fails", "finds-fault"})
"""What phrases speak for that tell of something amiss."""
_MAX_SAID: Final = 200
_WORDS: Final = re.compile(r"[^a-z0-9]+")


def complaint_in(step: Step, actions: Sequence[str]) -> Complaint | None:
    """Return what a person's step says to be amiss; None where it says nothing of the sort.

    Args:
        step: what they said next.
        actions: what had been called for them.
    """
    found = [each for each in phrases_in(said_in(step.text)) if each.phrase.cue in _AMISS]
    if not found:
        return None
    first = min(found, key=lambda each: each.start)
    sentence = sentence_at(step.text, first.start) or step.text[first.start : first.end]
    said = " ".join(sentence.split())[:_MAX_SAID]
    return Complaint(step=step.index, says=said, action=_named(said, actions))


def _named(said: str, actions: Sequence[str]) -> str | None:
    """Return what a sentence names: by all of its name, as `git log` does, or else by a part."""
    words = f" {_WORDS.sub(' ', said.lower())} "
    whole = (each for each in actions if f" {_WORDS.sub(' ', each.lower()).strip()} " in words)
    return max(whole, key=len, default=None) or named_action(said, actions)
