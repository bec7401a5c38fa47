"""The two prefilters: Hyperscan where there is a wheel for it, RE2 alone everywhere else.

Both may name places at which nothing stands, and neither may miss one, so detectors find
the same behind either. A compiled database depends on the rules alone and can be kept.

Hyperscan's scratch memory serves one thread at a time, so a `HyperscanPrefilter` does too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Final, NamedTuple

import re2

from tracemill.base.errors import UsageError
from tracemill.redact.protocol import Detector, Place, Prefilter, Probe

ENGINES: Final = ("hyperscan", "re2")
"""The fastest first."""

_RE2_MEMORY: Final = 64 * 2**20
"""Room for the states of some twenty patterns run as one; with less, RE2 gets far slower."""


def make_prefilter(
    engine: str | None, detectors: Sequence[Detector], database: bytes | None
) -> Prefilter:
    """Return the prefilter of `engine`, or of the best engine that is installed."""
    name = engine or ("hyperscan" if find_spec("hyperscan") else "re2")
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}; known: {', '.join(ENGINES)}")
    if name == "hyperscan":
        return HyperscanPrefilter(database or compile_database(detectors))
    return Re2Prefilter(detectors)


class _Owned(NamedTuple):
    detector: int
    probe: Probe


def _probes(detectors: Sequence[Detector]) -> list[_Owned]:
    return [_Owned(i, probe) for i, each in enumerate(detectors) for probe in each.probes]


def compile_database(detectors: Sequence[Detector]) -> bytes:
    """Return the serialised Hyperscan database of the detectors' probes."""
    import hyperscan

    probes = _probes(detectors)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[each.probe.pattern.encode() for each in probes],
        ids=[each.detector for each in probes],
        flags=[0] * len(probes),
    )
    return bytes(hyperscan.dumpb(database))


class HyperscanPrefilter:
    """Runs all probes in one pass."""

    def __init__(self, database: bytes) -> None:
        import hyperscan

        self._database = hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK)
        self._scratch = hyperscan.Scratch(self._database)

    def places(self, data: bytes) -> list[Place]:
        """Return every place, in the order of detectors and offsets."""
        found: list[Place] = []
        append = found.append

        def keep(detector: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(Place(detector, end))

        self._database.scan(data, match_event_handler=keep, scratch=self._scratch)
        found.sort()
        return found


class Re2Prefilter:
    """Finds all keywords in one pass, and in another the probes that have none.

    The second pass skips what one probe matched for all others. That loses nothing: such
    probes stay within a line, and whoever looks there looks at the whole line.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        owners: dict[bytes, set[int]] = {}
        without: list[_Owned] = []
        for each in _probes(detectors):
            for keyword in each.probe.keywords:
                owners.setdefault(keyword.encode(), set()).add(each.detector)
            if not each.probe.keywords:
                without.append(each)
        # the longest first, so that a match stands for every keyword that begins there
        keywords = sorted(owners, key=lambda keyword: (-len(keyword), keyword))
        self._called = {
            one: sorted({i for other in keywords if one.startswith(other) for i in owners[other]})
            for one in keywords
        }
        self._keywords = _any_of([re.escape(one.decode()) for one in keywords], is_caseless=True)
        self._patterns = _any_of([each.probe.pattern for each in without])
        self._detectors = [each.detector for each in without]

    def places(self, data: bytes) -> list[Place]:
        """Return every place, in the order of detectors and offsets."""
        return sorted([*self._by_keyword(data), *self._by_pattern(data)])

    def _by_keyword(self, data: bytes) -> Iterator[Place]:
        at = 0
        while match := self._keywords.search(data, at):
            start, end = match.span()
            for detector in self._called[data[start:end].lower()]:
                yield Place(detector, end)
            at = start + 1

    def _by_pattern(self, data: bytes) -> Iterator[Place]:
        for match in self._patterns.finditer(data):
            end = match.end()
            for detector in self._detectors:
                yield Place(detector, end)


def _any_of(patterns: Sequence[str], *, is_caseless: bool = False) -> re2._Regexp:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _RE2_MEMORY
    options.log_errors = False
    options.case_sensitive = not is_caseless
    options.never_capture = True
    joined = "|".join(f"(?:{pattern})" for pattern in patterns).replace("(?P<secret>", "(?:")
    return re2.compile(joined.encode(), options=options)
