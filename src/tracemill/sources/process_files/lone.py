"""A document that lies in no repository: one version of it, as it stands.

What it is for is told as in a repository, by its folders and name; of a path only the last parts
count, since those above are whoever keeps it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final

from tracemill.base.ids import make_id
from tracemill.records.events.event import IssueHeader
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.process_files.issue_headers import issue_header
from tracemill.sources.process_files.reader import document, kind_of, sections_in
from tracemill.sources.protocol import SourceRecord

_PARTS: Final = 5
_SHOWN_PARTS: Final = 2
_BETWEEN: Final = re.compile(r"[/\\#]+")


def told_path(address: str, n_parts: int = _PARTS) -> str:
    """Return the end of an address that tells what a file is for."""
    return "/".join(part for part in _BETWEEN.split(address)[-n_parts:] if part)


def is_document(address: str, text: str) -> bool:
    """Tell whether a file is a document, by its address and how it begins."""
    path = told_path(address)
    return kind_of(path, sections_in(path, text)) is not None


def read_document_file(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield the version of a document, the header that it may have, and the tally."""
    data = content.document()
    if data is None:
        span = Span(start=0, end=content.max_bytes + 1)
        detail = f"expected at most {content.max_bytes} bytes, found more"
        yield Quarantined(reason="oversize_document", detail=detail, span=span, origin=origin)
        yield Tally(n_lines=1, n_used=0)
        return
    found = list(_records(data, origin))
    yield from found
    skipped = {} if found else {"no_process_file_yet": 1}
    yield Tally(n_lines=1, n_used=int(bool(found)), skipped=skipped)


def _records(data: bytes, origin: Origin) -> Iterator[SourceRecord]:
    text = data.decode("utf-8", "replace")
    path = told_path(origin.uri)
    base: dict[str, Any] = {
        "origin": origin,
        "span": Span(start=0, end=len(data)),
        "path": told_path(origin.uri, _SHOWN_PARTS),
        "change": "added",
        "object_id": _object_id(data),
    }
    header, sections = issue_header(text), sections_in(path, text)
    if header is not None:
        name = make_id("event", origin.input_id, "issue_header")
        yield IssueHeader(id=name, **base, **header._asdict())
    kind = kind_of(path, sections)
    if kind is not None:
        name = make_id("event", origin.input_id, "document")
        yield document(kind, sections, text, {"id": name, **base})


def _object_id(data: bytes) -> str:
    """Return the hash that git knows a content by, so that equal contents share it everywhere."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
