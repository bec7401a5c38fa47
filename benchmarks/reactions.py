"""What people's turns say of the work before, as heard by rule, against turns judged by hand.

    python benchmarks/reactions.py [FOLDER]

Prints, for each part of the judged turns and each class, precision and recall with their n and 95 %
Wilson intervals. What was heard with less than the default share of certainty was not heard. FOLDER
holds the logs of checkpoints in which some of the turns stand; without it they are left out.
"""

import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from reaction_turns import PARTS, Turn, judged, spoken

from tracemill.stats.intervals import wilson


def main(folder: Path | None = None) -> None:
    known, found = judged(), spoken(folder)
    heard = {turn: each.heard for turn, each in found.items()}
    for part in PARTS:
        of_part = {turn: each.classes for turn, each in known.items() if each.part == part}
        here = {turn: classes for turn, classes in of_part.items() if turn in found}
        print(f"\n{part}: {len(here)} turns, and {len(of_part) - len(here)} that are not here")
        table(here, heard)


def table(judged: Mapping[Turn, AbstractSet[str]], heard: Mapping[Turn, AbstractSet[str]]) -> None:
    """Print precision and recall of each class."""
    silent = sum(not heard.get(turn) for turn in judged)
    print(f"  in {silent} nothing was heard")
    print(f"  {'class':15} {'precision':>28} {'recall':>28}")
    for kind in sorted({kind for kinds in judged.values() for kind in kinds}):
        said = {turn for turn in judged if kind in heard.get(turn, ())}
        true = {turn for turn, kinds in judged.items() if kind in kinds}
        print(
            f"  {kind:15} {share(len(said & true), len(said))} {share(len(said & true), len(true))}"
        )
    right = sum(bool(kinds & heard.get(turn, frozenset())) for turn, kinds in judged.items())
    print(f"  turns of which a class is right: {right} of {len(judged)}")


def share(part: int, whole: int) -> str:
    """Return a share with its interval, after Wilson (1927)."""
    if not whole:
        return f"{'unknown (n=0)':>28}"
    low, high = wilson(part, whole)
    return f"{part / whole:.2f} ({low:.2f} to {high:.2f}, n={whole})".rjust(28)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
