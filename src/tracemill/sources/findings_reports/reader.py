"""Readers of reports that list findings: see `sources.findings_reports` for the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tracemill.base.lines import Line, OversizeLine
from tracemill.records.events.gates import GateKind, GateResult
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.facts.gate_records import OpenGateRun, at_most
from tracemill.sources.findings_reports.rows import (
    Said,
    bandit_fields,
    bandit_row,
    gitleaks_row,
    mypy_row,
    pylint_fields,
    pylint_line,
    pylint_row,
    ruff_line,
    ruff_row,
)
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import read_document
from tracemill.sources.reading.json_lines import BadShapeError, read_json_lines


class _Tool(NamedTuple):
    """How the findings of one tool are read."""

    gate: GateKind
    row: Callable[[Mapping[str, Any]], Said | None]
    """Reads one row; None where it is none of the tool's."""
    path: tuple[str, ...] = ()
    """Where the rows stand in a document that is no list."""
    fields: Callable[[OpenGateRun, Mapping[str, Any]], Iterable[Said]] | None = None
    """Reads what such a document says besides its rows."""
    line: Callable[[str], Said | None] | None = None
    """Reads a line of the tool's text; None where it says nothing of a place."""


_TOOLS: Final[Mapping[str, _Tool]] = {
    "ruff": _Tool("lint", ruff_row, line=ruff_line),
    "mypy": _Tool("types", mypy_row),
    "bandit": _Tool("security", bandit_row, path=("results",), fields=bandit_fields),
    "pylint": _Tool("lint", pylint_row, path=("messages",), fields=pylint_fields, line=pylint_line),
    "gitleaks": _Tool("security", gitleaks_row),
}


def read_findings(name: str, content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield the results of a tool's report, its gate run, and the tally."""
    tool = _TOOLS[name]
    reader = _Reader(tool, OpenGateRun(origin, tool.gate, name))
    head = Head(Path(), content.peek(HEAD_BYTES))
    first = head.plain.lstrip()[:1]
    if first == b"[":
        return read_document(content, origin, reader, ())
    if first == b"{" and tool.path:
        return read_document(content, origin, reader, tool.path)
    if first == b"{" or tool.line is None:
        return read_json_lines(content.lines(), origin, reader)
    return reader.read_text(content.lines(), origin, tool.line)


class _Reader:
    """Takes rows in their order, from a list, from lines of JSON, or from lines of text."""

    def __init__(self, tool: _Tool, run: OpenGateRun) -> None:
        self.ready: list[SourceRecord] = []
        self._tool = tool
        self._run = run
        self._end = 0
        self._has_shape = False
        run.passes_when_silent = True

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Read what the document says besides its rows."""
        self._end = whole.end
        self._has_shape = True
        if self._tool.fields is not None and fields:
            for said in self._tool.fields(self._run, fields):
                self._keep(said, whole)

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one row."""
        said = self._tool.row(record)
        if said is None:
            raise BadShapeError(f"expected a finding of {self._run.tool}, found something else")
        self._keep(said, line)
        return None

    def finish(self) -> None:
        """Close the run, where there was one."""
        if self._has_shape:
            self.ready.append(self._run.close(Span(start=0, end=self._end)))

    def read_text(
        self,
        lines: Iterable[Line | OversizeLine],
        origin: Origin,
        parse: Callable[[str], Said | None],
    ) -> Iterator[SourceRecord]:
        """Yield what stands on lines of text; those that name no place are counted."""
        n_used = n_other = n_quarantined = 0
        for line in lines:
            if isinstance(line, OversizeLine):
                n_quarantined += 1
                span, detail = Span(start=line.start, end=line.end), "expected a shorter line"
                yield Quarantined(reason="oversize_line", detail=detail, span=span, origin=origin)
                continue
            if not line.data.strip():
                continue
            said = parse(line.data.decode("utf-8", "replace").rstrip("\r"))
            if said is None:
                n_other += 1
                continue
            n_used += 1
            self._keep(said, line)
            yield from self.ready
            self.ready.clear()
        self.finish()
        yield from self.ready
        skipped = {"no_finding": n_other} if n_other else {}
        yield Tally(n_lines=n_used + n_other + n_quarantined, n_used=n_used, skipped=skipped)

    def _keep(self, said: Said, line: Line) -> None:
        self._has_shape = True
        self._end = max(self._end, line.end)
        result = GateResult(
            id=self._run.next_id(),
            gate_run_id=self._run.id,
            status=said.status,
            name=said.name,
            rule=said.rule,
            severity=said.severity,
            path=said.path,
            line=said.line,
            column=said.column,
            end_line=said.end_line,
            end_column=said.end_column,
            message=at_most(said.message),
            text=at_most(said.text),
            commit=said.commit,
            span=Span(start=line.start, end=line.end),
        )
        self.ready.append(self._run.add(result))
