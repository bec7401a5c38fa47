r"""The prefilter: one pass finds keywords, another the lines that any pattern may match.

It may name places at which nothing stands, and may not miss one. Keywords are found by
Hyperscan where there is a wheel for it, and by RE2 everywhere else. Patterns are found by RE2
behind either: Hyperscan 5.4.12 was seen to miss what `[\n "]--?(?:[a-z0-9]{1,20}-){0,3}token`
matches where `passwordpassword` stood before it. Plain keywords take no such way through it.

Hyperscan's scratch memory serves one thread at a time, so a prefilter does too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Final, Protocol

import re2

from tracemill.base.errors import UsageError
from tracemill.redact.protocol import Detector, Place

ENGINES: Final = ("hyperscan", "re2")
"""The fastest first."""

_RE2_MEMORY: Final = 64 * 2**20
"""Room for the states of some twenty patterns run as one; with less, RE2 gets far slower."""

Owners = Mapping[bytes, Sequence[int]]
"""The detectors that each keyword calls."""


class KeywordFinder(Protocol):
    """Finds every keyword, in any case."""

    def find(self, data: bytes) -> list[Place]:
        """Return each detector that a keyword calls, and the keyword's end."""
        ...


class Prefilter:
    """Finds the places at which detectors have to look."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        engine: str | None = None,
    ) -> None:
        self._keywords = _keyword_finder(detectors, engine)
        self._patterns = _PatternFinder(detectors)

    def places(self, data: bytes) -> list[Place]:
        """Return every place, in the order of detectors and offsets."""
        return sorted([*self._keywords.find(data), *self._patterns.find(data)])


def _keyword_finder(detectors: Sequence[Detector], engine: str | None) -> KeywordFinder:
    name = engine or ("hyperscan" if find_spec("hyperscan") else "re2")
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}; known: {', '.join(ENGINES)}")
    if name == "hyperscan":
        return HyperscanFinder(compile_database(detectors))
    return Re2Finder(_owners(detectors))


def _owners(detectors: Sequence[Detector]) -> Owners:
    owners: dict[bytes, list[int]] = {}
    for i, each in enumerate(detectors):
        for keyword in sorted({k for probe in each.probes for k in probe.keywords}):
            owners.setdefault(keyword.encode(), []).append(i)
    return dict(sorted(owners.items()))


def compile_database(detectors: Sequence[Detector]) -> bytes:
    """Return the serialised Hyperscan database of the detectors' keywords."""
    import hyperscan

    calls = [(keyword, i) for keyword, called in _owners(detectors).items() for i in called]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[keyword for keyword, _ in calls],
        ids=[detector for _, detector in calls],
        flags=[hyperscan.HS_FLAG_CASELESS] * len(calls),
        literal=True,
    )
    return bytes(hyperscan.dumpb(database))


class HyperscanFinder:
    """Finds keywords with Hyperscan."""

    def __init__(self, database: bytes) -> None:
        import hyperscan

        self._database = hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK)
        self._scratch = hyperscan.Scratch(self._database)

    def find(self, data: bytes) -> list[Place]:
        """Return each detector that a keyword calls, and the keyword's end."""
        found: list[Place] = []
        append = found.append

        def keep(detector: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(Place(detector, end))

        self._database.scan(data, match_event_handler=keep, scratch=self._scratch)
        return found


class Re2Finder:
    """Finds keywords with RE2, which reports one at each start: the longest."""

    def __init__(self, owners: Owners) -> None:
        keywords = sorted(owners, key=lambda keyword: (-len(keyword), keyword))
        self._within = {
            one: [other for other in keywords if one.startswith(other)] for one in keywords
        }
        self._owners = owners
        alternatives = b"|".join(re.escape(keyword) for keyword in keywords)
        self._regex = re2.compile(alternatives, options=_options(is_caseless=True))

    def find(self, data: bytes) -> list[Place]:
        """Return each detector that a keyword calls, and the keyword's end."""
        found: list[Place] = []
        start = 0
        while match := self._regex.search(data, start):
            start, end = match.span()
            for keyword in self._within[data[start:end].lower()]:
                places = (Place(i, start + len(keyword)) for i in self._owners[keyword])
                found.extend(places)
            start += 1
        return found


class _PatternFinder:
    """Finds with RE2 the lines in which probes without keywords match.

    All probes run as one; only where that matches is the line asked which probes did.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors: list[int] = []
        self._set = re2.Set.SearchSet(_options())
        patterns = []
        for i, each in enumerate(detectors):
            for probe in each.probes:
                if not probe.keywords:
                    pattern = f"(?m:{probe.pattern})".replace("(?P<secret>", "(?:")
                    patterns.append(pattern)
                    self._detectors.append(i)
                    self._set.Add(pattern.encode())
        self._regex = re2.compile("|".join(patterns).encode(), options=_options())
        self._set.Compile()

    def find(self, data: bytes) -> Iterator[Place]:
        """Yield a place in each line for each detector whose probe matches there."""
        looked = -1
        for match in self._regex.finditer(data):
            at = match.end()
            if at <= looked:
                continue
            start = data.rfind(b"\n", 0, at) + 1
            end = data.find(b"\n", at)
            looked = end if end >= 0 else len(data)
            # no answer means that RE2 ran out of memory, for the line does match
            matched = self._set.Match(data[start:looked]) or range(len(self._detectors))
            for i in matched:
                yield Place(self._detectors[i], looked)


def _options(*, is_caseless: bool = False) -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _RE2_MEMORY
    options.case_sensitive = not is_caseless
    options.never_capture = True
    options.log_errors = False
    return options
