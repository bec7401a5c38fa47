"""What redaction would make of a file, finding by finding, before anything is done.

What stood there is masked (`gh****`), unless a person at a terminal asked for it: it is then shown
there and nowhere else, and never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.base.errors import DataError
from tracemill.flows.guarding import Refused, guarded
from tracemill.flows.ingest.restore import read_originals
from tracemill.flows.privacy.documents import decoded
from tracemill.flows.privacy.pieces import Piece, pieces, pieces_of_text
from tracemill.flows.privacy.scan import Kind, field_of, line_of, shown_path
from tracemill.flows.results import Failure
from tracemill.records.refs import Record
from tracemill.redact import Found, Redactor, Seen
from tracemill.store.workspace import Workspace

_AROUND: Final = 48
_SHORT: Final = 6
_LONG: Final = 12


class PreviewFinding(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One place that redaction would change."""

    path: str
    """The file."""
    place: str
    """The line or row in it."""
    where: str
    """The field there that holds it; empty in plain text."""
    rule: str
    """The rule that found it."""
    kind: Kind
    """Whether it gives access or points at a person."""
    n_characters: int
    """How long it is."""
    masked: str
    """How it begins."""
    after: str
    """What would stand there."""


class PreviewResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What redaction would change in some files."""

    findings: tuple[PreviewFinding, ...]
    """Every place."""
    failures: tuple[Failure, ...]
    """What could not be looked at."""


class Shown(NamedTuple):
    """A finding, and the words around it; other findings there are redacted."""

    finding: PreviewFinding
    before: str
    """What stands there, unredacted: for the eyes of whoever asks."""
    left: str
    """What stands before it, redacted."""
    right: str
    """What stands behind it, redacted."""


def masked(text: str) -> str:
    """Return how a text begins, less of it the shorter it is."""
    n_shown = 2 if len(text) >= _LONG else 1 if len(text) >= _SHORT else 0
    return f"{text[:n_shown]}****"


def preview(paths: Iterable[Path], redactor: Redactor) -> Iterator[Shown | Failure]:
    """Yield what redaction would change in files, and what it could not look at."""
    for path in paths:
        name = shown_path(path, redactor).shown
        try:
            for piece in pieces(path):
                yield from _of_piece(name, piece, redactor)
        except DataError as error:
            yield Failure(uri=name, reason="not_looked_at", detail=str(error))
        except OSError as error:
            detail = error.strerror or "unknown"
            yield Failure(uri=name, reason="not_readable", detail=detail)


def preview_original(
    workspace: Workspace, name: str, redactor: Redactor
) -> Iterator[Shown | Failure]:
    """Yield what redaction changed in an input as it last stood, out of the archive.

    Raises:
        NotFoundError: nothing that is archived answers to the name.
    """
    for original in read_originals(workspace, name):
        shown = shown_path(original.path, redactor).shown
        try:
            for piece in pieces_of_text(decoded(original.data)):
                yield from _of_piece(shown, piece, redactor)
        except DataError as error:
            yield Failure(uri=shown, reason="not_looked_at", detail=str(error))


def _of_piece(path: str, piece: Piece, redactor: Redactor) -> Iterator[Shown | Failure]:
    seen = guarded(lambda: redactor.look([piece.document]))
    if isinstance(seen, Refused):
        yield Failure(uri=f"{path}, {piece.place}", reason=seen.reason, detail=seen.detail)
        return
    for one in seen:
        for found in one.located.found:
            yield _shown(path, piece, one, found)


def _shown(path: str, piece: Piece, seen: Seen, found: Found) -> Shown:
    where, before = field_of(seen), seen.text[found.start : found.end]
    after = seen.located.text
    finding = PreviewFinding(
        path=path,
        place=piece.place or (line_of(seen.text, found.start) if not where else ""),
        where=where,
        rule=found.rule.id,
        kind=found.rule.kind,
        n_characters=len(before),
        masked=masked(before),
        after=after[found.stand : found.stand_end],
    )
    left = after[max(0, found.stand - _AROUND) : found.stand].rpartition("\n")[2]
    right = after[found.stand_end : found.stand_end + _AROUND].partition("\n")[0]
    return Shown(finding, before, left, right)
