"""Reports of pytest's own: the document of pytest-json-report, the lines of pytest-reportlog.

The model of this source:

- A file is one gate run, a test in it one result, known by its node id. Setup, call and
  teardown are one result: it is an error where setup or teardown failed, and as the call went
  otherwise. Runs that a plugin repeats count as attempts.
- A module that could not be collected is a result in error of its own. One that skips itself
  is a skipped result where the report counts it: the document does not.
- A failing test points at where it failed, any other at where it stands.
- Exit codes from 2 on say that pytest could not do its work; 5 that there was nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import SourceRecord

_DOCUMENT: Final = frozenset({"created", "duration", "exitcode", "root", "summary"})
_LINE_TYPE: Final = "$report_type"


class PytestReport(FileSource):
    """Reads what pytest-json-report and pytest-reportlog write."""

    name: ClassVar[str] = "pytest"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset({"report.json", ".reportlog", "reportlog.jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a report of pytest, by its first fields."""
        return head.fields.keys() >= _DOCUMENT or _is_log(head)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield a result for each test, the gate run, and the tally."""
        from tracemill.sources.pytest_report.reader import DocumentOfTests, LogOfTests
        from tracemill.sources.reading.documents import read_document
        from tracemill.sources.reading.json_lines import read_json_lines

        if _is_log(Head(Path(), content.peek(HEAD_BYTES))):
            return read_json_lines(content.lines(), origin, LogOfTests(origin))
        return read_document(content, origin, DocumentOfTests(origin), ("tests",))


def _is_log(head: Head) -> bool:
    return any(_LINE_TYPE in found for found in head.objects)


__all__ = ["PytestReport"]
