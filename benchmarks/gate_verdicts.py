"""Checks that agents ran: how many verdicts are read right, of those judged by hand.

    python benchmarks/gate_verdicts.py WORKSPACE...

`judged/gate_verdicts.tsv` holds tests, linters, type checkers and builds drawn at random out of 363 of
65 public sessions, at most four of a session, and what their output says: `passed`, `failed`, or
`unknown` where it says neither, as where the check never began. They were judged by command and
output alone, before any verdict of ours was looked at.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from tracemill.stats.intervals import wilson
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

JUDGED = Path(__file__).parent / "judged" / "gate_verdicts.tsv"
SAID = {True: "passed", False: "failed", None: "unknown"}


def main() -> None:
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        judged = {
            (row["trajectory"], int(row["step"]), row["check"]): row["verdict"]
            for row in csv.DictReader(lines, delimiter="\t")
        }
    told: dict[tuple[str, int, str], str] = {}
    for folder in sys.argv[1:]:
        for activity in Lake(Workspace(Path(folder)).lake).records(TABLES["activities"]):
            for run in activity.checks:
                told[activity.trajectory_id, run.step, run.check] = SAID[run.passed]
    pairs = Counter((verdict, told[key]) for key, verdict in judged.items() if key in told)
    print(f"judged              {len(judged)}, of which {pairs.total()} are in the workspaces")
    report("as judged", sum(n for (one, other), n in pairs.items() if one == other), pairs.total())
    said = {pair: n for pair, n in pairs.items() if pair[1] != "unknown"}
    right = sum(n for (one, other), n in said.items() if one == other)
    report("right, where said", right, sum(said.values()))
    for pair, n in sorted(pairs.items()):
        print(f"judged {pair[0]:<8} told {pair[1]:<8} {n}")


def report(name: str, n_right: int, n: int) -> None:
    low, high = wilson(n_right, n)
    print(f"{name:<19} {n_right}/{n} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
