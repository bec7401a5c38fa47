"""AutoForge: a process whose state lies beside the code, `.autoforge/state/*.json`.

The model of this source: one document holds all work (features, their phases, their tasks, and
issues), another all decisions. Each item of work is an issue as it stands, and names the one that
it is a part of; each decision names the work that it came from. The documents are written anew
with each change, so how work went stands in their history in git.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import Decision
from tracemill.records.events.forge import Issue, IssueLink, IssueState
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_ENVELOPE: Final = frozenset({"schemaVersion", "revision", "updatedAt", "data"})
_LISTS: Final[Mapping[str, str]] = {
    "features": "feature",
    "phases": "phase",
    "tasks": "task",
    "issues": "issue",
    "decisions": "decision",
}
"""The lists that state holds, and what one item of each is."""
_PARENTS: Final = ("featureId", "phaseId", "taskId")
_STATES: Final[Mapping[str, IssueState]] = {
    "planned": "open",
    "pending": "open",
    "open": "open",
    "blocked": "open",
    "active": "in_progress",
    "in_progress": "in_progress",
    "completed": "closed",
    "resolved": "closed",
    "closed": "closed",
    "cancelled": "closed",
}
_KIND: Final = "\0kind"
"""Key under which the reader is told which list an item stands in; no text of a person has it."""


class AutoForge(FileSource):
    """Reads the work and the decisions of AutoForge."""

    name: ClassVar[str] = "autoforge"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"work.json", "decisions.json"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is state with work or decisions in it."""
        data = head.fields.get("data") if head.fields.keys() >= _ENVELOPE else None
        return isinstance(data, dict) and not data.keys().isdisjoint(_LISTS)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each item of work and each decision, and the tally."""
        from tracemill.sources.reading.documents import read_items, read_lists

        lists: dict[tuple[str, ...], str] = {("data", name): kind for name, kind in _LISTS.items()}
        return read_items(read_lists(content, lists, _KIND), origin, _Reader(origin))


class _Reader:
    """Takes items in their order."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._seen: set[str] = set()

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one item."""
        from tracemill.sources.facts.forge_fields import Fields
        from tracemill.sources.reading.json_lines import BadShapeError

        said, kind = Fields(record), record[_KIND]
        native_id = said.text("id")
        if native_id is None:
            raise BadShapeError(f"expected a {kind} with its id, found none")
        if native_id in self._seen:
            return f"duplicate_{kind}"
        self._seen.add(native_id)
        base = {
            "id": make_id("event", self._origin.input_id, kind, native_id),
            "at": said.moment("updatedAt", "createdAt"),
            "origin": self._origin,
            "span": Span(start=line.start, end=line.end),
            "tracker": "autoforge",
            "native_id": native_id,
            "created": said.moment("createdAt"),
        }
        self.ready.append(_decision(said, base) if kind == "decision" else _work(said, base, kind))
        return None

    def finish(self) -> None:
        """Nothing stays open."""


def _work(said: Any, base: dict[str, Any], kind: str) -> Issue:
    parent = said.text(*reversed(_PARENTS))
    status = said.word("status") or ""
    is_closed = _STATES.get(status) == "closed"
    return Issue(
        **base,
        state=_STATES.get(status, "unknown"),
        title=said.text("name", "title"),
        body=said.text("description"),
        issue_type=kind,
        links=(IssueLink(issue=parent, relation="part-of"),) if parent else (),
        close_reason=status if is_closed else None,
    )


def _decision(said: Any, base: dict[str, Any]) -> Decision:
    return Decision(
        **base,
        statement=said.text("statement"),
        reasoning=said.text("reasoning"),
        consequences=said.texts("consequences"),
        scope=said.texts("scope"),
        related=said.texts("relatedWork"),
        supersedes=said.text("supersedes"),
        status=said.word("status"),
    )
