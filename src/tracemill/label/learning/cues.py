"""Words that mark reasoning in a sentence: a find, a cause, a doubt, a choice, a check.

They are English; in another language no cue is heard, and the first sentence of each text stands.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Cue(NamedTuple):
    """One way in which thinking shows."""

    name: str
    weight: int
    pattern: re.Pattern[str]


def _cue(name: str, weight: int, *words: str) -> Cue:
    return Cue(name, weight, re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE))


CUES: Final = (
    _cue(
        "cause", 4, "because", "root cause", "caused by", "due to", "turns out", "that's why",
        "which means", "so that means", "the culprit", "the reason",
        r"the (?:actual |real |only |main )?(?:problem|issue|bug|cause|error) "
        r"(?:is|was|here|lies|comes)",
    ),
    _cue(
        "find", 3, r"I (?:now )?(?:see|notice|noticed|found|realize|understand)(?! (?:if|whether))",
        r"there(?:'s| is| are) (?:a|an|no|two|already|also)", r"it (?:looks|seems)", "is missing",
        "is broken", "was never", "doesn't", "does not", "isn't", "already has", "still fails",
    ),
    _cue(
        "choice", 3, "instead", "rather than", "better to", "simplest", "safer", "cleaner",
        r"so I(?:'ll| will|'m)", r"I(?:'ll| will) \w+ (?:it|this|the|a|both|only)", "I should",
        "I need to", "we (?:need|should|can)", r"the (?:fix|approach|plan|solution|right)",
        "I'm going to", "I want to", "trade-?off",
    ),
    _cue(
        "doubt", 3, "hmm", "wait", "actually", "not sure", "unclear", "maybe", "perhaps",
        "probably", "might", "I wonder", "could be", "suspect", "surprising", "unexpected",
        "I was wrong",
    ),
    _cue("check", 1, "verify", "make sure", "confirm", "double-check", "re-?run", "before I"),
)  # fmt: skip
_ROUTINE: Final = re.compile(
    r"^(?:now |first,? |next,? |ok(?:ay)?,? |great[!,.]? |good[!,.]? )*"
    r"(?:let me|let's|I'll|I will|I need to|I'm going to) "
    r"(?:now |also |first |quickly |start by )*"
    r"(?:read|look|check|see|view|examine|explore|search|find|open|start|begin|run|try|continue)\w*"
    r"(?: \w+| [\w./`'-]+){0,6}[.:]?$",
    re.IGNORECASE,
)
"""What announces the next call, and says nothing of why."""
_NEXT: Final = re.compile(r"^(?:now|next|let me also|let me now)\b", re.IGNORECASE)
"""How a sentence begins that says what comes next; it tells less of why."""
_LESS_FOR_NEXT: Final = 2
_DECIDED: Final = re.compile(
    r"^(?!perhaps|maybe|if|but|wait|actually)(?:.*\b)?"
    r"(?:rather than|the (?:fix|approach|plan|solution) (?:is|will)|so I(?:'ll| will|'m)"
    r"|I(?:'m| am) (?:also )?(?:making|keeping|adding|updating|changing|removing|moving|replacing)"
    r"|I(?:'ll| will) (?:add|make|change|cache|move|replace|remove|keep|write|use))\b",
    re.IGNORECASE,
)
_EMPTY: Final = re.compile(
    r"^(?:ok(?:ay)?,? |good[!,.]? )?(?:now )?I (?:now |can )?(?:see|understand)"
    r"(?: (?:the|how|what) \w+(?: \w+){0,3})?(?: clearly| now| better)?[.!]$",
    re.IGNORECASE,
)
"""What says that something is understood, and not what."""
_PROBLEM: Final = re.compile(
    r"\b(?:fail\w*|error\w*|bugs?|broken?|wrong|crash\w*|missing|slow|doesn't|does not|"
    r"isn't|issue|problem|regression|unable|incorrect\w*|instead of|no longer|"
    r"leak\w*|stale|hang\w*|inconsistent|inconsistency|duplicates?|duplicated|"
    r"too (?:long|many|much|slow|large))\b",
    re.IGNORECASE,
)
_ABOUT_PROBLEMS: Final = re.compile(
    r"\b(?:error|failure|bug)s?[- ](?:handling|recovery|messages?|types?|logging|kinds?|paths?"
    r"|prone|reporting|conditions?|propagation|rates?)\b|\bregression (?:tests?|testing|suite)\b"
    r"|\b(?:no|zero|without(?: any)?) (?:[\w-]+ )?(?:errors?|issues?|bugs?|failures?|problems?"
    r"|regressions?|warnings?)\b",
    re.IGNORECASE,
)
"""What is made against problems or says that there is none, and is none itself."""
_WAS_INSTEAD: Final = re.compile(r"\b(?:was|were|got|went|showed|came)\b.*\binstead of\b")
"""How a sentence says that one thing came in another's place, and not that it was put there."""
_MAKING: Final = re.compile(
    r"^(?:add|implement|improve|include|migrate|enable|generate|validate|document|use|set|change|allow"
    r"|prevent|support|provide|update|create|track|introduce|move|show|return|keep|graceful|proper"
    r"|comprehensive|automatic)(?:s|d|ed|es|ing|ly)?\b",
    re.IGNORECASE,
)
"""How a sentence begins that says what was made."""
_SUMMARY: Final = re.compile(
    r"^(?:done[.!:,—-]* *)?(?:(?:I|we)(?:'ve| have)? (?:now |also )?)?"
    r"(?:fixed|added|changed|created|implemented|updated|moved|replaced|removed|refactored|rewrote|"
    r"extracted|renamed|introduced|switched|converted|built|made|wired|cleaned|split|"
    r"resolved|migrated|simplified|documented|hardened|wrapped|the (?:fix|change))\b",
    re.IGNORECASE,
)
_CHECKED: Final = re.compile(
    r"\b(?:(?:tests?|checks?|suite) (?:all |now |still )?pass\w*"
    r"|\d[\d,]* (?:tests? )?pass(?:ed|ing)|all (?:\d+ )?tests|verified|validated"
    r"|tested (?:with|on|by|against)|\d+/\d+|accuracy|benchmark\w*)\b",
    re.IGNORECASE,
)


def weight_of(said: str) -> int:
    """Return how much a sentence tells of thinking; 0 where no cue is heard."""
    plain = _plain(said)
    if _ROUTINE.match(plain) or _EMPTY.match(plain):
        return 0
    weight = sum(cue.weight for cue in CUES if cue.pattern.search(plain))
    return max(weight - _LESS_FOR_NEXT, 0) if _NEXT.match(plain) else weight


def is_choice(said: str) -> bool:
    """Tell whether a sentence says what the agent decided to do."""
    return _DECIDED.search(_plain(said)) is not None


def gives_cause(said: str) -> bool:
    """Tell whether a sentence says what something comes from."""
    return CUES[0].pattern.search(_plain(said)) is not None


def names_problem(said: str) -> bool:
    """Tell whether a sentence says that something is wrong."""
    return _PROBLEM.search(_plain(said)) is not None


def tells_problem(said: str) -> bool:
    """Tell whether a sentence of a message says what was wrong, not what was made against it."""
    plain = _ABOUT_PROBLEMS.sub("", _plain(said))
    if _MAKING.match(plain):
        return False
    return names_problem(plain if _WAS_INSTEAD.search(plain) else plain.replace("instead of", ""))


def reports_check(said: str) -> bool:
    """Tell whether a sentence says how something was checked, or what came of it."""
    return _CHECKED.search(_plain(said)) is not None


def is_role(said: str) -> bool:
    """Tell whether a sentence says who the agent is to be, and not what is to be done."""
    return said.lower().startswith(("you are a", "you are an", "your task is", "you're a"))


def sums_up(said: str) -> bool:
    """Tell whether a sentence says what was done."""
    return _SUMMARY.match(_plain(said)) is not None


def _plain(said: str) -> str:
    """Return a sentence with plain apostrophes and without marks before it."""
    return said.replace("\u2019", "'").removeprefix("**")
