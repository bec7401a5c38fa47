"""What would have prevented common failures, phrased as checklist entries.

| what fails | the precaution |
|---|---|
| `edit` | to look at the lines as they are right before they are edited |
| tests, linters, type checks, builds | to run them behind each change, and before handing over |
| anything that never worked again | to do without, or to find out first why it fails |
| what points at the machine | to see first that programs, modules and permissions are there |
| what was called wrongly | to look up how it is called, instead of trying |
| all else | to try it again only where something is different |

A failure counts as common from three times on, in two sessions or reports at least: what one does
again and again is no habit. The rule says what to do; how often it was needed, and by what such
failures were overcome, stands beside it, and nothing says that it would have helped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracemill.analyze.conclusions.failure_stats import SeenFailure, is_overcome
from tracemill.records.process.best_practices import Precaution
from tracemill.records.refs import Ref

LEAST: Final = 3
"""Failures from which something is common."""
_LEAST_PLACES: Final = 2
_MOST: Final = 20
_EXAMPLES: Final = 3
_CHECKS: Final = ("test", "lint", "types", "build")
_HALF: Final = 0.5


def precautions(seen: Iterable[SeenFailure]) -> tuple[Precaution, ...]:
    """Return a precaution for each common failure, the commonest first."""
    held: defaultdict[str, list[SeenFailure]] = defaultdict(list)
    for each in seen:
        learned = each.report.learning_value
        if learned is not None and learned.pattern:
            held[learned.pattern].append(each)
    common = [
        _precaution(pattern, those)
        for pattern, those in held.items()
        if len(those) >= LEAST and len({each.ref.id for each in those}) >= _LEAST_PLACES
    ]
    return tuple(sorted(common, key=lambda each: (-each.n, each.failed)))[:_MOST]


def _precaution(pattern: str, those: Sequence[SeenFailure]) -> Precaution:
    overcome = [each for each in those if is_overcome(each.report)]
    ways = Counter(_way(each) for each in overcome)
    return Precaution(
        text=_rule(pattern, those, n_overcome=len(overcome)),
        failed=pattern,
        n=len(those),
        n_overcome=len(overcome),
        n_work=len({each.ref.id for each in those}),
        by=dict(sorted(ways.items(), key=lambda way: (-way[1], way[0]))),
        examples=tuple(_apart(those))[:_EXAMPLES],
    )


def _rule(pattern: str, those: Sequence[SeenFailure], *, n_overcome: int) -> str:
    """Return what to do about it before it fails."""
    kind = pattern.partition(": ")[0]
    causes = Counter(_category(each) for each in those)
    if kind == "edit":
        return "Look at the lines right before you edit them, and take the old text from there."
    if causes["environment_setup"] > len(those) * _HALF:
        return "See first that what it needs is there: programs, modules, permissions."
    if not n_overcome:
        return "Do without it, or find out first why it fails: here it never worked again."
    if kind in _CHECKS:
        return "Run it behind each change, and before you hand the work over."
    if causes["tool_usage"] > len(those) * _HALF:
        return "Look up how it is called, instead of trying."
    return "Before you try it again, say what is different now."


def _category(each: SeenFailure) -> str:
    learned = each.report.learning_value
    return (learned.category if learned is not None else None) or "unknown"


def _way(each: SeenFailure) -> str:
    told = each.report.recovery
    return (told.resolution_type if told else None) or "unknown"


def _apart(those: Sequence[SeenFailure]) -> Iterator[Ref]:
    """Yield where it failed, each piece of work once."""
    known: set[str] = set()
    for each in those:
        if each.ref.id not in known:
            known.add(each.ref.id)
            yield each.ref
