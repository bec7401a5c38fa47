"""Reads coverage reports that are one JSON document: of coverage.py, and of diff-cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.events.gates import Coverage, GateResult
from tracemill.records.refs import Origin, Span
from tracemill.sources.coverage_report.lines import LineCounts, share
from tracemill.sources.coverage_report.reader import noted_file, open_coverage
from tracemill.sources.facts.gate_records import OpenGateRun
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import count, moment, text
from tracemill.sources.reading.json_lines import BadShapeError

_RULE: Final = re.compile(r"([A-Z]+\d+):? (.*)\Z", re.DOTALL)
_VIOLATION_PARTS: Final = 2


class _Document:
    """What both kinds share: the document is one thing, and nothing comes behind."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self.run = open_coverage(origin)

    def finish(self) -> None:
        """Nothing stays open."""


class CoverageDocument(_Document):
    """Takes a report of coverage.py."""

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read the whole report."""
        meta, files = record.get("meta"), record.get("files")
        if not isinstance(meta, dict) or not isinstance(files, dict):
            raise BadShapeError("expected a report of coverage.py, found another document")
        span = Span(start=line.start, end=line.end)
        self.run.tool = "coverage.py"
        self.run.tool_version = text(meta.get("version"))
        self.run.at = moment(meta.get("timestamp"))
        for path, said in files.items():
            if isinstance(said, dict):
                counts = _counts(said.get("summary"))
                counts.missed = _numbers(said.get("missing_lines"))
                self.ready.append(noted_file(self.run, counts, path or None, span))
        self.run.coverage = _counts(record.get("totals")).coverage()
        self.ready.append(self.run.close(span))
        return None


class DiffDocument(_Document):
    """Takes a report of diff-cover or diff-quality."""

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read the whole report."""
        files = record.get("src_stats")
        if not isinstance(files, dict):
            raise BadShapeError("expected a report of diff-cover, found another document")
        span = Span(start=line.start, end=line.end)
        run = self.run
        run.tool = "diff-cover"
        names = record.get("report_name")
        run.title = text(names[0] if isinstance(names, list) and names else names)
        said = {path: each for path, each in files.items() if isinstance(each, dict)}
        if any(_violations(each) for each in said.values()):
            self._read_quality(run, said, span)
        else:
            self._read_coverage(run, said, record, span)
        self.ready.append(run.close(span))
        return None

    def _read_coverage(
        self,
        run: OpenGateRun,
        files: Mapping[str, dict[str, Any]],
        fields: Mapping[str, Any],
        span: Span,
    ) -> None:
        for path, said in files.items():
            counts = LineCounts(missed=_numbers(said.get("violation_lines")))
            counts.n_covered_lines = len(_numbers(said.get("covered_lines")))
            counts.n_lines = counts.n_covered_lines + len(counts.missed)
            self.ready.append(noted_file(run, counts, path or None, span))
        n_lines = count(fields.get("total_num_lines"))
        n_missed = count(fields.get("total_num_violations"))
        if n_lines is not None and n_missed is not None and n_missed <= n_lines:
            n_covered = n_lines - n_missed
            run.coverage = Coverage(
                line_rate=share(n_covered, n_lines), n_lines=n_lines, n_covered_lines=n_covered
            )

    def _read_quality(
        self, run: OpenGateRun, files: Mapping[str, dict[str, Any]], span: Span
    ) -> None:
        run.tool, run.gate, run.verdict = run.title, "lint", None
        for path, said in files.items():
            for line, message in _violations(said):
                rule = _RULE.match(message)
                result = GateResult(
                    id=run.next_id(),
                    gate_run_id=run.id,
                    status="failed",
                    rule=rule[1] if rule else None,
                    path=path or None,
                    line=line,
                    message=(rule[2] if rule else message) or None,
                    span=span,
                )
                self.ready.append(run.add(result))


def _violations(said: Mapping[str, Any]) -> list[tuple[int | None, str]]:
    return list(_each_violation(said.get("violations")))


def _each_violation(rows: object) -> Iterator[tuple[int | None, str]]:
    """Yield the violations that say what is wrong; one of coverage says nothing."""
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, list) and len(row) == _VIOLATION_PARTS and text(row[1]):
            yield count(row[0]), row[1]


def _counts(summary: object) -> LineCounts:
    said = summary if isinstance(summary, dict) else {}
    return LineCounts(
        n_lines=count(said.get("num_statements")) or 0,
        n_covered_lines=count(said.get("covered_lines")) or 0,
        n_branches=count(said.get("num_branches")) or 0,
        n_covered_branches=count(said.get("covered_branches")) or 0,
    )


def _numbers(value: object) -> list[int]:
    return [n for n in value if count(n) is not None] if isinstance(value, list) else []
