"""What a person's words say about the work so far: wrong, well done, or given up.

Rules over English, deliberately few: a rule that often errs would teach a model wrong. Only what a
person typed after the agent had done something is heard, only its first words where it
is long, and every rule of correction says how sure it is. Praise that goes on with a `but`
is no praise, and thanks in advance are none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

MAX_HEARD: Final = 400
"""Characters of a text that rules look at."""

_MAX_PRAISE: Final = 240
"""A longer text is a new request that happens to begin kindly."""

_THAT: Final = r"(?:that|this|it|these|those|they)"
_NOT_OR_WRONG: Final = r"(?:not (?:right|correct|true|it|what|how|working|good)|wrong|incorrect)"


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    confidence: float


def _rules(confidence: float, *patterns: str) -> Iterable[_Rule]:
    return [_Rule(re.compile(pattern), confidence) for pattern in patterns]


_CORRECTIONS: Final = (
    *_rules(
        0.9,
        rf"\b{_THAT}(?:'s| is|'re| are| was) {_NOT_OR_WRONG}",
        rf"\b{_THAT} (?:isn't|wasn't|aren't) (?:right|correct|what|how)\b",
        r"\bnot what i (?:asked|meant|want|wanted|said|had in mind)\b",
        r"\byou (?:have |'ve )?(?:misunderst|broke\b|broken\b|messed|screwed)",
        r"^(?:no|nope|nah)[,.!:;]? +(?:i|that|this|it|you|not|don't|do not|the|we)\b"
        r"(?! (?:can|could) )",
        r"^(?:i|what i) (?:actually )?mean[t]?\b",
        r"^i (?:didn't|did not|never) (?:ask|mean|want|say|tell)",
        r"^(?:please )?(?:revert|undo|roll ?back) "
        r"(?:that|this|it|your|the|these|those|all|everything)\b",
        r"^i(?:'ve| have)? (?:reverted|undone|rolled back|undid)\b",
        r"^(?:wrong|incorrect)\b",
    ),
    *_rules(
        0.8,
        r"^still\b",
        r"\bstill (?:fail|broken|not |no |wrong|the same|get|see|has|have|doesn|isn|crash|show)",
        rf"^{_THAT} (?:still )?(?:doesn't|does not|didn't|did not|don't|do not) work\b",
        rf"\b{_THAT}(?:'s| is| are) (?:still )?(?:broken|failing|not working|worse)\b",
        r"^(?:same|another) (?:error|issue|problem|failure)\b",
        r"^you (?:didn't|did not|forgot|missed|skipped|deleted|removed|ignored|never)\b",
        r"^you should(?:n't| not)\b",
        r"^(?:no|nope),? +(?:please|just|use|keep|make|put|instead|revert|undo|stop)\b",
        r"^why (?:did|have|are|would) you\b",
        r"^(?:stop|don't do that|not like that)\b",
        r"\b(?:makes|made) (?:everything|it all|things) (?:bugged|broken|worse)\b",
    ),
    *_rules(
        0.6,
        r"^(?:hmm+|hm|wait|well|but|sure, but|ok,? but|okay,? but|yes,? but|yeah,? but)[, ][^.!?]*"
        r"(?:\b(?:not|wrong|instead|should|broken)\b|n't\b|\bfail)",
        r"^(?:as )?i (?:said|told you|asked)\b",
        r"^are you sure\b",
        r"\bnot working\b",
    ),
    *_rules(0.4, r"^(?:no|nope|nah)[.!]?$", r"^actually\b", r"^wait\b", r"^instead\b"),
)

_HARMLESS_NO: Final = re.compile(
    r"^no,? (?:problem|worries|need|rush|hurry|idea|thanks|thank|that's (?:ok|fine|all|it|good))\b"
)
_PRAISE: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|yes|yeah|yep|wow|ah|cool|oh)[,.! ]+)?(?:that's |this is |it's |looks |all )?"
    r"(?:thanks?(?: you| a lot| so much)?|thx|ty|perfect(?:ly)?|great|awesome|excellent|nice(?:ly)?"
    r"|lgtm|amazing|love it|brilliant|fantastic|wonderful|beautiful|good job|well done"
    r"|works (?:great|now|well|perfectly|fine|like a charm)|(?:that|it|this) works"
    r"|(?:(?:ok )?now )?it works|good now|looks (?:good|great|perfect|right)|looking good"
    r"|exactly what i (?:wanted|needed))\b"
)
_PRAISE_WITHIN: Final = re.compile(r"\bworks? (?:great|perfectly|fine|like a charm|now)\b|[👍🎉]")
_CONTRAST: Final = re.compile(
    r"\b(?:but|however|except|although|though|still|not|broken|wrong|fails?|error|unfortunately)\b"
    r"|n't\b|\?|\bin advance\b|^great,? (?:question|if|but)|^nice to"
)
_CONTRAST_NEXT: Final = re.compile(r"^[^.!]*[.!]+ (?:but|however|except|though|still)\b")
_GIVING_UP: Final = re.compile(
    r"(?<!don't )(?<!not )\bforget (?:it|that|this|about (?:it|this|that))\b"
    r"|^(?:ok(?:ay)?,? )?never ?mind\b"
    r"|\bi(?:'ll| will|'m going to| am going to) (?:just )?(?:do|fix|write|handle|finish|take) "
    r"(?:it|this|that)(?: from here)?(?: myself| manually| by hand| from here)?[.!]*$"
    r"|\b(?:let's|lets|we should) (?:just )?(?:drop|abandon|scrap|forget|stop|cancel) "
    r"(?:it|this|that)\b"
    r"|^(?:abandon|scrap|cancel|drop) (?:it|this|that)\b"
    r"|\bi(?:'m| am)? giv(?:e|ing) up\b"
)


class Heard(NamedTuple):
    """What a text says about the work so far."""

    correction: float = 0.0
    """How sure it is that the work or the understanding was wrong; 0 where nothing says so."""
    is_praise: bool = False
    """Whether it accepts or praises the work."""
    gives_up: bool = False
    """Whether it says that the work is not to be finished here."""


NOTHING: Final = Heard()


def hear(text: str) -> Heard:
    """Return what a person's text says about the work so far."""
    said = _normal(text)
    if not said:
        return NOTHING
    gives_up = _GIVING_UP.search(said) is not None
    is_praise = not gives_up and len(text) <= _MAX_PRAISE and _praises(said)
    correction = 0.0 if is_praise or gives_up else _correction(said, is_long=len(text) > MAX_HEARD)
    return Heard(correction, is_praise, gives_up)


def _normal(text: str) -> str:
    start = text[:MAX_HEARD].strip().lower().replace("\u2019", "'")
    return " ".join(start.split())


def _praises(said: str) -> bool:
    first = re.split(r"(?<=[.!])\s", said, maxsplit=1)[0]
    if _PRAISE.match(said):
        return not _CONTRAST.search(first) and not _CONTRAST_NEXT.search(said)
    return _PRAISE_WITHIN.search(said) is not None and not _CONTRAST.search(said)


def _correction(said: str, *, is_long: bool) -> float:
    if _HARMLESS_NO.match(said):
        return 0.0
    heard = said[: MAX_HEARD // 4] if is_long else said
    for rule in _CORRECTIONS:
        if rule.pattern.search(heard):
            return rule.confidence
    return 0.0
