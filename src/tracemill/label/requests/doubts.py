"""Where an agent voices doubt: that it does not know, only supposes, or looks before it goes on.

| how | as in |
|---|---|
| `unknown` | "I'm not sure whether the key is set", "it's unclear which one runs" |
| `supposed` | "it might be the cache", "probably the test is stale", "I suspect the index" |
| `surprised` | "Hmm, that should have failed", "wait, the file is empty" |
| `looks` | "Let me check what happens now", "let's see whether it still fails" |

To look at a file is no doubt: what counts is a question that the agent puts to itself, with `what`,
`whether`, `if`, `why` or `how`. What is said to the person, as an offer or a choice, and what a
program or its user might do, is no doubt of the agent. The cues are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

DoubtKind = Literal["unknown", "supposed", "surprised", "looks"]
"""How doubt is voiced."""


class Doubt(NamedTuple):
    """A sentence that voices doubt."""

    kind: DoubtKind
    text: str


_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_MAX_SENTENCE: Final = 2_000
"""Characters of a sentence that are looked at; what is longer is no sentence."""
_FENCE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_CUES: Final[Mapping[DoubtKind, re.Pattern[str]]] = {
    "unknown": re.compile(
        r"\bI(?:'m| am) (?:unsure|uncertain|not (?:(?:quite|entirely|really) )?(?:sure|certain))\b"
        r"|\bI (?:don't|do not) (?:know|understand|see why)\b|\bI wonder\b"
        r"|\b(?:it|that)(?:'s| is) (?:still )?(?:unclear|not (?:yet )?(?:clear|known))\b"
        r"|\bnot (?:sure|clear) (?:what|whether|if|why|how|which|where)\b",
        re.IGNORECASE,
    ),
    "supposed": re.compile(
        r"\bI (?:suspect|guess|assume|presume)\b"
        r"|\bI think (?:it|this|that|there) (?:might|may|could)\b"
        r"|\b(?:it|this|that|there|which|problem|issue|cause|reason|error|bug)(?:'s| is| was) "
        r"(?:most |very )?(?:probably|likely|perhaps|maybe|possibly)\b"
        r"|\b(?:it |this |the (?:(?!that\b|which\b)\w+ ){1,3})"
        r"(?:might|may|could) (?:be|have|not be)\b"
        r"(?! (?:used|helpful|useful|added|called|run|found))"
        r"|^(?:perhaps|maybe|probably|possibly)\b",
        re.IGNORECASE,
    ),
    "surprised": re.compile(
        r"^(?:hmm+|wait)\b ?[,.:!?…\u2013\u2014-]"
        r"|^(?:hmm+|wait),? (?:actually|but|no|that|this|the|I)\b"
        r"|\b(?:that|this|it|which)(?:'s| is| was) (?:very |quite |a bit |rather )?"
        r"(?:surprising|strange|odd|weird|unexpected|suspicious)\b",
        re.IGNORECASE,
    ),
    "looks": re.compile(
        r"\b(?:let me|let's|I'll|I will|I need to|I want to|I should)\b(?: (?!help\b)\w+){0,2}? "
        r"(?:check|see|find out|figure out|verify|confirm|test|look into|understand|make sure of"
        r"|investigate|debug)(?: \w+)? (?:what|whether|if|why|how|which|where)\b"
        r"(?!.*\b(?:and then|then|if so|if not)\b)",
        re.IGNORECASE,
    ),
}


def doubts_in(said: str) -> Iterator[Doubt]:
    """Yield the sentences of an agent's words that voice doubt, each with its first cue."""
    plain = _FENCE.sub("\n", said.replace("\u2019", "'"))
    for part in _SENTENCE.split(plain):
        sentence = part.strip(" *#>-")[:_MAX_SENTENCE]
        kind = next((kind for kind, cue in _CUES.items() if cue.search(sentence)), None)
        if kind is not None:
            yield Doubt(kind, sentence)
