"""From a pattern to a proposal: rules, each with a text that is filled with what was seen.

No rule writes anything that the record does not say: the reasons are those that gates and people
gave, and the old text is looked for in the prompt as it stands. Where no prompt of the role is
held, the proposal says what to add and names no file. Two patterns that ask for the same change of
the same prompt make one proposal. `removing` has the rule that follows from versions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from shlex import quote
from typing import Final, NamedTuple

from tracemill.base.text import one_line
from tracemill.records.process.patterns import Pattern
from tracemill.records.process.suggestions import (
    ExpectedImpact,
    ProposedChange,
    Suggestion,
    SuggestionList,
    SuggestionType,
)

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_LEAST_SHARED: Final = 2
"""Telling words that a line of a prompt must share with a reason to be what the change is about."""
_NUMBERS: Final = 1_000
_LENGTH: Final = "neutral"
"""One sentence more is nothing beside a prompt."""
_RULES: Final[Mapping[str, SuggestionType]] = {
    "gate_failure_root_causes": "constraint_clarity",
    "broken_rules": "constraint_clarity",
    "retry_hotspots": "example_addition",
    "human_overrides": "context_enrichment",
    "overconfidence": "decision_framework",
    "hand_offs": "role_handoff_improvement",
    "downstream_rejections": "role_handoff_improvement",
}
_TEXTS: Final[Mapping[SuggestionType, str]] = {
    "constraint_clarity": (
        "Before you hand your work over, make sure that nobody can say this of it: {reason}."
    ),
    "example_addition": (
        "Example, from work that was sent back: {reason}. Show in your answer that this is done."
    ),
    "context_enrichment": (
        "For decisions on {decision}, take this into account, as people did each time: {reason}."
    ),
    "decision_framework": (
        "For each decision name three options, pick one, and say why. State how sure you are; "
        "be less sure than you were: of work you called {confidence} sure, {value} passed at once."
    ),
    "role_handoff_improvement": (
        "Before you hand over to the {receiver}, give what it was missing: {reason}."
    ),
}
_WHY: Final[Mapping[SuggestionType, str]] = {
    "constraint_clarity": "{says}; {share} of the reasons say this",
    "example_addition": "{says}; an example shows what is asked for",
    "context_enrichment": "{says}; the agent lacks what people know",
    "decision_framework": "{says}; options and reasons make doubt visible",
    "role_handoff_improvement": "{says}; what is missing comes from the role before",
}


class Prompt(NamedTuple):
    """One prompt as it stands."""

    path: str
    """Its file."""
    sections: tuple[tuple[str, str], ...]
    """Its headings, each with the text below; the first heading may be empty."""


def suggest(
    patterns: Iterable[Pattern], roles: Mapping[str, str], prompts: Sequence[Prompt]
) -> SuggestionList:
    """Return what the patterns that are more than chance ask to be changed.

    Args:
        patterns: what repeats.
        roles: by pattern, whose work most of its cases are, where the slice does not say.
        prompts: the prompts that are held.
    """
    made: list[Suggestion] = []
    left_out: Counter[str] = Counter()
    taken: set[str] = set()
    for pattern in sorted(patterns, key=lambda each: (each.q_value, each.id)):
        kind = _RULES.get(pattern.kind)
        if pattern.verdict != "found" or kind is None or not _can_say(kind, pattern):
            left_out[pattern.kind] += 1
            continue
        found = _suggestion(pattern, kind, roles.get(pattern.id), prompts, taken)
        if any(_asks_the_same(found, each) for each in made):
            left_out[pattern.kind] += 1
        else:
            made.append(found)
    return SuggestionList(suggestions=tuple(made), left_out=dict(sorted(left_out.items())))


def _asks_the_same(one: Suggestion, other: Suggestion) -> bool:
    first, second = one.proposed_change, other.proposed_change
    return one.agent_role == other.agent_role and first.new_text == second.new_text


def _can_say(kind: SuggestionType, pattern: Pattern) -> bool:
    """Tell whether the record says enough to fill a rule's text."""
    return bool(pattern.reasons) or kind == "decision_framework"


def _suggestion(
    pattern: Pattern,
    kind: SuggestionType,
    role: str | None,
    prompts: Sequence[Prompt],
    taken: set[str],
) -> Suggestion:
    facts = pattern.measure.slice
    role = facts.get("role") or _giver(facts.get("pair")) or role
    return Suggestion(
        suggestion_id=_id(pattern, taken),
        agent_role=role,
        suggestion_type=kind,
        confidence=round(1 - pattern.q_value, 2),
        evidence=dict(_evidence(pattern)),
        proposed_change=_change(pattern, kind, role, prompts),
        expected_impact=_impact(pattern),
        implementation_effort="low",
        risk="medium" if kind == "decision_framework" else "low",
        pattern=pattern.id,
        records=pattern.evidence,
    )


def _id(pattern: Pattern, taken: set[str]) -> str:
    periods = pattern.measure.periods
    return name_of(pattern.id, periods[-1].month if periods else None, taken)


def name_of(cause: str, month: str | None, taken: set[str]) -> str:
    """Return a name that the same cause gets each time; another one on the rare same number."""
    number = int(sha256(cause.encode()).hexdigest(), 16) % _NUMBERS
    while (name := f"SUG-{month or '0000-00'}-{number:03}") in taken:
        number = (number + 1) % _NUMBERS
    taken.add(name)
    return name


def _giver(pair: str | None) -> str | None:
    return pair.partition(" → ")[0] if pair else None


def _evidence(pattern: Pattern) -> Iterator[tuple[str, float | int | str]]:
    value = pattern.measure.value
    if value is not None:
        yield pattern.measure.metric, round(value, 4)
    yield "cases", pattern.measure.n
    yield "recount", _recount(pattern)
    yield "compared_with", round(pattern.beside, 4)
    if pattern.reasons:
        yield "root_cause", one_line(pattern.reasons[0].text, 160)
        yield "root_cause_count", pattern.reasons[0].n


def _recount(pattern: Pattern) -> str:
    """Return the command that lists what the numbers were counted from, record by record."""
    facts = (quote(f"{name}={value}") for name, value in pattern.measure.slice.items())
    only = "".join(f" --only {fact}" for fact in facts)
    return f"tracemill metrics cases --metric {pattern.measure.metric}{only}"


def _change(
    pattern: Pattern, kind: SuggestionType, role: str | None, prompts: Sequence[Prompt]
) -> ProposedChange:
    facts, value = pattern.measure.slice, pattern.measure.value
    reason = one_line(pattern.reasons[0].text, 160) if pattern.reasons else ""
    n_reasons = sum(each.n for each in pattern.reasons)
    words = {
        "reason": reason,
        "decision": facts.get("decision", "this").replace("_", " "),
        "confidence": facts.get("confidence", "so"),
        "receiver": (facts.get("pair") or "").rpartition(" → ")[2] or "next role",
        "value": "" if value is None else f"{value:.0%}",
        "says": pattern.says,
        "share": f"{pattern.reasons[0].n / n_reasons:.0%}" if n_reasons else "",
    }
    added = _TEXTS[kind].format_map(words)
    found = _place(role, reason, prompts)
    old = found.text if found else None
    return ProposedChange(
        prompt_file=found.path if found else None,
        section=(found.section or None) if found else None,
        old_text=old,
        new_text=f"{old}\n{added}" if old else added,
        rationale=_WHY[kind].format_map(words),
    )


class _Place(NamedTuple):
    """Where in a prompt a change belongs."""

    path: str
    section: str
    text: str | None


def _place(role: str | None, reason: str, prompts: Sequence[Prompt]) -> _Place | None:
    """Return the line of the role's prompt that speaks most of the reason, or its file alone."""
    own = [prompt for prompt in prompts if role and _of_role(prompt.path, role)]
    if not own:
        return None
    wanted = set(_WORD.findall(reason.casefold()))
    ranked = [
        (len(wanted & set(_WORD.findall(line.casefold()))), prompt.path, heading, line)
        for prompt in own
        for heading, text in prompt.sections
        for line in text.splitlines()
        if line.strip()
    ]
    shared, path, heading, line = max(ranked, default=(0, own[0].path, "", ""), key=lambda r: r[0])
    if shared < _LEAST_SHARED:
        return _Place(own[0].path, "", None)
    return _Place(path, heading, line)


def _of_role(path: str, role: str) -> bool:
    """Tell whether a file's or folder's name is a role's, in whatever spelling."""
    plain = re.sub(r"[^a-z0-9]+", "_", role.casefold()).strip("_")
    parts = (re.sub(r"[^a-z0-9]+", "_", part.casefold()) for part in path.split("/"))
    return any(part == plain or part.startswith(f"{plain}_") for part in parts)


def _impact(pattern: Pattern) -> ExpectedImpact:
    """Return what it would bring if the commonest cause were gone, and nothing else changed."""
    value, n_reasons = pattern.measure.value, sum(each.n for each in pattern.reasons)
    share = pattern.reasons[0].n / n_reasons if n_reasons else None
    gained = round(value * share, 4) if value is not None and share is not None else None
    is_gate = pattern.measure.metric == "gate_failure_rate"
    return ExpectedImpact(
        gate_success_improvement=gained if is_gate else None,
        retry_reduction=gained if pattern.measure.metric == "retries" else None,
        token_efficiency=_LENGTH,
    )
