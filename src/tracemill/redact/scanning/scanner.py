"""One pass over joined texts: the prefilter calls detectors, and overlaps are resolved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Final

from tracemill.redact.protocol import Detector, Match
from tracemill.redact.scanning.prefilters import Prefilter

_MARGIN: Final = 8
"""So many bytes around a token the value of an assignment may hold and still be that token."""


def scan(
    data: bytes, prefilter: Prefilter, detectors: Sequence[Detector], least: int = 0
) -> list[Match]:
    """Return what the detectors find in `data`, with overlaps, one detector's after another's.

    Args:
        data: Joined texts.
        prefilter: Says where to look.
        detectors: Those that look, as the prefilter numbers them.
        least: So many bytes there must be for each of many places.

    Raises:
        CrowdedError: There are too many places.
    """
    found: list[Match] = []
    places = prefilter.places(data, least)
    # each engine names detectors in an order of its own; ours says which of two equal finds, one of
    # them without a disguise, has the say
    for detector in sorted(places):
        detectors[detector].find_all(data, places[detector], found)
    return found


def resolve(matches: list[Match]) -> list[Match]:
    """Return what is to be replaced, in order; where two overlap, the better one stays."""
    matches.sort(key=_START)
    if all(one.end <= other.start for one, other in pairwise(matches)):
        kept = matches
    else:
        kept = _without_overlaps(matches)
    return [match for match in kept if match.stand_in is not None]


_START: Final = attrgetter("start")


def _without_overlaps(matches: list[Match]) -> list[Match]:
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
