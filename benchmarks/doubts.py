"""Doubt that agents voice, as told by cues: how many of the sentences judged by hand are doubt.

    python benchmarks/doubts.py WORKSPACE...

`judged/voiced_doubts.tsv` holds sentences of agents by the first digits of their SHA-256, each with
its step, and whether the agent says in it that it does not know, only supposes, is surprised, or
looks to find out. 130 were drawn at random out of 946 of public projects that nobody had looked at
when the cues were written, at most three of a session (`random`); after two causes of false ones
were mended on them, 113 others were drawn kind by kind (`kinds`).
"""

import csv
import hashlib
import sys
from pathlib import Path

from tracemill.label.requests.doubts import doubts_in
from tracemill.stats.intervals import wilson
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

JUDGED = Path(__file__).parent / "judged" / "voiced_doubts.tsv"


def main() -> None:
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    wanted = {(row["trajectory"], int(row["step"])) for row in rows}
    told = set()
    for folder in sys.argv[1:]:
        for step in Lake(Workspace(Path(folder)).lake).records(TABLES["steps"]):
            if (step.trajectory_id, step.index) in wanted:
                for doubt in doubts_in(f"{step.reasoning or ''}\n{step.text}"):
                    said = hashlib.sha256(doubt.text.encode()).hexdigest()[:12]
                    told.add((step.trajectory_id, step.index, said))
    for draw in ("random", "kinds"):
        kept = [
            row["is_doubt"] == "yes"
            for row in rows
            if row["draw"] == draw
            and (row["trajectory"], int(row["step"]), row["sentence"]) in told
        ]
        low, high = wilson(sum(kept), len(kept))
        print(f"{draw:<8} {sum(kept)}/{len(kept)} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
