"""What examples show: each counts in one sub-category, the most telling that fits.

Rules look at what is done and at the words of the request; they are cautious, so that what they do
not recognise leaves a gap rather than closes one that is there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import msgspec
import re2

from tracemill.records.datasets.audits import TrainingRow
from tracemill.records.datasets.examples import ChatExample, Example, Message
from tracemill.records.synth.verification import ShownPart
from tracemill.synth.taxonomy import Taxonomy

_FAILED: Final = re.compile(
    r"\b[1-9]\d* (?:failed|errors?)\b|^FAILED |^Traceback |exit code:? [1-9]|^Error:", re.MULTILINE
)
_PASSED: Final = re.compile(r"\b[1-9]\d* passed\b|\bOK \(\d+ tests?|test result: ok")
_MAY_FAIL: Final = re2.compile(
    r"(?m)\pN (?:failed|error)|^FAILED |^Traceback |exit code:? [1-9]|^Error:"
)
_MAY_PASS: Final = re2.compile(r"\pN passed|OK \(\pN|test result: ok")
"""What of a result tells how it went; the latter two find it wherever the former two do, and much
sooner."""
_SKILL: Final = re.compile(r"\b(?:using|use|follow\w*|apply\w*) the ([\w-]+) skill", re.IGNORECASE)
_NAMED_SKILL: Final = re.compile(r"\bskills?\b", re.IGNORECASE)
_SKILLS: Final = {
    "debugging": r"debug|root|trac",
    "testing": r"test|tdd|verif",
    "problem-solving": r"stuck|scale|inver|pattern|simplif",
    "architecture": r"architect|design|tension|interface",
}
_CRAFTS: Final = {
    "dry": r"\bdry\b|duplicated?\b|duplication|repeat(?:ed|s) (?:code|logic)",
    "solid": r"single responsib|\bsolid\b|dependency inver|interface segr",
    "clean-code": r"unused|dead code|magic number|clean(?: |-)?up|unclear name",
    "refactoring": r"refactor|extract (?:a |the )?(?:method|function)|simplif",
}
_OF_CRAFT: Final = re2.compile(
    "(?i)" + "|".join(_CRAFTS.values()).replace(r"\b", "").replace("i", "[i\u0131\u0130]")
)
"""Finds something wherever one of `_CRAFTS` does, and much sooner than that: to Python, but not to
RE2, the two letters of Turkish are an `i` in another case."""
_PLAN: Final = re.compile(r"^(?:\s*\d+[.)] .+\n?){3,}", re.MULTILINE)
_SHOWN: Final = re.compile(r"^```\w*\n(?:.*\n){2,}?```", re.MULTILINE)
"""Some lines of code or output in a request."""
_REVIEW: Final = re.compile(r"\breview\b", re.IGNORECASE)
_CATEGORY: Final = "category:"
_EXPLORING: Final = 3
"""Looks without an edit from which work is an exploration."""


class Place(NamedTuple):
    """A sub-category."""

    category: str
    part: str


_RECOVERED: Final = Place("tool-use", "error-recovery")


@dataclass(frozen=True)
class _Seen:
    """What one call did."""

    family: str
    arguments: object
    result: str

    @property
    def is_test_file(self) -> bool:
        """Whether it begins by naming a test."""
        return "test" in str(self.arguments)[:200]

    @cached_property
    def has_failed(self) -> bool:
        """Whether its result tells of a failure."""
        return _may_hold(_MAY_FAIL, self.result) and bool(_FAILED.search(self.result))

    @property
    def has_passed(self) -> bool:
        """Whether its result tells that checks passed."""
        return _may_hold(_MAY_PASS, self.result) and bool(_PASSED.search(self.result))


def _may_hold(quick: Any, text: str) -> bool:
    """Tell whether a quick pattern finds anything; half a surrogate pair is none of its letters."""
    try:
        return bool(quick.search(text))
    except UnicodeEncodeError:
        return True


def place_of(messages: Sequence[Message], taxonomy: Taxonomy) -> Place:
    """Return the sub-category that an example counts in, by what is learned of its messages."""
    said = [message for message in messages if message.trained]
    seen = _calls(messages, taxonomy)
    asked = "\n".join(each.content for each in messages if each.role == "user")
    if skill := next(filter(None, (_SKILL.search(each.content) for each in said)), None):
        return place_of_skill(skill[1])
    if not seen:
        return _in_words(said, asked)
    families = [each.family for each in seen]
    for part in ("definition", "references", "functions", "classes", "stats", "index"):
        if part in families:
            return Place("powertools", part)
    return _worked(seen, asked, said) or _called(seen, said, messages)


def place_of_skill(name: str) -> Place:
    """Return the sub-category of work that follows a written skill."""
    return Place("superpowers", _first(_SKILLS, name, "collaboration"))


def place_of_example(example: Example, taxonomy: Taxonomy) -> Place | None:
    """Return the sub-category of an example; None of no conversation, or where nothing is learned.

    A way out of a failure shows that, though of the failure itself nothing is learned.
    """
    if not isinstance(example, ChatExample) or not any(m.trained for m in example.messages):
        return None
    place = place_of(example.messages, taxonomy)
    is_way_out = example.builder == "recovery" and place.category == _RECOVERED.category
    return _RECOVERED if is_way_out else place


def place_tags(example: Example, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the tags that say in which sub-category an example counts.

    None where it has some already, as what was made up does.
    """
    is_placed = any(tag.startswith(_CATEGORY) for tag in example.tags)
    place = None if is_placed else place_of_example(example, taxonomy)
    if place is None:
        return ()
    return (f"{_CATEGORY}{place.category}", f"part:{place.category}/{place.part}")


def place_of_row(row: TrainingRow, taxonomy: Taxonomy) -> Place | None:
    """Return the sub-category of anybody's row; None where its assistant says nothing.

    A row without marks is learned whole, and its calls are those that can be read, however they
    are written.
    """
    has_marks = any(message.trained for message in row.messages)
    messages = [
        msgspec.structs.replace(
            message,
            trained=message.trained if has_marks else message.role == "assistant",
            tool_calls=tuple(
                {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
                for call in written
                if call.name
            ),
        )
        for message, written in zip_longest(row.messages, row.calls, fillvalue=())
        if isinstance(message, Message)
    ]
    return place_of(messages, taxonomy) if any(each.trained for each in messages) else None


def names_skill(row: TrainingRow) -> bool:
    """Tell whether the assistant of a row speaks of a skill."""
    said = (message.content for message in row.messages if message.role == "assistant")
    return any(_NAMED_SKILL.search(text) for text in said)


def shown_parts(
    rows: Sequence[TrainingRow], standing: Collection[str], taxonomy: Taxonomy
) -> tuple[ShownPart, ...]:
    """Return how many rows show each part of a taxonomy, in its order, parts without any left out.

    `standing` are the digests of rows that nothing rejects.
    """
    found: defaultdict[Place, list[str]] = defaultdict(list)
    for row in rows:
        place = place_of_row(row, taxonomy)
        if place is not None:
            found[place].append(row.digest)
    return tuple(
        ShownPart(
            category=part.category,
            part=part.name,
            target=part.target,
            n_rows=len(digests),
            n_unique=len(set(digests)),
            n_standing=len({digest for digest in digests if digest in standing}),
        )
        for category in taxonomy.categories
        for part in category.parts
        if (digests := found.get(Place(part.category, part.name)))
    )


def _in_words(said: Sequence[Message], asked: str) -> Place:
    if said and said[-1].content.rstrip().endswith("?"):
        return Place("collaboration", "clarifying")
    if _SHOWN.search(asked):
        return Place("restraint", "in-hand")
    return Place("restraint", "concept")


def _worked(seen: Sequence[_Seen], asked: str, said: Sequence[Message]) -> Place | None:
    """Return the sub-category of a whole piece of work; None where it is none that is known."""
    edits = [place for place, each in enumerate(seen) if each.family == "edit"]
    if edits:
        last = edits[-1]
        failed = next((at for at, each in enumerate(seen[:last]) if each.has_failed), None)
        if failed is not None and any(each.has_passed for each in seen[last + 1 :]):
            is_first = seen[edits[0]].is_test_file and edits[0] < failed
            return Place("agentic", "tdd" if is_first else "debugging")
        if _may_hold(_OF_CRAFT, asked) and (craft := _first(_CRAFTS, asked, "")):
            return Place("craftsmanship", craft)
    if said and _PLAN.search(said[0].content):
        return Place("agentic", "planning")
    if edits:
        return None
    if _REVIEW.search(asked):
        return Place("agentic", "review")
    return Place("agentic", "exploration") if len(seen) >= _EXPLORING else None


def _called(seen: Sequence[_Seen], said: Sequence[Message], all_of_it: Sequence[Message]) -> Place:
    if any(each.has_failed for each in seen[:-1]):
        return _RECOVERED
    if any(len(message.tool_calls) > 1 for message in said):
        return Place("tool-use", "parallel-calls")
    n_users = sum(message.role == "user" for message in all_of_it)
    is_single = len(seen) == 1 and n_users == 1
    return Place("tool-use", "single-call" if is_single else "multi-turn")


def _first(rules: Mapping[str, str], text: str, otherwise: str) -> str:
    found = (name for name, words in rules.items() if re.search(words, text, re.IGNORECASE))
    return next(found, otherwise)


def _calls(messages: Sequence[Message], taxonomy: Taxonomy) -> list[_Seen]:
    """Return the calls that are learned, each with what came back."""
    results: Mapping[str | None, str] = {
        each.tool_call_id: each.content for each in messages if each.role == "tool"
    }
    calls = [call for message in messages if message.trained for call in message.tool_calls]
    names = {call["function"]["name"] for call in calls}
    families = {name: taxonomy.family_of(name) for name in names}
    return [
        _Seen(
            families[call["function"]["name"]],
            call["function"].get("arguments", ""),
            results.get(call.get("id"), ""),
        )
        for call in calls
    ]
