"""What people's turns say of the work before, as heard by rule, against turns judged by hand.

    python benchmarks/reactions.py

`judged/human_turns.tsv` holds what a person judged each turn of real sessions to be, before the rules
for it were written: the trajectory, the step, and one class or two. The rules were then mended on
the turns of odd place; those of even place are the held-out half. Prints, for each class,
precision and recall with their n and 95 % Wilson intervals.
"""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from measuring import TRACEMILL, run, shared_data

from tracemill.flows.deriving.facts import Facts
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

JUDGED = Path(__file__).parent / "judged" / "human_turns.tsv"
DEEDS = frozenset({"rejection", "interruption", "steering", "edit"})
SOME_UNREADABLE = 4
Z = 1.96


class Turn(NamedTuple):
    """A step of a person."""

    trajectory: str
    step: int


def main() -> None:
    data = shared_data()
    if data is None:
        raise SystemExit("needs the real sessions: set TRACEMILL_SHARED_DATA")
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    judged = {
        Turn(row["trajectory"], int(row["step"])): frozenset(row["classes"].split(","))
        for row in rows
    }
    with tempfile.TemporaryDirectory() as folder:
        heard = reactions(Path(folder), data / "formats")
    turns = list(judged)
    for name, part in (("held out", turns[::2]), ("mended on", turns[1::2]), ("all", turns)):
        print(f"\n{name}: {len(part)} turns")
        table({turn: judged[turn] for turn in part}, heard)


def reactions(folder: Path, formats: Path) -> dict[Turn, frozenset[str]]:
    """Return what is heard in each turn of the real sessions."""
    cost = run([*TRACEMILL, "sync", str(formats), "--workspace", str(folder), "--quiet"])
    if cost.code not in {0, SOME_UNREADABLE}:
        raise SystemExit(f"reading the sessions ended with {cost.code}")
    found: defaultdict[Turn, set[str]] = defaultdict(set)
    for activity in Facts(Lake(Workspace(folder).lake)).activities.values():
        for reaction in activity.reactions:
            if reaction.kind not in DEEDS:
                found[Turn(activity.trajectory_id, reaction.step)].add(reaction.kind)
    return {turn: frozenset(kinds) for turn, kinds in found.items()}


def table(judged: Mapping[Turn, frozenset[str]], heard: Mapping[Turn, frozenset[str]]) -> None:
    """Print precision and recall of each class."""
    missing = sum(turn not in heard for turn in judged)
    if missing:
        print(f"  in {missing} nothing was heard")
    print(f"  {'class':15} {'precision':>28} {'recall':>28}")
    for kind in sorted({kind for kinds in judged.values() for kind in kinds}):
        said = {turn for turn in judged if kind in heard.get(turn, ())}
        true = {turn for turn, kinds in judged.items() if kind in kinds}
        print(f"  {kind:15} {share(said & true, said)} {share(said & true, true)}")
    first = sum(bool(kinds & heard.get(turn, frozenset())) for turn, kinds in judged.items())
    print(f"  turns of which a class is right: {first} of {len(judged)}")


def share(part: Iterable[Turn], whole: set[Turn]) -> str:
    """Return a share with its interval, after Wilson (1927)."""
    n, k = len(whole), len(set(part))
    if not n:
        return f"{'unknown (n=0)':>28}"
    middle = (k + Z * Z / 2) / (n + Z * Z)
    half = Z * sqrt(k * (n - k) / n + Z * Z / 4) / (n + Z * Z)
    return f"{k / n:.2f} ({middle - half:.2f} to {middle + half:.2f}, n={n})".rjust(28)


if __name__ == "__main__":
    main()
