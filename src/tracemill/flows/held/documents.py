"""Documents as they stood last, with how many versions there are of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from tracemill.base.ids import make_id
from tracemill.flows.held.rows import DocumentRow
from tracemill.records.events.event import DocumentVersion, FileVersion, IssueHeader
from tracemill.store.index import Row

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class _Place(NamedTuple):
    input_id: str
    path: str
    is_header: bool


class Documents:
    """Takes versions of documents in any order; of their texts nothing is kept."""

    def __init__(self) -> None:
        self._last: dict[_Place, DocumentRow] = {}
        self._last_ids: dict[_Place, str] = {}

    def take(self, version: FileVersion) -> None:
        """Take one version."""
        place = _Place(version.origin.input_id, version.path, isinstance(version, IssueHeader))
        row = _row(version, place)
        known = self._last.get(place)
        if known is not None:
            moments = sorted(filter(None, (known.first_at, row.first_at)))
            is_newer = _age(row, version.id) > _age(known, self._last_ids[place])
            newest = row if is_newer else known
            row = msgspec.structs.replace(
                newest, versions=known.versions + 1, first_at=moments[0] if moments else None
            )
            if not is_newer:
                self._last[place] = row
                return
        self._last[place], self._last_ids[place] = row, version.id

    def rows(self, outcomes: Mapping[str, str]) -> Iterator[Row]:
        """Yield a row for each document; `outcomes` are labels by the version that they are on."""
        for place, last in self._last.items():
            outcome = outcomes.get(self._last_ids[place])
            row = msgspec.structs.replace(last, outcome=outcome)
            yield Row.of("document", row, row.last_at, (row.path,))


def kind_of(version: FileVersion) -> str:
    """Name what a document is for; a header has a kind of its own."""
    if isinstance(version, DocumentVersion):
        return version.document
    return str(version.__struct_config__.tag)


def _age(row: DocumentRow, version_id: str) -> tuple[datetime, str]:
    return row.last_at or _NEVER, version_id


def _row(version: FileVersion, place: _Place) -> DocumentRow:
    document = version if isinstance(version, DocumentVersion) else None
    return DocumentRow(
        id=make_id("document", place.input_id, place.path, str(place.is_header)),
        kind=kind_of(version),
        path=version.path,
        title=document.title if document else None,
        status=document.status if document else None,
        outcome=None,
        branch=document.branch if document else None,
        open_issues=version.declared_open if isinstance(version, IssueHeader) else None,
        versions=1,
        change=version.change,
        commit=version.commit,
        first_at=version.at,
        last_at=version.at,
        input_id=place.input_id,
        uri=version.origin.uri,
    )
