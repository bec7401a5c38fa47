"""JUnit XML, which most test runners and some linters can write.

The model of this source:

- A file is one gate run, whatever number of suites it holds. Its totals count the test cases;
  where a writer gives none, they are those that it declares.
- A test is known by its suite, which is its `classname`, and its name.
- Linters write each finding as a failing test: its rule, and the file and line that it names,
  are read back.
- A scanner for secrets repeats them in its texts, so those texts are not kept.
- A time without a zone is UTC, as the format's first writer has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class JUnit(FileSource):
    """Reads JUnit XML of any writer."""

    name: ClassVar[str] = "junit"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"junit.xml", "report.xml", "results.xml"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a JUnit report, by its first element."""
        return head.element in {"testsuites", "testsuite"}

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield a result for each test case, the gate run, and a tally that counts test cases."""
        from tracemill.sources.junit.reader import read_junit

        return read_junit(content.blocks(), origin)


__all__ = ["JUnit"]
