"""Who is called where: probes of detectors by what they are looked for by, and the places found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracemill.redact.protocol import Detector, Places, Probe

Owners = Mapping[bytes, Sequence[int]]
"""The detectors that each keyword or pattern calls."""
Ends = defaultdict[int, list[int]]
"""The ends of what probes matched, in any order, by the detector that they call."""


class Owned(NamedTuple):
    """A probe, and the index of the detector that it calls."""

    detector: int
    probe: Probe


class Probes(NamedTuple):
    """Probes by what they are looked for by."""

    by_keyword: list[Owned]
    """Those of which a keyword stands wherever the pattern matches."""
    by_pattern: list[Owned]
    """All others."""


def probes_of(detectors: Sequence[Detector], *, are_patterns_quick: bool) -> Probes:
    """Return the probes of all detectors; `are_patterns_quick` where none is slower than words."""
    found = Probes([], [])
    for i, each in enumerate(detectors):
        for probe in each.probes:
            is_pattern_better = are_patterns_quick and probe.has_common_keywords
            by_keyword = probe.keywords and not is_pattern_better
            (found.by_keyword if by_keyword else found.by_pattern).append(Owned(i, probe))
    return found


def by_keyword(probes: Iterable[Owned]) -> Owners:
    """Return whom each keyword calls; the probes are in the order of their detectors."""
    owners: dict[bytes, list[int]] = {}
    for i, probe in probes:
        for keyword in probe.keywords:
            called = owners.setdefault(keyword.encode(), [])
            if i not in called[-1:]:
                called.append(i)
    return {keyword: owners[keyword] for keyword in sorted(owners)}


def by_pattern(probes: Iterable[Owned]) -> Owners:
    """Return whom each pattern calls."""
    owners: dict[bytes, list[int]] = {}
    for i, probe in probes:
        owners.setdefault(probe.pattern.replace("(?P<secret>", "(?:").encode(), []).append(i)
    return owners


def in_order(found: Ends) -> Places:
    """Return what was found, each detector's ends in order."""
    return {detector: sorted(ends) for detector, ends in found.items()}


def line_end(data: bytes, at: int) -> int:
    """Return where the line ends in which an offset stands."""
    end = data.find(b"\n", at)
    return end if end >= 0 else len(data)
