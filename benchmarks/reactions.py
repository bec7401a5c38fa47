"""What people's turns say of the work before, as heard by rule, against turns judged by hand.

    python benchmarks/reactions.py [FOLDER]

Prints, for each part of the judged turns and each class, precision and recall with their n and 95 %
Wilson intervals, of all that was heard and of what is sure; and how far a second judging agrees with
the first. FOLDER holds the logs of open projects in which some of the turns stand; without it they
are left out.
"""

import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from reaction_turns import PARTS, Turn, judged, spoken

from tracemill.stats.intervals import wilson


def main(folder: Path | None = None) -> None:
    known, found = judged(), spoken(folder)
    for part in PARTS:
        of_part = {turn: each.classes for turn, each in known.items() if each.part == part}
        here = {turn: classes for turn, classes in of_part.items() if turn in found}
        print(f"\n{part}: {len(here)} turns, and {len(of_part) - len(here)} that are not here")
        table(here, {turn: found[turn].heard for turn in here})
        print("  of which it is sure:")
        table(here, {turn: found[turn].sure for turn in here})
    twice = [(each.classes, each.again) for each in known.values() if each.again]
    agreed = sum(bool(first & second) for first, second in twice)
    print(
        f"\njudged twice: {len(twice)}, of which a class is the same in {share(agreed, len(twice))}"
    )
    for kind in sorted({kind for first, _ in twice for kind in first}):
        pairs = [(kind in first, kind in second) for first, second in twice]
        print(f"  {kind:15} kappa {kappa(pairs):.2f} (n={sum(map(any, pairs))})")


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Return how far two judgings agree beyond chance, after Cohen (1960)."""
    n = len(pairs)
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    expected = first * second + (1 - first) * (1 - second)
    return (sum(a == b for a, b in pairs) / n - expected) / (1 - expected)


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
