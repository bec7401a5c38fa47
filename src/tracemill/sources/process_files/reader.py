"""Versions of process files as records: what each document and each header says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from tracemill.base.clock import believed
from tracemill.base.git.versions import FileChanged
from tracemill.base.ids import make_id
from tracemill.records.events.event import (
    Change,
    DocumentKind,
    DocumentVersion,
    IssueHeader,
    Section,
)
from tracemill.records.inputs import Quarantined, QuarantineReason, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Member
from tracemill.sources.process_files.history import VERSIONS
from tracemill.sources.process_files.issue_headers import issue_header
from tracemill.sources.process_files.markdown import (
    phases_of,
    said_in,
    sections_of,
    title_of,
    todos_of,
)
from tracemill.sources.process_files.table import is_account, kind_of_path, may_be_account
from tracemill.sources.protocol import SourceRecord

_CHANGES: Final[dict[str, Change]] = {"A": "added", "D": "deleted"}
_DATA: Final = (".yaml", ".yml", ".json", ".toml", ".xml")


def read_versions(members: Iterable[Member], origin: Origin) -> Iterator[SourceRecord]:
    """Yield one event for each version of a document or header, and the tally."""
    reading = _Reading(origin)
    for member in members:
        if member.path == VERSIONS and member.data is not None:
            yield from reading.list_versions(member.data, member.start)
        elif member.data is None:
            yield reading.quarantine("oversize_document", "expected a shorter file", member)
        else:
            yield from reading.take(member, member.data)
    yield from reading.end()


class _Content:
    """What one content says, read once for all versions that have it."""

    def __init__(self, data: bytes, span: Span) -> None:
        self.text = data.decode("utf-8", "replace")
        self.header = issue_header(self.text)
        self.span = span


@dataclass
class _Reading:
    """What is known while the stream is read."""

    origin: Origin
    waiting: defaultdict[str, list[FileChanged]] = field(default_factory=lambda: defaultdict(list))
    n_used: int = 0
    n_quarantined: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def list_versions(self, data: bytes, start: int) -> Iterator[SourceRecord]:
        """Take the list of versions; yield those that have no content."""
        for line in data.splitlines(keepends=True):
            version = _version(line)
            span = Span(start=start, end=start + len(line))
            start += len(line)
            if version is None:
                yield self._bad_line(span)
            elif version.object_id is not None:
                self.waiting[version.object_id].append(version)
            else:
                yield from self._deleted(version, span)

    def take(self, member: Member, data: bytes) -> Iterator[SourceRecord]:
        """Yield the versions that have one content."""
        span = Span(start=member.start, end=member.end)
        versions = self.waiting.pop(member.path, [])
        if b"\0" in data:
            self.skipped["binary"] += len(versions)
            return
        content = _Content(data, span)
        for version in versions:
            yield from self._said(version, content)

    def end(self) -> Iterator[SourceRecord]:
        """Yield the tally; versions whose content never came are counted in it."""
        for versions in self.waiting.values():
            self.skipped["content_missing"] += len(versions)
        yield Tally(
            n_lines=self.n_used + self.n_quarantined + self.skipped.total(),
            n_used=self.n_used,
            skipped=dict(sorted(self.skipped.items())),
        )

    def quarantine(self, reason: QuarantineReason, detail: str, member: Member) -> Quarantined:
        """Return that a file of the stream cannot be read."""
        self.n_quarantined += 1
        span = Span(start=member.start, end=member.end)
        return Quarantined(reason=reason, detail=detail, span=span, origin=self.origin)

    def _bad_line(self, span: Span) -> Quarantined:
        self.n_quarantined += 1
        detail = "expected a version of a file, found something else"
        return Quarantined(reason="bad_shape", detail=detail, span=span, origin=self.origin)

    def _deleted(self, version: FileChanged, span: Span) -> Iterator[SourceRecord]:
        kind = kind_of_path(version.path)
        if kind is None:
            self.skipped["deleted"] += 1
            return
        self.n_used += 1
        yield DocumentVersion(document=kind, **self._base(version, "document", span))

    def _said(self, version: FileChanged, content: _Content) -> Iterator[SourceRecord]:
        found = list(self._records(version, content))
        if found:
            self.n_used += 1
        else:
            self.skipped["no_process_file_yet"] += 1
        yield from found

    def _records(self, version: FileChanged, content: _Content) -> Iterator[SourceRecord]:
        if content.header is not None:
            base = self._base(version, "issue_header", content.span)
            yield IssueHeader(**base, **content.header._asdict())
        sections = sections_in(version.path, content.text)
        kind = kind_of(version.path, sections)
        if kind is not None:
            base = self._base(version, "document", content.span)
            yield document(kind, sections, content.text, base)

    def _base(self, version: FileChanged, kind: str, span: Span) -> dict[str, Any]:
        return {
            "id": make_id("event", self.origin.input_id, kind, version.commit, version.path),
            "at": _moment(version.at),
            "origin": self.origin,
            "span": span,
            "path": version.path,
            "commit": version.commit,
            "change": _CHANGES.get(version.letter, "modified"),
            "object_id": version.object_id,
        }


def _version(line: bytes) -> FileChanged | None:
    try:
        fields = orjson.loads(line)
        return FileChanged(**fields) if isinstance(fields["path"], str) else None
    except (ValueError, TypeError, KeyError):
        return None


def _moment(seconds: int) -> datetime | None:
    try:
        return believed(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def document(
    kind: DocumentKind, sections: tuple[Section, ...], text: str, base: dict[str, Any]
) -> DocumentVersion:
    """Return a version of a document; `base` is what does not stand in its text."""
    said = said_in(sections)
    return DocumentVersion(
        document=kind,
        title=title_of(sections),
        status=said.status,
        branch=said.branch,
        sections=sections,
        phases=phases_of(sections),
        todos=todos_of(text),
        **base,
    )


def sections_in(path: str, text: str) -> tuple[Section, ...]:
    """Return the sections of prose; anything else is one section without a heading."""
    if path.lower().endswith(_DATA):
        return (Section(text=text),) if text else ()
    return sections_of(text)


def kind_of(path: str, sections: tuple[Section, ...]) -> DocumentKind | None:
    """Return what a file is for, by its path or else its headings; None where it is no document."""
    kind = kind_of_path(path)
    if kind is not None or not may_be_account(path):
        return kind
    return "account" if is_account(frozenset(section.role for section in sections)) else None
