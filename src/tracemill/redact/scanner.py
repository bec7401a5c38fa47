"""One pass over joined texts: the prefilter calls detectors, and overlaps are resolved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracemill.redact.prefilters import Prefilter
from tracemill.redact.protocol import Detector, Match

_MARGIN: Final = 8
"""So many bytes around a token the value of an assignment may hold and still be that token."""


def scan(data: bytes, prefilter: Prefilter, detectors: Sequence[Detector]) -> list[Match]:
    """Return what the detectors find in `data`, in any order and with overlaps."""
    looked = [0] * len(detectors)
    matches: list[Match] = []
    for index, at in prefilter.places(data):
        if at > looked[index]:
            found = detectors[index].find(data, at)
            looked[index] = found.end
            if found.matches:
                matches += found.matches
    return matches


def resolve(matches: list[Match]) -> list[Match]:
    """Return matches that do not overlap; where two do, the better one stays."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda each: (each.start, each.rule.rank, -each.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
        elif _prevails(match, kept[-1]):
            kept[-1] = match
    return kept


def _prevails(match: Match, kept: Match) -> bool:
    """Tell whether a match that does not begin before `kept` is the better of the two."""
    if kept.stand_in is None or match.stand_in is None or match.rule.kind != kept.rule.kind:
        return match.rule.rank < kept.rule.rank
    if match.end <= kept.end:
        added = (kept.end - kept.start) - (match.end - match.start)
        return match.rule.rank < kept.rule.rank and added <= _MARGIN
    if match.start == kept.start:
        return match.end - kept.end > _MARGIN
    return match.rule.rank < kept.rule.rank
