"""The stream of a git history, record by record: events of commits, and what git could not tell."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from tracemill.base.clock import believed
from tracemill.base.git.changes import changed_files
from tracemill.base.git.log import END, HEADER, N_FIELDS, RECORD_END
from tracemill.base.ids import make_id
from tracemill.base.lines import Line, OversizeLine
from tracemill.records.events.event import (
    BareLines,
    ChangeUndone,
    Commit,
    FileChange,
    LineFate,
    LinesMoved,
)
from tracemill.records.inputs import Quarantined, QuarantineReason, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.facts.commit_message import (
    checkpoints,
    cherry_picked,
    co_authors,
    reverted,
    squashed,
)
from tracemill.sources.protocol import SourceRecord

_LINE_END: Final = RECORD_END[:-1]
_N_UNDONE_FIELDS: Final = 4
_N_LINES_FIELDS: Final = 3
_N_FATE_FIELDS: Final = 5
_SHORTFALLS: Final = {b"files": "line_counts_unavailable", b"commits": "files_unavailable"}
_DETAILS: Final = frozenset({b"counts", *_SHORTFALLS})
_FAULTS: Final[dict[QuarantineReason, str]] = {
    "oversize_line": "expected a commit, found one with a line that is too long",
    "truncated": "expected a whole commit, found one that is cut",
    "bad_shape": "expected a commit, found something that git does not print",
}


def read_history(lines: Iterable[Line | OversizeLine], origin: Origin) -> Iterator[SourceRecord]:
    """Yield an event for each commit, children first, what follows from them, and a tally."""
    reading = _Reading(origin)
    for record in _records(lines):
        yield from reading.take(record)
    yield from reading.end()


class _Raw(NamedTuple):
    """One record of the stream."""

    span: Span
    tokens: list[bytes]
    fault: QuarantineReason | None = None
    """Why its tokens are not all there."""


def _records(lines: Iterable[Line | OversizeLine]) -> Iterator[_Raw]:
    held: list[bytes] = []
    start = end = 0
    fault: QuarantineReason | None = None
    for line in lines:
        end = line.end
        if isinstance(line, OversizeLine):
            fault = "oversize_line"
            continue
        held.append(line.data)
        if line.is_terminated and line.data.endswith(_LINE_END):
            tokens = b"\n".join(held).removesuffix(_LINE_END).split(b"\0")
            yield _Raw(Span(start=start, end=end), tokens, fault)
            held, start, fault = [], end + 1, None
    if start <= end:
        yield _Raw(Span(start=start, end=end), [], "truncated")


@dataclass
class _Reading:
    """What is known while the stream is read."""

    origin: Origin
    refs: dict[str, list[str]] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    shallow: set[str] = field(default_factory=set)
    detail: bytes = b"counts"
    n_commits: int = 0
    n_derived: int = 0
    n_quarantined: int = 0
    shortfalls: Counter[str] = field(default_factory=Counter)
    is_over: bool = False
    end_offset: int = 0

    def take(self, record: _Raw) -> Iterator[SourceRecord]:
        """Yield what one record of the stream holds."""
        self.end_offset = record.span.end
        self.is_over = record.fault == "truncated"
        if record.fault is not None:
            yield self._quarantine(record.fault, _FAULTS[record.fault], record.span)
            return
        kind, _, rest = record.tokens[0].partition(b" ")
        if kind == b"commit":
            yield self._commit(rest.decode("ascii", "replace"), record)
        elif kind in _FOLLOWING:
            yield _FOLLOWING[kind](self, rest.decode("ascii", "replace"), record)
        elif kind == b"left":
            yield from self._left(rest, record)
        elif kind == b"detail" and rest in _DETAILS:
            self.detail = rest
        elif record.tokens[0] == HEADER:
            self._header(record.tokens[1:])
        elif record.tokens[0] == END:
            self.is_over = True
        elif any(record.tokens):
            yield self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)

    def end(self) -> Iterator[SourceRecord]:
        """Yield the tally, and before it whether the stream was cut."""
        if not self.is_over:
            where = Span(start=self.end_offset, end=self.end_offset)
            yield self._quarantine("truncated", "expected an end mark, found none", where)
        n_short = self.shortfalls.total()
        yield Tally(
            n_lines=self.n_commits + self.n_derived + self.n_quarantined + n_short,
            n_used=self.n_commits + self.n_derived,
            skipped=dict(sorted(self.shortfalls.items())),
        )

    def _header(self, tokens: list[bytes]) -> None:
        for token in tokens:
            kind, _, rest = token.decode("utf-8", "replace").partition(" ")
            sha, _, name = rest.partition(" ")
            if kind == "ref":
                named = self.tags if name.startswith("refs/tags/") else self.refs
                named.setdefault(sha, []).append(name.split("/", 2)[-1])
            elif kind == "shallow":
                self.shallow.add(sha)

    def _commit(self, sha: str, record: _Raw) -> SourceRecord:
        tokens = record.tokens
        if len(tokens) <= N_FIELDS or tokens[N_FIELDS - 1] != b".":
            return self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)
        try:
            changes = tuple(_changes(tokens[N_FIELDS:]))
        except ValueError:
            return self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)
        parents, authored, at, author, subject, trailers, body = (
            token.decode("utf-8", "replace") for token in tokens[1 : N_FIELDS - 1]
        )
        self.n_commits += 1
        pairs = _trailers(trailers)
        return Commit(
            id=make_id("commit", self.origin.input_id, sha),
            at=_moment(at),
            origin=self.origin,
            span=record.span,
            sha=sha,
            parents=tuple(parents.split()),
            author=author,
            authored=_moment(authored),
            subject=subject,
            body=body.rstrip("\n"),
            trailers=pairs,
            reverts=reverted(body),
            cherry_picked=cherry_picked(body),
            squashed=squashed(subject, body),
            co_authors=tuple(co_authors(pairs)),
            checkpoints=tuple(checkpoints(pairs)),
            files=self._known(sha, changes),
            refs=tuple(self.refs.get(sha, ())),
            tags=tuple(self.tags.get(sha, ())),
        )

    def undone(self, commit: str, record: _Raw) -> SourceRecord:
        if len(record.tokens) != _N_UNDONE_FIELDS:
            return self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)
        at, undone, how = (token.decode("ascii", "replace") for token in record.tokens[1:])
        self.n_derived += 1
        return ChangeUndone(
            id=make_id("event", self.origin.input_id, "undone", commit, undone),
            at=_moment(at),
            origin=self.origin,
            span=record.span,
            commit=commit,
            undone=undone,
            is_exact=how == "exact",
        )

    def lines(self, commit: str, record: _Raw) -> SourceRecord:
        if len(record.tokens) != _N_LINES_FIELDS:
            return self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)
        try:
            hashes = b64decode(record.tokens[2], validate=True)
        except ValueError:
            return self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)
        self.n_derived += 1
        return BareLines(
            id=make_id("event", self.origin.input_id, "lines", commit),
            at=_moment(record.tokens[1].decode("ascii", "replace")),
            origin=self.origin,
            span=record.span,
            commit=commit,
            hashes=hashes,
        )

    def fate(self, commit: str, record: _Raw) -> SourceRecord:
        tokens = [token.decode("ascii", "replace") for token in record.tokens[1:]]
        try:
            at, n_lines, n_landed, landed, n_lost = tokens[:_N_FATE_FIELDS]
            moved = [_moved(token) for token in tokens[_N_FATE_FIELDS:]]
            counts = [int(each) for each in (n_lines, n_landed, n_lost)]
        except ValueError:
            return self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)
        self.n_derived += 1
        return LineFate(
            id=make_id("event", self.origin.input_id, "fate", commit),
            at=_moment(at),
            origin=self.origin,
            span=record.span,
            commit=commit,
            n_lines=counts[0],
            n_landed=counts[1],
            landed=_moment(landed),
            n_lost=counts[2],
            gone=tuple(each for kind, each in moved if kind == "gone"),
            back=tuple(each for kind, each in moved if kind == "back"),
        )

    def _left(self, rest: bytes, record: _Raw) -> Iterator[SourceRecord]:
        """Count commits of whose lines nothing is known."""
        reason, _, count = rest.partition(b" ")
        if count.isdigit():
            self.shortfalls[reason.decode("ascii", "replace")] += int(count)
        else:
            yield self._quarantine("bad_shape", _FAULTS["bad_shape"], record.span)

    def _known(self, sha: str, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...] | None:
        """Return what is known of the files of a commit, and count where that is not all."""
        shortfall = "shallow_boundary" if sha in self.shallow else _SHORTFALLS.get(self.detail)
        if shortfall is None:
            return changes
        self.shortfalls[shortfall] += 1
        return changes if shortfall == "line_counts_unavailable" else None

    def _quarantine(self, reason: QuarantineReason, detail: str, span: Span) -> Quarantined:
        self.n_quarantined += 1
        return Quarantined(reason=reason, detail=detail, span=span, origin=self.origin)


_FOLLOWING: Final[dict[bytes, Callable[[_Reading, str, _Raw], SourceRecord]]] = {
    b"undone": _Reading.undone,
    b"lines": _Reading.lines,
    b"fate": _Reading.fate,
}
"""What reads a record that follows from several commits."""


def _changes(tokens: list[bytes]) -> Iterator[FileChange]:
    for file in changed_files(tokens):
        yield FileChange(
            path=file.path.decode("utf-8", "replace"),
            status=file.letter,
            added=file.n_added,
            deleted=file.n_deleted,
            old_path=None if file.old_path is None else file.old_path.decode("utf-8", "replace"),
            object_id=file.new_id,
            old_object_id=file.old_id,
        )


def _moved(token: str) -> tuple[str, LinesMoved]:
    kind, commit, at, n_lines = token.split(" ")
    return kind, LinesMoved(commit=commit, at=_moment(at), n_lines=int(n_lines))


def _moment(seconds: str) -> datetime | None:
    """Return the moment `seconds` after 1970; None where git could read no time, or none fits."""
    try:
        return believed(datetime.fromtimestamp(int(seconds), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _trailers(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.partition(":") for line in text.split("\n") if line)
    return tuple((key.strip(), value.strip()) for key, _, value in pairs)
