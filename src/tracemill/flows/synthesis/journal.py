"""What a run of a generator has done so far, line by line on disk, with nothing that is private."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from tracemill.base.errors import StoreError
from tracemill.flows.privacy.documents import redacted_file
from tracemill.records.generation import Draft, ModelExchange
from tracemill.redact import Redactor

_DRAFTS: Final = "drafts.jsonl"
_REQUESTS: Final = "requests.jsonl"
_encode: Final = msgspec.json.Encoder(order="deterministic").encode
Kept = TypeVar("Kept", Draft, ModelExchange)


class Journal:
    """Appends whole lines, from whichever thread, and reads them back without a torn last one."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._redactor = redactor
        self._lock = threading.Lock()
        for name in (_DRAFTS, _REQUESTS):
            _mend(folder / name)

    def note(self, record: Draft | ModelExchange) -> None:
        """Keep a record, redacted."""
        name = _DRAFTS if isinstance(record, Draft) else _REQUESTS
        with self._lock:
            line = redacted_file(_encode(record), self._redactor).data.rstrip(b"\n") + b"\n"
            with (self._folder / name).open("ab") as out:
                out.write(line)
                out.flush()

    def drafts(self) -> list[Draft]:
        """Return the drafts, in the order in which they were done."""
        return list(_read(self._folder / _DRAFTS, Draft))

    def exchanges(self) -> Iterator[ModelExchange]:
        """Yield what the model was asked, and what it said."""
        return _read(self._folder / _REQUESTS, ModelExchange)


def _mend(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    if path.exists() and (data := path.read_bytes()) and not data.endswith(b"\n"):
        path.write_bytes(data[: data.rfind(b"\n") + 1])


def _read(path: Path, kind: type[Kept]) -> Iterator[Kept]:
    if not path.exists():
        return
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield decoder.decode(line)
            except msgspec.DecodeError as error:
                raise StoreError(
                    f"{str(path)!r} line {number}: expected what a generator noted: {error}; "
                    "delete its folder and run again: it is made anew"
                ) from error
