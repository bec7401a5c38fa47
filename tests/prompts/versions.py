"""Documents as a repository's history leaves them, and the commits that made them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tracemill.records.events.commits import Commit
from tracemill.records.events.documents import DocumentKind, DocumentVersion, Section
from tracemill.records.refs import Origin, Span

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(source="made", source_version=1, uri="/repo#process-files", input_id="in")
SPAN = Span(start=0, end=0)


def sha(number: int) -> str:
    return f"{number:040x}"


def version(
    number: int,
    text: str | None,
    *,
    path: str = "ai/prompts/architect.md",
    kind: DocumentKind = "prompt",
    at: datetime | None = None,
) -> DocumentVersion:
    """Return what the commit `number` made of a file; None deletes it."""
    return DocumentVersion(
        id=f"ev_{path}_{number}", at=at or BEGIN + timedelta(days=number), origin=ORIGIN, span=SPAN,
        path=path, commit=sha(number), change="deleted" if text is None else "modified",
        object_id=None if text is None else f"{hash(text)}", document=kind,
        sections=None if text is None else (Section(text=text),),
    )  # fmt: skip


def commits(n: int, at: datetime | None = None) -> list[Commit]:
    """Return one line of commits, each the parent of the next."""
    return [
        Commit(
            id=f"commit_{number}", at=at or BEGIN + timedelta(days=number), origin=ORIGIN,
            span=SPAN, sha=sha(number), parents=(sha(number - 1),) if number else (),
            subject=f"Change {number}",
        )
        for number in range(n)
    ]  # fmt: skip


def texts(*said: str | None) -> Sequence[DocumentVersion]:
    """Return the versions of one file that say this, one after another."""
    return [version(number, text) for number, text in enumerate(said)]
