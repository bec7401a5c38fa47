r"""The prefilter: one pass over many texts finds the places at which detectors have to look.

It may name places at which nothing stands, and may not miss one. Hyperscan finds keywords and
patterns where there is a wheel of it that is right; everywhere else an automaton finds keywords and
RE2 patterns. What detectors find is the same. Hyperscan's scratch memory serves one thread at a
time, so a prefilter does too. It names every single place, which takes long where they stand close
together; such texts, or with a line of a MiB, are left to the automaton and RE2, line by line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from tracemill.base.errors import UsageError
from tracemill.redact.line_rules.lines import has_endless_line
from tracemill.redact.protocol import MANY, Detector, Places, Probe
from tracemill.redact.scanning.calls import (
    Ends,
    Owned,
    Probes,
    by_keyword,
    by_pattern,
    in_order,
    probes_of,
)
from tracemill.redact.scanning.compiled import Expressions, compiled, database
from tracemill.redact.scanning.keywords import CLOSE_TOGETHER, Keywords
from tracemill.redact.scanning.patterns import all_patterns

if TYPE_CHECKING:
    import hyperscan

ENGINES: Final = ("hyperscan", "re2")
"""The fastest first."""

_WRONG_SINCE: Final = (0, 7, 23)
"""Wheels from here on hold Vectorscan 5.4.12, which misses matches of some patterns."""
_FEW: Final = 1_024


class Prefilter(Protocol):
    """Finds the places at which detectors have to look."""

    @property
    def compiled(self) -> bytes | None:
        """What spares the next prefilter of these detectors its compiling, where that is long."""
        ...

    def places(self, data: bytes, least: int = 0) -> Places:
        """Return every place.

        Raises:
            CrowdedError: There are many places, and fewer bytes than `least` for each.
        """
        ...


def prefilter(
    detectors: Sequence[Detector], engine: str | None = None, kept: Iterable[bytes] = ()
) -> Prefilter:
    """Return a prefilter with one of `ENGINES`, the best that is installed unless given.

    `kept` is what earlier ones were `compiled` to.
    """
    name = engine or best_engine()
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}; known: {', '.join(ENGINES)}")
    return HyperscanPrefilter(detectors, kept) if name == "hyperscan" else Re2Prefilter(detectors)


def best_engine() -> str:
    """Return the fastest engine that is installed and misses nothing."""
    try:
        import hyperscan
    except ImportError:
        return "re2"
    return engine_for(getattr(hyperscan, "__version__", "unknown"))


def engine_for(release: str) -> str:
    """Return the fastest engine that misses nothing, where this release of Hyperscan is there."""
    numbers = tuple(int(part) for part in release.split(".")[:3] if part.isdecimal())
    return "hyperscan" if () < numbers < _WRONG_SINCE else "re2"


class HyperscanPrefilter:
    """Finds keywords and patterns with Hyperscan.

    Each is a database of its own: one of both takes a third longer to compile, and no less to
    scan. So are those that name somebody, and each pattern that would slow all others, which are
    quickly compiled and never kept.
    """

    def __init__(self, detectors: Sequence[Detector], kept: Iterable[bytes] = ()) -> None:
        self._detectors = detectors
        self._patient: Re2Prefilter | None = None
        probes = probes_of(detectors, are_patterns_quick=True)
        shared, apart, personal = (
            Probes(*([one for one in each if _database(one.probe) == own] for each in probes))
            for own in ("shared", "apart", "personal")
        )
        looked_for, called = _expressions(shared)
        databases, self.compiled = compiled(looked_for, kept)
        alone: defaultdict[str, list[Owned]] = defaultdict(list)
        for one in apart.by_pattern:
            alone[one.probe.pattern].append(one)
        by_themselves = (Probes([], same) for same in alone.values())
        for each in (*by_themselves, apart._replace(by_pattern=[]), personal):
            own_expressions, own_called = _expressions(each)
            databases += map(database, own_expressions)
            called += own_called
        self._scanners = list(map(_Scanner, databases, called))

    def places(self, data: bytes, least: int = 0) -> Places:
        """Return every place."""
        found: Ends = defaultdict(list)
        is_slow = has_endless_line(data) or not all(s.scan(data, found) for s in self._scanners)
        if not is_slow and sum(map(len, found.values())) < MANY:
            return in_order(found)
        if self._patient is None:
            self._patient = Re2Prefilter(self._detectors)
        return self._patient.places(data, least)


def _database(probe: Probe) -> Literal["shared", "apart", "personal"]:
    """Return which database looks for a probe."""
    if probe.is_personal:
        return "personal"
    return "apart" if probe.is_apart else "shared"


class _Scanner:
    """One database of Hyperscan."""

    def __init__(self, database: hyperscan.Database, called: Iterable[Sequence[int]]) -> None:
        import hyperscan

        self._database = database
        self._called = list(called)
        self._scratch = hyperscan.Scratch(database)
        self._stopped = hyperscan.ScanTerminated

    def scan(self, data: bytes, found: Ends) -> bool:
        """Add every place; return False, and add none, where they stand close."""
        ends: list[tuple[int, int]] = []
        append = ends.append

        def keep(pattern: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            append((pattern, end))
            return len(ends) > _FEW + end // CLOSE_TOGETHER

        try:
            self._database.scan(data, match_event_handler=keep, scratch=self._scratch)
        except self._stopped:
            return False
        called = self._called
        for pattern, end in ends:
            for detector in called[pattern]:
                found[detector].append(end)
        return True


class _LookedFor(NamedTuple):
    """What databases look for, and the detectors that each part of it calls."""

    expressions: list[Expressions]
    called: list[Iterable[Sequence[int]]]


def _expressions(probes: Probes) -> _LookedFor:
    by_kind = [(by_keyword(probes.by_keyword), True), (by_pattern(probes.by_pattern), False)]
    owners = [(called, are_keywords) for called, are_keywords in by_kind if called]
    expressions = [Expressions(list(called), are_keywords) for called, are_keywords in owners]
    return _LookedFor(expressions, [called.values() for called, _ in owners])


class Re2Prefilter:
    """Finds keywords with an automaton, and patterns with RE2."""

    compiled = None

    def __init__(self, detectors: Sequence[Detector]) -> None:
        probes = probes_of(detectors, are_patterns_quick=False)
        self._keywords = Keywords(probes.by_keyword)
        self._patterns = all_patterns(probes.by_pattern)

    def places(self, data: bytes, least: int = 0) -> Places:
        """Return every place."""
        found: Ends = defaultdict(list)
        self._keywords.find(data, found, least)
        for each in self._patterns:
            each.find(data, found, least)
        return in_order(found)
