"""How often the rule of promotion errs: pairs of models are drawn, and decided on as in earnest.

Run: python benchmarks/promotion_error.py [COMPARISONS]
Prints for pairs that are equal in the long run how often the second is promoted, and for pairs that
are not, how often, beside the power that `tracemill.stats` computed before. Settings with guards have
ten more parts of 30 cases each, on which both are equal, or the second is worse on one.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from tracemill.evaluate.model_comparison import Measured, compare
from tracemill.evaluate.running import Asked, sum_up
from tracemill.promote.deciding import Receipts, decide
from tracemill.records.models.evaluations import CaseResult, Suite
from tracemill.records.models.promotion import ModelVersion, PolicyPart, PromotionPolicy
from tracemill.stats import Interval, paired_power, wilson

AT = datetime(2026, 1, 2, tzinfo=UTC)
SUITE = Suite(id="suite_1", name="s", origin="drawn", version=1, n_cases=0, n_groups=0)
POLICY = PromotionPolicy(
    name="drawn",
    target=(PolicyPart(suite="s", part="goal"),),
    guards=tuple(PolicyPart(suite="s", part=f"guard {i}") for i in range(10)),
    guards_all=False,
    required=(),
)
BARE = PromotionPolicy(name="drawn", target=POLICY.target, guards_all=False, required=())


class Setting(NamedTuple):
    """What two models do in the long run."""

    name: str
    n: int
    gain: float
    """Share of cases that only the second passes."""
    loss: float
    """Share of cases that only the first passes."""
    per_group: int = 1
    """Cases that pass or fail together, as those of one session may."""
    guard_loss: float | None = None
    """Share of cases that only the first passes on the first of ten guards; None for no guards."""


SETTINGS = (
    Setting("equal, 10 % differ", 150, 0.05, 0.05),
    Setting("equal, 40 % differ", 150, 0.20, 0.20),
    Setting("equal, few cases", 25, 0.15, 0.15),
    Setting("equal, sessions of 5 cases", 150, 0.15, 0.15, 5),
    Setting("better by 10 points", 150, 0.15, 0.05),
    Setting("better by 20 points", 150, 0.25, 0.05),
    Setting("better by 20 points, few cases", 25, 0.25, 0.05),
    Setting("worse by 10 points", 150, 0.05, 0.15),
    Setting("better by 20 points, ten guards", 150, 0.25, 0.05, 1, 0.10),
    Setting("the same, one guard falls by 40 points", 150, 0.25, 0.05, 1, 0.50),
)


def draw(setting: Setting, random: Random) -> tuple[Measured, Measured]:
    """Return results of both on the same cases."""
    goal = Part("goal", setting.n // setting.per_group, setting.gain, setting.loss)
    both = draw_part(goal, setting.per_group, random)
    if setting.guard_loss is not None:
        for i in range(10):
            loss = 0.10 if i else setting.guard_loss
            both += draw_part(Part(f"guard {i}", 30, 0.10, loss), 1, random)
    first, second = ([pair[at] for pair in both] for at in (0, 1))
    return (
        Measured(sum_up(SUITE, Asked("old"), first, AT), first),
        Measured(sum_up(SUITE, Asked("new"), second, AT), second),
    )


class Part(NamedTuple):
    """Some of the cases."""

    name: str
    n_groups: int
    gain: float
    loss: float


def draw_part(part: Part, per_group: int, random: Random) -> list[tuple[CaseResult, CaseResult]]:
    """Return results of both on one part."""
    made = []
    for group in range(part.n_groups):
        place = random.random()
        is_gain = place < part.gain
        is_loss = part.gain <= place < part.gain + part.loss
        both = random.random() < 0.5
        passed = (is_loss or (both and not is_gain), is_gain or (both and not is_loss))
        for i in range(per_group):
            first, second = (
                CaseResult(
                    case_id=f"{part.name} {group} {i}",
                    group=f"{part.name} {group}",
                    slices=(part.name,),
                    faults={"decision": None if is_passed else "called"},
                )
                for is_passed in passed
            )
            made.append((first, second))
    return made


def share_promoted(setting: Setting, n_comparisons: int) -> tuple[int, Interval]:
    random, promoted = Random(7), 0
    for _ in range(n_comparisons):
        receipts = Receipts(
            candidate=ModelVersion(id="model_1", name="new"),
            incumbent="old",
            comparisons={"s": compare(*draw(setting, random))},
        )
        policy = BARE if setting.guard_loss is None else POLICY
        promoted += decide(policy, receipts, AT).is_promoted
    return promoted, wilson(promoted, n_comparisons)


def main() -> None:
    n_comparisons = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"| {n_comparisons:,} comparisons each | cases | promoted | 95 % | as computed |")
    print("|---|---|---|---|---|")
    begun = time.process_time()
    for setting in SETTINGS:
        promoted, (low, high) = share_promoted(setting, n_comparisons)
        power = paired_power(setting.n // setting.per_group, setting.gain, setting.loss)
        print(
            f"| {setting.name} | {setting.n} | {promoted / n_comparisons:.1%} "
            f"| {low:.1%} to {high:.1%} | {power:.1%} |",
            flush=True,
        )
    print(f"\n{time.process_time() - begun:,.0f} CPU seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
