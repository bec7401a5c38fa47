"""What words of an agent say: what is wrong, or how something is to be done.

The cues are English; in another language nothing is heard, and no example is made of it.
"""

from __future__ import annotations

import re
from typing import Final

_BREAK: Final = re.compile(r"(?<=[.!?:])\s+|\n+")
_ANNOUNCED: Final = re.compile(
    r"(?:(?:now|first|next|then|so|ok(?:ay)?|good|great|perfect)\b[,.!]? *)*"
    r"(?:let me|let's|let us|i'?ll|i will|i(?:'m| am) (?:now )?\w+ing|i need to|i should|i can)\b",
    re.IGNORECASE,
)
"""How a sentence begins that says what comes next, and not what there is."""
_CAUSE: Final = re.compile(
    r"\b(?:root cause|caused by|because|turns out|culprit|that's why|which means|"
    r"the (?:actual |real |only |main |underlying )?(?:problem|issue|bug|cause|reason)s?"
    r"(?: here)? (?:is|was|are|were|lies|comes))\b",
    re.IGNORECASE,
)
"""How a sentence says where something comes from."""
_WRONG: Final = re.compile(
    r"\b(?:fail(?:s|ed|ing|ures?)?|errors?|bugs?|problems?|issues?|broken?|wrong|missing|unused|"
    r"never|no longer|undefined|doesn't|does not|don't|isn't|is not|aren't|can't|cannot|didn't|"
    r"won't|wasn't|stale|mismatch\w*|conflict\w*|crash\w*|incorrect\w*|unexpected\w*|lacks?|"
    r"instead of|too (?:many|few|long|short|large|small|early|late))\b",
    re.IGNORECASE,
)
"""What a sentence holds that says that something is not as it should be."""
_FINE: Final = re.compile(
    r"\b(?:no|zero|without(?: any)?|0) (?:[\w-]+ ){0,2}"
    r"(?:errors?|issues?|bugs?|problems?|failures?)\b"
    r"|\b(?:fixed|resolved|solved|mended|succeeded|as intended|not (?:a|an) "
    r"(?:problem|issue|bug|error))\b",
    re.IGNORECASE,
)
"""What a sentence holds that says that nothing is wrong, or nothing of this work."""
_ENTRY: Final = re.compile(r"^ *(?:\d+[.)]|[-*•]) +\S", re.MULTILINE)
_TO_DO: Final = re.compile(
    r"\b(?:i'?ll|i will|i(?:'m| am) going to|we(?:'ll| will| need to| should)|"
    r"the (?:fix|plan|approach|solution|idea|strategy|design)|"
    r"(?:here's|here is) (?:my|the) (?:plan|approach|proposal)|steps?:|plan:|approach:)",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\W*(?:done|all done|i've|i have|here's what i|the changes?)\b", re.IGNORECASE
)
"""How words begin that tell what was done."""
_ASKED: Final = re.compile(r"\?[*_]*$", re.MULTILINE)
"""How a line ends behind which a list is a choice of answers."""
_MIN_SENTENCE: Final = 40
"""Characters from which a sentence says enough of what is wrong."""
_MIN_APPROACH: Final = 200
"""Characters from which words say how something is to be done, and not only what comes next."""
_MIN_ENTRIES: Final = 3
"""Entries from which a list is a plan."""


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, with plain apostrophes and without marks before them."""
    plain = text.replace("\u2019", "'")
    return [said for part in _BREAK.split(plain) if (said := part.strip(" *#>-`"))]


def says_wrong(text: str) -> bool:
    """Tell whether some words say what is wrong, as one does who has just seen it fail."""
    return any(map(_is_wrong, sentences_of(text)))


def says_why(text: str) -> bool:
    """Tell whether some words say what is wrong and where that comes from."""
    told = [said for said in sentences_of(text) if _is_wrong(said)]
    return any(_CAUSE.search(said) for said in told)


def says_how(text: str) -> bool:
    """Tell whether some words set out how something is to be done, in several points."""
    entries = list(_ENTRY.finditer(text))
    if len(text) < _MIN_APPROACH or len(entries) < _MIN_ENTRIES or _DONE.match(text):
        return False
    if _ASKED.search(text, 0, entries[-1].start()):
        return False
    return _TO_DO.search(text.replace("\u2019", "'")) is not None


def _is_wrong(said: str) -> bool:
    if len(said) < _MIN_SENTENCE or said.endswith("?") or _ANNOUNCED.match(said):
        return False
    return _WRONG.search(said) is not None and _FINE.search(said) is None
