"""How often patterns are false alarms, how often planted ones are found, and what a million events cost.

python benchmarks/patterns.py [--histories 200] [--events 1000000]
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.analyze.histories import Team

from tracemill.analyze import find_patterns
from tracemill.analyze.process import Process
from tracemill.stats import wilson

PLANTED: dict[str, tuple[dict[str, Any], str]] = {
    "a gate fails 40 % (5 %)": ({"fails": {"tests": 0.4}}, "gate_failure_root_causes"),
    "a gate fails 20 % (5 %)": ({"fails": {"tests": 0.2}}, "gate_failure_root_causes"),
    "decisions overridden 80 % (30 %)": ({"overridden": {"tech_stack": 0.8}}, "human_overrides"),
    "a prompt of 8k tokens (6k)": ({"tokens": {"engineer.v1.0": 8_000}}, "token_efficiency"),
    "a recipe ships 30 % (70 %)": ({"ships": {"mobile": 0.3}}, "recipe_effectiveness"),
    "a remedy helps 90 %, one 40 %": (
        {"fails": {"tests": 0.5}, "fixes": {"stub": 0.9, "refactor": 0.4}}, "recovery_strategies",
    ),
}  # fmt: skip


def alarms_of_steps(share: float, n_projects: int, n: int) -> None:
    """Print how often numbers that by chance never vary within a slice are called different."""
    amounts = {"8000": share, "6000": 1 - share}
    alarms = sum(bool(kinds(seed, n_projects, amounts=amounts)) for seed in range(n))
    low, high = wilson(alarms, n)
    print(
        f"{n_projects:>3} projects  8k tokens of {share:.0%}, 6k else: false alarm in "
        f"{alarms} of {n} ({alarms / n:.1%}, {low:.1%} to {high:.1%})"
    )


def kinds(seed: int, n_projects: int, **planted: Any) -> set[str]:
    report = find_patterns(Process(Team(seed, **planted).history(n_projects)))
    return {pattern.kind for pattern in report.patterns if pattern.verdict == "found"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--events", type=int, default=1_000_000)
    asked = parser.parse_args()
    n = asked.histories
    alarms = sum(bool(kinds(seed, 40)) for seed in range(n))
    low, high = wilson(alarms, n)
    print(
        f"histories with a false alarm  {alarms} of {n} ({alarms / n:.1%}, {low:.1%} to {high:.1%})"
    )
    for share in (0.5, 0.1):
        for n_projects in (6, 12, 40):
            alarms_of_steps(share, n_projects, n)
    for n_projects in (20, 40, 80):
        for name, (planted, kind) in PLANTED.items():
            hits = sum(kind in kinds(seed, n_projects, **planted) for seed in range(50))
            print(f"{n_projects:>3} projects  {name:<36} found {hits} of 50")
    for size in (asked.events // 4, asked.events):
        events = []
        for report in Team(1).history(size):
            events.append(report)
            if len(events) == size:
                break
        begun = time.process_time()
        find_patterns(Process(events))
        print(f"{size:>9,} events  {time.process_time() - begun:.1f} CPU-s")


if __name__ == "__main__":
    main()
