"""How often the rule of promotion errs: pairs of models are drawn, and decided on as in earnest.

Run: python benchmarks/promotion_error.py [COMPARISONS]
Prints for pairs that are equal in the long run how often the second is promoted, and for pairs that
are not, how often, beside the power that `tracemill.stats` computed before.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from tracemill.evaluate.comparing import Measured, compare
from tracemill.evaluate.running import Asked, sum_up
from tracemill.promote.deciding import Receipts, decide
from tracemill.records.evaluations import CaseResult, Suite
from tracemill.records.promotion import ModelVersion, PolicyPart, PromotionPolicy
from tracemill.stats import Interval, paired_power, wilson

AT = datetime(2026, 1, 2, tzinfo=UTC)
SUITE = Suite(id="suite_1", name="s", origin="drawn", version=1, n_cases=0, n_groups=0)
POLICY = PromotionPolicy(
    name="drawn",
    target=(PolicyPart(suite="s", part="goal"),),
    guards_all=False,
    required=(),
)


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


SETTINGS = (
    Setting("equal, 10 % differ", 150, 0.05, 0.05),
    Setting("equal, 40 % differ", 150, 0.20, 0.20),
    Setting("equal, few cases", 25, 0.15, 0.15),
    Setting("equal, sessions of 5 cases", 150, 0.15, 0.15, 5),
    Setting("better by 10 points", 150, 0.15, 0.05),
    Setting("better by 20 points", 150, 0.25, 0.05),
    Setting("better by 20 points, few cases", 25, 0.25, 0.05),
    Setting("worse by 10 points", 150, 0.05, 0.15),
)


def draw(setting: Setting, random: Random) -> tuple[Measured, Measured]:
    """Return results of both on the same cases."""
    first, second = [], []
    for group in range(setting.n // setting.per_group):
        place = random.random()
        is_gain = place < setting.gain
        is_loss = setting.gain <= place < setting.gain + setting.loss
        both = random.random() < 0.5
        for i in range(setting.per_group):
            passed = (is_loss or (both and not is_gain), is_gain or (both and not is_loss))
            for results, is_passed in zip((first, second), passed, strict=True):
                results.append(
                    CaseResult(
                        case_id=f"{group}-{i}",
                        group=str(group),
                        slices=("goal",),
                        faults={"decision": None if is_passed else "called"},
                    )
                )
    return tuple(  # type: ignore[return-value]
        Measured(sum_up(SUITE, Asked(name), results, AT), results)
        for name, results in (("old", first), ("new", second))
    )


def share_promoted(setting: Setting, n_comparisons: int) -> tuple[int, Interval]:
    random, promoted = Random(7), 0
    for _ in range(n_comparisons):
        receipts = Receipts(
            candidate=ModelVersion(id="model_1", name="new"),
            incumbent="old",
            comparisons={"s": compare(*draw(setting, random))},
        )
        promoted += decide(POLICY, receipts, AT).is_promoted
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
