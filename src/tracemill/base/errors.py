"""Our errors, one tree; the shell turns each branch into an exit code.

TracemillError
  UsageError        the person asked for something that cannot be             exit 2
    UnknownNameError  ... a name that nothing answers to
    NotFoundError     ... nothing matched                                     exit 3
      AmbiguousNameError  ... or more than one thing did
  DataError         a file or record is not what it claims to be; recorded,
                    and the run goes on                                       exit 4
    SourceError       ... found while reading a source
    SchemaError       ... found while reading our own store
  PolicyError       a privacy or approval rule of ours forbids it             exit 5
  StoreError        the workspace is locked or damaged                        exit 6
    HeldError         ... another process is writing to it
  WorkerError       a process that worked for us died                         exit 1
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_LISTED: Final = 10
"""How many of many names are listed."""
_MOST_KNOWN: Final = 20
"""How many known names are all listed where one of them is surely meant."""


class TracemillError(Exception):
    """Base of every error that we raise on purpose."""


class UsageError(TracemillError, ValueError):
    """The request cannot be met; the message says what would be."""


class UnknownNameError(UsageError):
    """A name that nothing answers to, said together with those that do."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        from difflib import get_close_matches  # slow to import

        names = sorted(known)
        close = get_close_matches(name, names, 1)
        meant = f"; do you mean {close[0]!r}?" if close else ""
        told = f"; known: {', '.join(names) or 'none'}{meant}"
        if close and len(names) > _MOST_KNOWN:  # a screen of names would hide the one that is meant
            told = f"{meant} {len(names) - 1} others are known"
        super().__init__(f"unknown {kind} {name!r}{told}")


class NotFoundError(UsageError):
    """Nothing matched what was asked for."""


class AmbiguousNameError(NotFoundError):
    """A name that several things answer to, said with the first of them and how many more."""

    def __init__(self, name: str, found: Sequence[str], remedy: str = "give more of it") -> None:
        listed = ", ".join(found[:_LISTED])
        more = f" and {len(found) - _LISTED:,} more" if len(found) > _LISTED else ""
        super().__init__(f"{name!r} may mean any of: {listed}{more}; {remedy}")


class DataError(TracemillError, ValueError):
    """Foreign or stored data is not what it claims to be."""


class SourceError(DataError):
    """A source met input that it cannot read."""


class SchemaError(DataError):
    """A record of our own store cannot be read by this version."""


class PolicyError(TracemillError):
    """One of our own rules forbids it."""


class StoreError(TracemillError):
    """The workspace is in use by another process, or damaged."""


class WorkerError(TracemillError):
    """A process that worked for us died; what was accepted is kept."""


class HeldError(StoreError):
    """Another process is writing to the workspace; it is free again when that is done."""
