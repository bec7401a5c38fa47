"""One report for each line, checked field by field."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import TeamReport
from tracemill.records.refs import Origin, Span
from tracemill.render.team import read_report, report_kind
from tracemill.sources.json_faults import shape_fault
from tracemill.sources.json_lines import BadShapeError, is_line_too_deep
from tracemill.sources.protocol import SourceRecord

_OTHER: Final = "no_known_report"


class TeamReader:
    """Takes the lines of one file."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._n_taken = 0

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one report; return why it holds nothing to keep, or None where it was used."""
        kind = report_kind(record)
        if kind is None:
            return _OTHER
        if is_line_too_deep(record, line):
            raise BadShapeError("expected a report, found one that is nested too deeply")
        try:
            found = read_report(record, kind)
        except msgspec.ValidationError as error:
            raise BadShapeError(shape_fault(error)) from error
        self._n_taken += 1
        place = f"{line.start}:{self._n_taken}"
        self.ready.append(
            TeamReport(
                id=make_id("event", self._origin.input_id, "team_report", place),
                at=found.at,
                origin=self._origin,
                span=Span(start=line.start, end=line.end),
                session_id=found.session_id,
                project_id=found.project_id,
                report=found.report,
                remainder=found.remainder,
            )
        )
        return None

    def finish(self) -> None:
        """Complete what is still open: nothing ever is."""
