"""Files that a browser may take along: held in memory, and known by a name that nobody can guess.

A name stands for one file of one launch; it is no path, and leads nowhere once newer files took
the place.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple

from tracemill.base.errors import NotFoundError
from tracemill.records.privacy.receipts import Receipt

_MOST: Final = 8
_NAME_BYTES: Final = 16


class Download(NamedTuple):
    """One page that went through the gate."""

    address: str
    """The page that it shows."""
    name: str
    """What the file is called."""
    data: bytes
    """The file."""
    receipt: Receipt
    """What it went through."""


class Downloads:
    """The latest files that were made for the browser."""

    def __init__(self) -> None:
        self._held: dict[str, Download] = {}

    def keep(self, download: Download) -> str:
        """Hold a file, and return what it is asked for by."""
        name = secrets.token_urlsafe(_NAME_BYTES)
        self._held[name] = download
        while len(self._held) > _MOST:
            del self._held[next(iter(self._held))]
        return name

    def find(self, name: str) -> Download:
        """Return a file.

        Raises:
            NotFoundError: there is none, or no longer.
        """
        found = self._held.get(name)
        if found is None:
            raise NotFoundError("no file waits here any more; make it again from its page")
        return found
