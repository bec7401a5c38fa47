"""Beads: an issue tracker whose issues are lines of one file that is committed beside the code.

The model of this source: each line is an issue as it stands. A tombstone is a deleted issue. The
file is written anew with each change, so its history in git shows how issues went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.forge import Actor, Issue, IssueLink, IssueState
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import list_of

if TYPE_CHECKING:  # loaded where a list of issues is read
    from tracemill.sources.facts.forge_fields import Fields

_FIELDS: Final = frozenset({"id", "title", "status", "priority", "issue_type", "created_at"})
_MAX_PRIORITY: Final = 1000


class Beads(FileSource):
    """Reads the issues of beads."""

    name: ClassVar[str] = "beads"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a list of issues, by the fields of the first."""
        return any(found.keys() >= _FIELDS for found in head.objects[:1])

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each issue, and the tally."""
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, _Reader(origin))


class _Reader:
    """Takes issues in their order."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._seen: set[str] = set()

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one issue."""
        from tracemill.sources.facts.forge_fields import Fields
        from tracemill.sources.reading.json_lines import BadShapeError

        said = Fields(record)
        native_id = said.text("id")
        if native_id is None:
            raise BadShapeError("expected an issue with its id, found none")
        if native_id in self._seen:
            return "duplicate_issue"
        self._seen.add(native_id)
        self.ready.append(self._issue(said, record, native_id, line))
        return None

    def _issue(self, said: Fields, record: Mapping[str, Any], native_id: str, line: Line) -> Issue:
        """Return an issue as a line tells it."""
        priority = record.get("priority")
        is_known = type(priority) is int and abs(priority) < _MAX_PRIORITY
        return Issue(
            id=make_id("event", self._origin.input_id, "issue", native_id),
            at=said.moment("updated_at", "created_at"),
            origin=self._origin,
            span=Span(start=line.start, end=line.end),
            tracker="beads",
            native_id=native_id,
            state=_STATES.get(said.word("status") or "", "unknown"),
            title=said.text("title"),
            body=said.text("description"),
            acceptance=said.text("acceptance_criteria"),
            notes=said.text("notes"),
            issue_type=said.text("issue_type"),
            priority=priority if is_known else None,
            author=_actor(said.text("created_by", "owner")),
            assignees=tuple(filter(None, [_actor(said.text("assignee"))])),
            labels=tuple(each for each in list_of(record.get("labels")) if isinstance(each, str)),
            links=tuple(
                IssueLink(issue=other, relation=each.text("type"))
                for each in said.parts("dependencies")
                if (other := each.text("depends_on_id")) is not None
            ),
            created=said.moment("created_at"),
            closed=said.moment("closed_at"),
            close_reason=said.text("close_reason"),
        )

    def finish(self) -> None:
        """Nothing stays open."""


_STATES: Final[dict[str, IssueState]] = {
    "open": "open",
    "in_progress": "in_progress",
    "closed": "closed",
    "tombstone": "deleted",
}


def _actor(name: str | None) -> Actor | None:
    return Actor(person=name) if name else None
