"""Reports that list findings, one a row: ruff, mypy, bandit, pylint, gitleaks.

The model of these sources:

- A file is one gate run, a row one result. A run without rows has passed.
- A note or a hint is `noted`: it does not fail the gate.
- Lines and columns count from 1, whatever the tool counts from.
- The code around a place is not kept, and of a secret neither its text nor the line it is on.
- A clean run may leave nothing but `[]`; then the file must be named after the tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_RUFF: Final = frozenset({"code", "filename", "location", "end_location", "message"})
_RUFF_ANNOTATION: Final = re.compile(r"\s*::(?:error|warning|notice) title=[Rr]uff \(", re.ASCII)
_MYPY: Final = frozenset({"file", "line", "column", "hint", "code", "severity", "message"})
_BANDIT: Final = frozenset({"errors", "generated_at", "metrics", "results"})
_PYLINT: Final = frozenset({"type", "module", "obj", "line", "column", "path", "symbol", "message"})
_PYLINT_TEXT: Final = re.compile(
    r"(?:\*{13} Module [^\n]*+\n|[ \t\r]*+\n)*+"
    r"[^\n:]+:\d+(?:: \[[CEFIRW]\d{4}|:\d+: [CEFIRW]\d{4}:)"
)
_GITLEAKS: Final = frozenset({"RuleID", "File", "StartLine", "Secret", "Fingerprint"})


class _Findings(FileSource):
    """What the sources of this module share: how to tell a clean run, and how to read."""

    name: ClassVar[str]

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield a result for each row, the gate run, and a tally that counts rows."""
        from tracemill.sources.findings_reports.reader import read_findings

        return read_findings(self.name, content, origin)

    def _is_clean(self, head: Head) -> bool:
        return head.is_whole and head.document == [] and self.name in head.path.name


class Ruff(_Findings):
    """Reads what ruff prints as `json`, `json-lines` and `github`."""

    name: ClassVar[str] = "ruff"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"ruff.json", "ruff.jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are findings of ruff, by the fields of the first."""
        rows = (head.first_item, *head.objects[:1])
        is_annotated = _RUFF_ANNOTATION.match(head.text) is not None
        return any(row.keys() >= _RUFF for row in rows) or is_annotated or self._is_clean(head)


class Mypy(_Findings):
    """Reads what `mypy --output json` prints: lines, not a list."""

    name: ClassVar[str] = "mypy"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"mypy.json", "mypy.jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are errors of mypy, by the fields of the first."""
        return any(row.keys() >= _MYPY for row in head.objects[:1])


class Bandit(_Findings):
    """Reads the JSON report of bandit."""

    name: ClassVar[str] = "bandit"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"bandit.json"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a report of bandit, by its fields; those behind may be far off."""
        fields = head.fields.keys()
        is_cut = not head.is_whole and fields >= _BANDIT - {"results"}
        return fields >= _BANDIT or is_cut


class Pylint(_Findings):
    """Reads what pylint prints as `json`, `json2`, `parseable` and as text."""

    name: ClassVar[str] = "pylint"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"pylint.json", "pylint.txt"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are messages of pylint, by the fields of the first."""
        messages = head.fields.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else head.first_item
        counted = head.fields.get("statistics")
        is_counted = isinstance(counted, dict) and "modulesLinted" in counted
        is_row = isinstance(first, dict) and first.keys() >= _PYLINT
        is_text = _PYLINT_TEXT.match(head.text) is not None
        return is_row or is_counted or is_text or self._is_clean(head)


class Gitleaks(_Findings):
    """Reads the JSON report of gitleaks, without the secrets in it."""

    name: ClassVar[str] = "gitleaks"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"gitleaks.json", "gitleaks-report.json"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are leaks, by the fields of the first."""
        return head.first_item.keys() >= _GITLEAKS or self._is_clean(head)


__all__ = ["Bandit", "Gitleaks", "Mypy", "Pylint", "Ruff"]
