"""What records tell of contents by their hash, put under the workspace's key.

Git's own hash of a short file, or a bare hash of a line, tells whether a guess at what stands there
is right, also where a secret in it was redacted. Under the key equal contents still have equal
hashes, and nobody without it can test a guess.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import msgspec

from tracemill.base.line_sketch import MAX_OF_COMMIT, Seal, sketch, unpack_hashes
from tracemill.records.events.documents import FileVersion
from tracemill.records.events.event import BareLines, Commit, FileChange, LinesAdded

_DOMAIN: Final = b"tracemill files"
_SEALED_BYTES: Final = 12


class Sealing:
    """Seals with one key."""

    def __init__(self, key: bytes) -> None:
        self.seal: Final = Seal(key)
        """Seals the hashes of lines."""
        self._keyed = blake2b(digest_size=_SEALED_BYTES, key=key, person=_DOMAIN)

    def sealed(self, record: Any) -> Any:
        """Return what may be kept of a record; most are kept as they are."""
        if isinstance(record, BareLines):
            return self._lines(record)
        if isinstance(record, FileVersion):
            return msgspec.structs.replace(record, object_id=self._content(record.object_id))
        if isinstance(record, Commit) and record.files:
            return msgspec.structs.replace(record, files=tuple(map(self._change, record.files)))
        return record

    def _lines(self, lines: BareLines) -> LinesAdded:
        return LinesAdded(
            id=lines.id,
            at=lines.at,
            origin=lines.origin,
            span=lines.span,
            commit=lines.commit,
            lines=sketch(self.seal(unpack_hashes(lines.hashes)), MAX_OF_COMMIT),
        )

    def _change(self, change: FileChange) -> FileChange:
        return msgspec.structs.replace(
            change,
            object_id=self._content(change.object_id),
            old_object_id=self._content(change.old_object_id),
        )

    def _content(self, object_id: str | None) -> str | None:
        if object_id is None:
            return None
        keyed = self._keyed.copy()
        keyed.update(object_id.encode())
        return keyed.hexdigest()
