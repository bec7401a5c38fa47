"""What a run of a generator has done so far, line by line on disk, with nothing that is private."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tracemill.flows.privacy.documents import redacted_file
from tracemill.records.canonical import as_given_json
from tracemill.records.synth.generation import Draft, ModelExchange
from tracemill.redact import Redactor
from tracemill.store.journal import append_line, read_journal

_DRAFTS: Final = "drafts.jsonl"
_REQUESTS: Final = "requests.jsonl"
_REMEDY: Final = "delete its folder and run again: it is made anew"


class Journal:
    """Appends whole lines, from whichever thread, and reads them back without a torn last one."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._redactor = redactor
        self._lock = threading.Lock()

    def note(self, record: Draft | ModelExchange) -> None:
        """Keep a record, redacted."""
        name = _DRAFTS if isinstance(record, Draft) else _REQUESTS
        with self._lock:
            line = redacted_file(as_given_json(record), self._redactor).data.rstrip(b"\n")
            append_line(self._folder / name, line)

    def drafts(self) -> list[Draft]:
        """Return the drafts, in the order in which they were done."""
        return list(read_journal(self._folder / _DRAFTS, Draft, _REMEDY))

    def exchanges(self) -> Iterator[ModelExchange]:
        """Yield what the model was asked, and what it said."""
        return read_journal(self._folder / _REQUESTS, ModelExchange, _REMEDY)
