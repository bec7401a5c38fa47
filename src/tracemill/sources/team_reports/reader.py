"""One report for each line, checked field by field."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import TeamReport
from tracemill.records.refs import Origin, Span
from tracemill.render.team import Read, read_report
from tracemill.render.team_lines import LABELED_MARK, place_of, report_parts
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_faults import shape_fault
from tracemill.sources.reading.json_fields import is_line_too_deep
from tracemill.sources.reading.json_lines import BadShapeError

_OTHER: Final = "no_known_report"
_LABELED: Final = "labeled_copy"
_FIRST_NAME: Final = re.compile(r"`\$\.(\w+)")


class TeamReader:
    """Takes the lines of one file."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._n_taken = 0

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one report; return why it holds nothing to keep, or None where it was used."""
        parts = report_parts(record)
        if not parts:
            return _LABELED if LABELED_MARK in record else _OTHER
        if is_line_too_deep(record, line):
            raise BadShapeError("expected a report, found one that is nested too deeply")
        try:
            found = [read_report(part.fields, part.kind) for part in parts]
        except msgspec.ValidationError as error:
            raise BadShapeError(_placed(shape_fault(error), record)) from error
        self.ready.extend(self._event(each, line) for each in found)
        return None

    def _event(self, found: Read, line: Line) -> TeamReport:
        self._n_taken += 1
        place = f"{line.start}:{self._n_taken}"
        return TeamReport(
            id=make_id("event", self._origin.input_id, "team_report", place),
            at=found.at,
            origin=self._origin,
            span=Span(start=line.start, end=line.end),
            session_id=found.session_id,
            project_id=found.project_id,
            report=found.report,
            remainder=found.remainder,
        )

    def finish(self) -> None:
        """Complete what is still open: nothing ever is."""


def _placed(fault: str, record: dict[str, Any]) -> str:
    """Return a fault with its place as the line has it: in a group, and by the name used there."""
    return _FIRST_NAME.sub(lambda found: f"`$.{place_of(found[1], record)}", fault)
