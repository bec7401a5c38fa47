"""SARIF 2.1.0, which most scanners and many linters can write.

The model of this source:

- Each run in a file is one gate run. Its verdict follows from its results; a tool that says
  that it could not do its work ends in error.
- A result of level `note` or `none`, or of a kind other than `fail`, does not fail the gate.
  A suppressed one is skipped.
- A level that is not given is the rule's, and otherwise `warning`.
- The snippets of code are not kept, since a scanner for secrets shows the secrets in them, and
  neither are the messages of scanners that quote what they found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class Sarif(FileSource):
    """Reads SARIF logs of any tool."""

    name: ClassVar[str] = "sarif"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({".sarif", ".sarif.json"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a SARIF log: by its schema, or by its runs."""
        fields = head.fields
        schema = fields.get("$schema")
        is_signed = isinstance(schema, str) and "sarif" in schema.lower()
        return is_signed or ("version" in fields and _has_tool(fields.get("runs")))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the results of each run, the gate runs, and a tally that counts runs."""
        from tracemill.sources.reading.documents import read_document
        from tracemill.sources.sarif.reader import SarifReader

        return read_document(content, origin, SarifReader(origin), ("runs",))


def _has_tool(runs: Any) -> bool:
    first = runs[0] if isinstance(runs, list) and runs else None
    tool = first.get("tool") if isinstance(first, Mapping) else None
    return isinstance(tool, Mapping) and "driver" in tool


__all__ = ["Sarif"]
