"""Reads Cobertura XML and lcov as they come: see `sources.coverage_report` for the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from tracemill.base.lines import Line, OversizeLine
from tracemill.records.events.gates import Coverage, GateResult
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.coverage_report.lines import LineCounts
from tracemill.sources.facts.gate_records import OpenGateRun
from tracemill.sources.facts.xml_reports import read_elements
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.xml_stream import Closed, NotXmlError, Opened

_CONDITIONS: Final = re.compile(r"\((\d{1,9})/(\d{1,9})\)")
# fmt: off
_LCOV_KINDS: Final = frozenset({
    "BRDA", "BRF", "BRH", "DA", "FN", "FNA", "FNDA", "FNF", "FNH", "FNL", "LF", "LH",
    "SF", "TN", "VER",
})
# fmt: on
_MILLISECONDS: Final = 10**11
"""Times at or above it are no seconds, but milliseconds, as most writers give."""
_LATEST_S: Final = 2**33
_DIGITS: Final = 16


def open_coverage(origin: Origin) -> OpenGateRun:
    """Return a run that measures, and gives no verdict."""
    run = OpenGateRun(origin, "coverage", None)
    run.verdict = "unknown"
    return run


def noted_file(
    run: OpenGateRun, counts: LineCounts, path: str | None, span: Span, name: str | None = None
) -> GateResult:
    """Return the result of one source file."""
    result = GateResult(
        id=run.next_id(),
        gate_run_id=run.id,
        status="noted",
        name=name if name != path else None,
        path=path,
        coverage=counts.coverage(),
        span=span,
    )
    return run.add(result)


def read_cobertura(blocks: Iterable[bytes], origin: Origin) -> Iterator[SourceRecord]:
    """Yield the classes of a report, its gate run, and the tally."""
    reader = _Cobertura(open_coverage(origin))
    n_quarantined = yield from read_elements(reader, blocks, origin)
    if reader.is_coverage:
        yield reader.close()
    yield Tally(n_lines=reader.n_used + n_quarantined, n_used=reader.n_used)


class _Cobertura:
    """Takes elements in their order."""

    def __init__(self, run: OpenGateRun) -> None:
        self.ready: list[SourceRecord] = []
        self.run = run
        self.is_coverage = False
        self.n_used = 0
        self._stated: Mapping[str, str] = {}
        self._all = LineCounts()
        self._class: Opened | None = None
        self._counts = LineCounts()
        self._n_methods = 0
        self._end = 0

    def take(self, element: Opened | Closed) -> None:
        """Read one beginning or end of an element."""
        if isinstance(element, Opened):
            self._open(element)
        else:
            self._end = element.end
            self._close(element)

    def _open(self, element: Opened) -> None:
        if element.name == "coverage":
            self.is_coverage = True
            self._stated = element.attributes
            self.run.at = _moment(element.attributes.get("timestamp"))
            self.run.tool_version = element.attributes.get("version") or None
        elif not self.is_coverage:
            raise NotXmlError("bad_shape", "expected a coverage report, found other XML", 0)
        elif element.name == "class":
            self._class, self._counts = element, LineCounts()
        elif element.name == "method":
            self._n_methods += 1
        elif element.name == "line" and self._class is not None and not self._n_methods:
            self._line(element.attributes)

    def _line(self, said: Mapping[str, str]) -> None:
        hits = said.get("hits", "0")
        self._counts.line(_count(said.get("number")), is_covered=hits.strip("0") != "")
        if conditions := _CONDITIONS.search(said.get("condition-coverage", "")):
            self._counts.branches(int(conditions[1]), int(conditions[2]))

    def _close(self, element: Closed) -> None:
        if element.name == "method":
            self._n_methods -= 1
        elif element.name == "source" and self.run.root is None:
            self.run.root = element.text.strip() or None
        elif element.name == "class" and self._class is not None:
            said, span = self._class.attributes, Span(start=self._class.start, end=element.end)
            path = said.get("filename") or None
            self.n_used += 1
            self.ready.append(noted_file(self.run, self._counts, path, span, said.get("name")))
            self._all.add(self._counts)
            self._class = None

    def close(self) -> SourceRecord:
        """Return the gate run, with what the report states of all files, or else their sums.

        The classes that a cut report still holds are not all, so their sums are no totals.
        """
        counts, said = LineCounts() if self.run.is_cut else self._all, self._stated
        counts.n_lines = _first(_count(said.get("lines-valid")), counts.n_lines)
        counts.n_covered_lines = _first(_count(said.get("lines-covered")), counts.n_covered_lines)
        counts.n_branches = _first(_count(said.get("branches-valid")), counts.n_branches)
        covered = _count(said.get("branches-covered"))
        counts.n_covered_branches = _first(covered, counts.n_covered_branches)
        rates = _rate(said.get("line-rate")), _rate(said.get("branch-rate"))
        coverage = counts.coverage(*rates)
        if self.run.is_cut and not counts.n_lines:
            coverage = msgspec.structs.replace(coverage, n_lines=None, n_covered_lines=None)
        self.run.coverage = None if coverage == Coverage() else coverage
        return self.run.close(Span(start=0, end=self._end))


def read_lcov(lines: Iterable[Line | OversizeLine], origin: Origin) -> Iterator[SourceRecord]:
    """Yield the files of a report, its gate run, and a tally that counts lines."""
    reader = _Lcov(open_coverage(origin))
    n_lines = n_quarantined = 0
    for line in lines:
        if not isinstance(line, OversizeLine) and not line.data.strip():
            continue
        n_lines += 1
        if isinstance(line, OversizeLine) or not reader.take(line):
            n_quarantined += 1
            span = Span(start=line.start, end=line.end)
            detail = "expected a line of lcov, found something else"
            yield Quarantined(reason="bad_shape", detail=detail, span=span, origin=origin)
        yield from reader.ready
        reader.ready.clear()
    if reader.n_files or reader.path is not None:
        yield from reader.close()
    yield Tally(n_lines=n_lines, n_used=n_lines - n_quarantined)


class _Lcov:
    """Takes lines in their order."""

    def __init__(self, run: OpenGateRun) -> None:
        self.ready: list[SourceRecord] = []
        self.run = run
        self.path: str | None = None
        self.n_files = 0
        self._all = LineCounts()
        self._counts = LineCounts()
        self._stated: dict[str, int] = {}
        self._start = self._end = 0

    def take(self, line: Line) -> bool:
        """Read one line; return whether it is one of lcov."""
        kind, _, rest = line.data.decode("utf-8", "replace").strip().partition(":")
        self._end = line.end
        if kind == "end_of_record":
            self._end_file()
        elif kind == "SF":
            self._begin_file(rest, line.start)
        elif kind not in _LCOV_KINDS and not kind.startswith("MC"):
            return False
        elif kind == "DA":
            number, _, hits = rest.partition(",")
            hits = hits.partition(",")[0]
            self._counts.line(_count(number), is_covered=hits.strip("0") != "")
        elif kind == "BRDA":
            taken = rest.rpartition(",")[2]
            self._counts.branches(int(taken not in {"-", "0", ""}), 1)
        elif kind in {"LF", "LH", "BRF", "BRH"}:
            self._stated[kind] = _count(rest) or 0
        return True

    def _begin_file(self, path: str, start: int) -> None:
        if self.path is not None:
            self._end_file()
        self.path, self._start = path, start

    def _end_file(self) -> None:
        if self.path is None:
            return
        counts, stated = self._counts, self._stated
        counts.n_lines = stated.get("LF", counts.n_lines)
        counts.n_covered_lines = stated.get("LH", counts.n_covered_lines)
        counts.n_branches = stated.get("BRF", counts.n_branches)
        counts.n_covered_branches = stated.get("BRH", counts.n_covered_branches)
        self._all.add(counts)
        self.n_files += 1
        span = Span(start=self._start, end=self._end)
        self.ready.append(noted_file(self.run, counts, self.path or None, span))
        self.path, self._counts, self._stated = None, LineCounts(), {}

    def close(self) -> Iterator[SourceRecord]:
        """Yield a last file without its end, and the gate run."""
        self._end_file()
        yield from self.ready
        self.ready.clear()
        self.run.coverage = self._all.coverage()
        yield self.run.close(Span(start=0, end=self._end))


def _first(stated: int | None, counted: int) -> int:
    return counted if stated is None else stated


def _count(said: str | None) -> int | None:
    said = (said or "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < _DIGITS else None


def _rate(said: str | None) -> float | None:
    try:
        rate = float(said or "")
    except ValueError:
        return None
    return rate if 0 <= rate <= 1 else None


def _moment(said: str | None) -> datetime | None:
    """Return a time that is given in seconds or milliseconds since 1970."""
    number = _count((said or "").partition(".")[0])
    if not number:
        return None
    seconds = number / 1000 if number >= _MILLISECONDS else float(number)
    return datetime.fromtimestamp(seconds, UTC) if seconds < _LATEST_S else None
