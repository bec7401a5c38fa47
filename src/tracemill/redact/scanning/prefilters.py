r"""The prefilter: one pass over many texts finds the places at which detectors have to look.

It may name places at which nothing stands, and may not miss one. Hyperscan finds keywords and
patterns where there is a wheel of it that is right; everywhere else an automaton finds keywords and
RE2 patterns. What detectors find is the same. Hyperscan's scratch memory serves one thread at a
time, so a prefilter does too. It names every single place, which takes long where they stand close
together; such texts, or with a line of a MiB, are left to the automaton and RE2, line by line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, Literal, NamedTuple, Protocol

import re2
from ahocorasick_rs import BytesAhoCorasick, Implementation

from tracemill.base.errors import UsageError
from tracemill.redact.line_rules.lines import has_endless_line
from tracemill.redact.protocol import MANY, CrowdedError, Detector, Place, Probe
from tracemill.redact.scanning.alphabets import Alphabet
from tracemill.redact.scanning.compiled import Pattern, compiled

ENGINES: Final = ("hyperscan", "re2")
"""The fastest first."""

_WRONG_SINCE: Final = (0, 7, 23)
"""Wheels from here on hold Vectorscan 5.4.12, which misses matches of some patterns."""
_BYTES_AT_ONCE: Final = 2**18
_AT_ONCE: Final = 60
"""So many patterns run as one: the states of many more would not fit, and RE2 get far slower."""
_ASKED_AT_ONCE: Final = 10
"""So many patterns answer together whether they match a line: a set of them has no order, and more
states than patterns that run as one. With 42 in a set, most of a line's time goes to new states."""
_BEGINS_ANYWHERE: Final = re.compile(rb"(?:\(\?:)?(?:\[|\\\.)")
_COUNT: Final = re.compile(rb"\{(\d+)")
_FAR: Final = 12
_LOOP: Final = re.compile(rb"[\])][*+]")
_RE2_MEMORY: Final = 64 * 2**20
_LONGEST_KNOWN: Final = 256
_MOST_KNOWN: Final = 1_024
"""So many short lines are remembered: the same ones are printed again and again."""
_FEW: Final = 1_024
_CLOSE: Final = 64
"""More places than one in so many bytes are not named one by one."""

Owners = Mapping[bytes, Sequence[int]]
"""The detectors that each keyword or pattern calls."""
_Found = tuple[int, int, int]
"""A keyword, where it begins, and where it ends."""
_Search = Callable[[bytes, int], re.Match[bytes] | None]


class Prefilter(Protocol):
    """Finds the places at which detectors have to look."""

    @property
    def compiled(self) -> bytes | None:
        """What spares the next prefilter of these detectors its compiling, where that is long."""
        ...

    def places(self, data: bytes, least: int = 0) -> list[Place]:
        """Return every place, in the order of detectors and offsets.

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


def _owners(probes: Iterable[_Owned]) -> Owners:
    owners: dict[bytes, list[int]] = {}
    for i, probe in probes:
        for keyword in probe.keywords:
            owners.setdefault(keyword.encode(), []).append(i)
    return {keyword: sorted(set(called)) for keyword, called in sorted(owners.items())}


def _patterns(probes: Iterable[_Owned]) -> Owners:
    owners: dict[bytes, list[int]] = {}
    for i, probe in probes:
        owners.setdefault(probe.pattern.replace("(?P<secret>", "(?:").encode(), []).append(i)
    return owners


class _Owned(NamedTuple):
    """A probe, and the index of the detector that it calls."""

    detector: int
    probe: Probe


class _Probes(NamedTuple):
    by_keyword: list[_Owned]
    by_pattern: list[_Owned]


def _probes(detectors: Sequence[Detector], *, are_patterns_quick: bool) -> _Probes:
    """Return the probes, by what they are looked for by."""
    found = _Probes([], [])
    for i, each in enumerate(detectors):
        for probe in each.probes:
            is_pattern_better = are_patterns_quick and probe.has_common_keywords
            by_keyword = probe.keywords and not is_pattern_better
            (found.by_keyword if by_keyword else found.by_pattern).append(_Owned(i, probe))
    return found


class HyperscanPrefilter:
    """Finds keywords and patterns with Hyperscan.

    Those that name somebody, and those that would slow all others, are databases of their own,
    which are quickly compiled and never kept.
    """

    def __init__(self, detectors: Sequence[Detector], kept: Iterable[bytes] = ()) -> None:
        self._detectors = detectors
        self._patient: Re2Prefilter | None = None
        probes = _probes(detectors, are_patterns_quick=True)
        shared, apart, personal = (
            _Probes(*([one for one in each if _database(one.probe) == own] for each in probes))
            for own in ("shared", "apart", "personal")
        )
        self._scanners = [_Scanner(shared, kept)]
        self.compiled: bytes | None = self._scanners[0].compiled
        """What all users have in common, and takes long to compile."""
        self._scanners += [_Scanner(each, ()) for each in (apart, personal) if any(each)]

    def places(self, data: bytes, least: int = 0) -> list[Place]:
        """Return every place, in the order of detectors and offsets."""
        found: list[Place] = []
        is_slow = has_endless_line(data) or not all(s.scan(data, found) for s in self._scanners)
        if not is_slow and len(found) < MANY:
            return sorted(found)
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

    def __init__(self, probes: _Probes, kept: Iterable[bytes]) -> None:
        import hyperscan

        keywords, patterns = _owners(probes.by_keyword), _patterns(probes.by_pattern)
        expressions = [
            *((re.escape(each), hyperscan.HS_FLAG_CASELESS) for each in keywords),
            *((each, hyperscan.HS_FLAG_MULTILINE) for each in patterns),
        ]
        self._called = [*keywords.values(), *patterns.values()]
        # an id for each: thousands of expressions with one id take seconds to compile
        numbered = [Pattern(i, each, flags) for i, (each, flags) in enumerate(expressions)]
        self._database, self.compiled = compiled(numbered, kept)
        self._scratch = hyperscan.Scratch(self._database)
        self._stopped = hyperscan.ScanTerminated

    def scan(self, data: bytes, found: list[Place]) -> bool:
        """Add every place, in no order; return False, and add none, where they stand close."""
        ends: list[tuple[int, int]] = []
        append = ends.append

        def keep(pattern: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            append((pattern, end))
            return len(ends) > _FEW + end // _CLOSE

        try:
            self._database.scan(data, match_event_handler=keep, scratch=self._scratch)
        except self._stopped:
            return False
        called = self._called
        found += [(detector, end) for pattern, end in ends for detector in called[pattern]]
        return True


class Re2Prefilter:
    """Finds keywords with an automaton, and patterns with RE2."""

    compiled = None

    def __init__(self, detectors: Sequence[Detector]) -> None:
        probes = _probes(detectors, are_patterns_quick=False)
        self._keywords = _Keywords(probes.by_keyword)
        self._patterns = [
            _Re2Patterns(owners, sign)
            for sign, signed in _by_sign(probes.by_pattern).items()
            for owners in ((_patterns(signed),) if sign else _alike(_patterns(signed)))
        ]

    def places(self, data: bytes, least: int = 0) -> list[Place]:
        """Return every place, in the order of detectors and offsets."""
        by_pattern = (each.find(data, least) for each in self._patterns)
        return sorted([*self._keywords.find(data, least), *chain.from_iterable(by_pattern)])


class _Keywords:
    """Finds keywords with an automaton, which reports each wherever it stands."""

    def __init__(self, probes: Sequence[_Owned]) -> None:
        owners = _owners(probes)
        several = _keywords(probe for _, probe in probes if not probe.is_once_a_line)
        counted = _keywords(probe for _, probe in probes if not probe.has_common_keywords)
        self._alphabet = Alphabet(owners)
        # all states at once: half a MiB more for each thousand keywords, and twice as fast
        self._automaton = BytesAhoCorasick(
            map(self._alphabet.fold, owners), implementation=Implementation.DFA
        )
        self._called = list(owners.values())
        self._uncertain = {
            i: keyword for i, keyword in enumerate(owners) if not self._alphabet.is_certain(keyword)
        }
        self._is_once_a_line = [keyword not in several for keyword in owners]
        self._is_counted = [keyword in counted for keyword in owners]
        self._longest = max(map(len, owners), default=0)

    def find(self, data: bytes, least: int = 0) -> list[Place]:
        """Return each detector that a keyword calls, and the keyword's end.

        Common keywords do not count, since they do not call detectors with Hyperscan.
        """
        found: list[Place] = []
        append = found.append
        looked: dict[int, int] = {}
        called, is_once_a_line, n_found = self._called, self._is_once_a_line, 0
        uncertain = self._uncertain
        for first, part in self._parts(self._alphabet.fold(data)):
            matches = self._automaton.find_matches_as_indexes(part, overlapping=True)
            if len(matches) > len(part) // _CLOSE:
                matches = self._news(matches, looked, first + len(part))
            for keyword, _, end in matches:
                at = first + end
                if keyword in uncertain and not _ends_with(data, at, uncertain[keyword]):
                    continue
                if at > looked.get(keyword, 0):
                    for detector in called[keyword]:
                        append((detector, at))
                    looked[keyword] = _line_end(data, at) if is_once_a_line[keyword] else at
                    n_found += self._is_counted[keyword]
            if n_found >= MANY and first + len(part) < n_found * least:
                raise CrowdedError
        return found

    def _news(self, matches: list[_Found], looked: Mapping[int, int], end: int) -> list[_Found]:
        """Return those of a part that ends at `end` but for keywords of whole lines that go on."""
        known = {i for i, done in looked.items() if done >= end and self._is_once_a_line[i]}
        return [each for each in matches if each[0] not in known]

    def _parts(self, data: bytes) -> Iterator[tuple[int, memoryview]]:
        """Yield parts in which no keyword is lost between two, since each match takes memory."""
        whole = memoryview(data)
        for start in range(0, len(data), _BYTES_AT_ONCE):
            first = max(0, start - self._longest)
            yield first, whole[first : start + _BYTES_AT_ONCE]


def _ends_with(data: bytes, at: int, keyword: bytes) -> bool:
    """Tell whether a keyword in lower case ends at `at`, in whatever case."""
    return data[at - len(keyword) : at].lower() == keyword


def _keywords(probes: Iterable[Probe]) -> set[bytes]:
    return {keyword.encode() for probe in probes for keyword in probe.keywords}


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return end if end >= 0 else len(data)


def _by_sign(probes: Iterable[_Owned]) -> Mapping[str, Sequence[_Owned]]:
    """Return the probes of each sign, and under no sign those that have none."""
    signed: defaultdict[str, list[_Owned]] = defaultdict(list)
    for each in probes:
        signed[each.probe.sign].append(each)
    return signed


def _alike(owners: Owners) -> Iterator[Owners]:
    """Yield the patterns in parts, each of which is one pass.

    A pass has a state for every combination of how far its patterns have come, so those that
    have many of their own, of one kind or the other, stay apart from all others.
    """
    kinds: defaultdict[str, list[bytes]] = defaultdict(list)
    for pattern in owners:
        kinds[_kind(pattern)].append(pattern)
    for patterns in kinds.values():
        for first in range(0, len(patterns), _AT_ONCE):
            yield {each: owners[each] for each in patterns[first : first + _AT_ONCE]}


def _kind(pattern: bytes) -> Literal["counts far", "waits", "plain"]:
    """Tell whether a pattern begins anywhere to count far, or waits in a loop for what follows."""
    if _BEGINS_ANYWHERE.match(pattern) and any(int(n[1]) >= _FAR for n in _COUNT.finditer(pattern)):
        return "counts far"
    return "waits" if _LOOP.search(pattern) else "plain"


class _Re2Patterns:
    """Finds with RE2 the lines in which patterns match.

    All probes run as one, or their sign is looked for; only where that matches is the line asked
    which probes did.
    """

    def __init__(self, owners: Owners, sign: str = "") -> None:
        patterns = [b"(?m:%b)" % pattern for pattern in owners]
        self._search: _Search = (
            re.compile(sign.encode()).search
            if sign
            else re2.compile(b"|".join(patterns), options=_options()).search
        )
        called = list(owners.values())
        self._asked = [
            (_set_of(patterns[first : first + _ASKED_AT_ONCE]), called[first:])
            for first in range(0, len(patterns), _ASKED_AT_ONCE)
        ]
        self._all = sorted({each for owned in called for each in owned})
        self._known = lru_cache(_MOST_KNOWN)(self._matching)

    def find(self, data: bytes, least: int = 0) -> Iterator[Place]:
        """Yield a place in each line for each detector whose probe matches there."""
        looked = n_lines = 0
        while match := self._search(data, looked):
            at = match.end()
            start = data.rfind(b"\n", looked, at) + 1
            looked = _line_end(data, at)
            matching = self._known if looked - start <= _LONGEST_KNOWN else self._matching
            for detector in matching(data[start:looked]):
                yield detector, looked
            n_lines += 1
            if n_lines >= MANY and looked < n_lines * least:
                raise CrowdedError

    def _matching(self, line: bytes) -> Sequence[int]:
        """Return the detectors whose probes match a line in which one does."""
        found = [
            detector
            for asked, called in self._asked
            for i in asked.Match(line) or ()
            for detector in called[i]
        ]
        # no answer means that RE2 ran out of memory, for the line does match
        return found or self._all


def _set_of(patterns: Iterable[bytes]) -> re2.Set:
    made = re2.Set.SearchSet(_options())
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made


def _options() -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _RE2_MEMORY
    options.never_capture = True
    options.log_errors = False
    return options
