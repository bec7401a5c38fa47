"""What waits for a person: five reasons, each exact.

| reason | what waits |
|---|---|
| `escalation` | all work that was handed to a person |
| `ambiguous_gate` | every gate that could neither pass nor fail |
| `new_prompt` | the first ten uses of each version of a prompt |
| `low_score` | what the machine scores below 0.70 |
| `random_share` | 5 % of everything, chosen by a hash of its id |

The share is chosen by the id alone, so it is the same on every machine and never moves while the
store grows. What waits is put in order by that hash too, the escalated first: the order tells
nothing of what the machine thinks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.base.ids import digest
from tracemill.records.events.reviews import Trigger
from tracemill.records.refs import Record

_STEPS: Final = 2**32


class ReviewRules(Record, frozen=True, kw_only=True):
    """Settings of the queue."""

    share: float = 0.05
    """Share of everything that is looked at by chance."""
    low_score: float = 0.7
    """Scores below this are looked at."""
    first_uses: int = 10
    """Uses of a new prompt version that are looked at."""
    seed: str = "tracemill"
    """Decides what chance chooses."""


class PromptUse(NamedTuple):
    """One use of a version of a prompt."""

    version: str
    at: datetime | None
    subject_id: str


class Candidate(NamedTuple):
    """What may have to wait for a person."""

    id: str
    score: float | None = None
    """What the machine says of it, 0 to 1; None where it says nothing."""
    is_escalated: bool = False
    is_ambiguous: bool = False
    is_output: bool = True
    """Whether chance may choose it."""


def first_uses(uses: Iterable[PromptUse], rules: ReviewRules) -> frozenset[str]:
    """Return the subjects of the first uses of each version; a use without a moment comes last."""
    by_version: defaultdict[str, list[PromptUse]] = defaultdict(list)
    for use in uses:
        by_version[use.version].append(use)
    return frozenset(
        use.subject_id
        for found in by_version.values()
        for use in sorted(found, key=_moment)[: rules.first_uses]
    )


def triggers_of(
    candidate: Candidate, firsts: Collection[str], rules: ReviewRules
) -> tuple[Trigger, ...]:
    """Return why something waits; nothing where it does not."""
    reasons: dict[Trigger, bool] = {
        "escalation": candidate.is_escalated,
        "ambiguous_gate": candidate.is_ambiguous,
        "new_prompt": candidate.id in firsts,
        "low_score": candidate.score is not None and candidate.score < rules.low_score,
        "random_share": candidate.is_output and is_chosen(candidate.id, rules),
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def is_chosen(name: str, rules: ReviewRules) -> bool:
    """Tell whether chance chooses something, by its id alone."""
    return int(digest(rules.seed, name)[:8], 16) / _STEPS < rules.share


def place_in_queue(name: str, triggers: Collection[Trigger], rules: ReviewRules) -> str:
    """Return what the queue is sorted by, the highest first."""
    return f"{int('escalation' in triggers)}{digest(rules.seed, 'order', name)}"


def _moment(use: PromptUse) -> tuple[bool, datetime | None, str]:
    return use.at is None, use.at, use.subject_id
