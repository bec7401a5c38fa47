"""Failures that worked later, as told by rule: how many of the pairs judged by hand are real.

    python benchmarks/error_fixes.py WORKSPACE...

`judged/error_fixes.tsv` holds pairs of a failing step and the step in which it worked, and whether
the second is an attempt at what failed in the first that worked. `drawn` says from where: `first`
from six public repositories with checkpoints, `formats` from the shared sessions of all formats,
`projects` from twelve repositories more, `unseen` and `again` from eight others, `fresh`, `aside` and `later` from sixteen,
fifteen and twelve after these, `newer` from fifteen more, `rest` from seven,
`further` from eleven, `last` from fifteen others. Each workspace is
what `benchmarks/links.py --workspaces` keeps of a repository, or a run over the shared sessions.
"""

import csv
import sys
from pathlib import Path

from tracemill.stats.intervals import wilson
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

JUDGED = Path(__file__).parent / "judged" / "error_fixes.tsv"


def main() -> None:
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        judged = {
            (row["trajectory"], int(row["failed"]), int(row["worked"])): row["is_real"] == "yes"
            for row in csv.DictReader(lines, delimiter="\t")
        }
    known, told = set(), set()
    for folder in sys.argv[1:]:
        for activity in Lake(Workspace(Path(folder)).lake).records(TABLES["activities"]):
            known.add(activity.trajectory_id)
            for recovery in activity.recoveries:
                if recovery.resolved_step is not None:
                    began = recovery.attempts[0]
                    told.add((activity.trajectory_id, began, recovery.resolved_step))
    asked = {pair: is_real for pair, is_real in judged.items() if pair[0] in known}
    kept = [is_real for pair, is_real in asked.items() if pair in told]
    low, high = wilson(sum(kept), len(kept))
    print(f"pairs told          {len(told)}")
    print(f"judged, and told    {len(kept)} of {len(asked)}")
    print(f"of these real       {sum(kept)}/{len(kept)} ({low:.2f} to {high:.2f})")
    print(f"real and not told   {sum(asked.values()) - sum(kept)}")


if __name__ == "__main__":
    main()
