"""Coverage reports: Cobertura XML, lcov, and the JSON of coverage.py and diff-cover.

The model of this source:

- A file is one gate run of kind `coverage`. It measures and says neither yes nor no, so its
  verdict is unknown. Each source file in it is a result that is `noted`; in Cobertura, each
  class.
- Totals are those that the report states, otherwise sums over its lines. Of a report whose end is
  missing, or that cannot be read to its end, they are only what it states.
- Branches that were not measured have no rate, whatever number the report writes there.
- A quality report of diff-quality is a linter's run: its violations are findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import SourceRecord

_LCOV: Final = re.compile(r"(?:\s*TN:[^\n]*\n)*\s*SF:[^\n]+\n(?:[A-Z]+:[^\n]*\n)*?(?:DA:\d|end_of)")
_DIFF: Final = frozenset({"report_name", "diff_name", "src_stats"})


class CoverageReport(FileSource):
    """Reads coverage reports."""

    name: ClassVar[str] = "coverage"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset(
        {"coverage.xml", "cobertura.xml", "coverage.json", ".lcov", "lcov.info"}
    )

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a coverage report, by its first element, fields or lines."""
        return (
            (head.element == "coverage" and "line-rate" in head.text)
            or _is_measured(head)
            or head.fields.keys() >= _DIFF
            or _LCOV.match(head.text) is not None
        )

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield a result for each source file, the gate run, and the tally."""
        from tracemill.sources.coverage_report.documents import CoverageDocument, DiffDocument
        from tracemill.sources.coverage_report.reader import read_cobertura, read_lcov
        from tracemill.sources.reading.documents import whole_document
        from tracemill.sources.reading.json_lines import read_json_lines

        head = Head(Path(), content.peek(HEAD_BYTES))
        if head.plain.lstrip()[:1] == b"<":
            return read_cobertura(content.blocks(), origin)
        if head.fields.keys() >= _DIFF:
            return read_json_lines([whole_document(content)], origin, DiffDocument(origin))
        if head.plain.lstrip()[:1] == b"{":
            return read_json_lines([whole_document(content)], origin, CoverageDocument(origin))
        return read_lcov(content.lines(), origin)


def _is_measured(head: Head) -> bool:
    """Tell a report of coverage.py, whose files may be longer than the bytes at hand."""
    meta = head.fields.get("meta")
    return isinstance(meta, dict) and "branch_coverage" in meta and "files" in head.fields


__all__ = ["CoverageReport"]
