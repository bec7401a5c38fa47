"""The book of allowances, beside the key without which nobody knows what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import StoreError
from tracemill.records.privacy.allowances import Allowance
from tracemill.store.workspace import write_whole

_NAME: Final = "allowances.json"


def read_allowances(vault: Path) -> tuple[Allowance, ...]:
    """Return every decision, those that have ended among them, in their order.

    Raises:
        StoreError: the book is damaged.
    """
    path = vault / _NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Allowance, ...])
    except FileNotFoundError:
        return ()
    except msgspec.DecodeError as error:
        raise StoreError(
            f"{str(path)!r} is damaged ({error}); restore it, or delete it: then nothing is allowed"
        ) from None


def write_allowances(vault: Path, allowances: Iterable[Allowance]) -> None:
    """Put the book in the place of the one before."""
    write_whole(vault / _NAME, msgspec.json.format(msgspec.json.encode(tuple(allowances))))
    (vault / _NAME).chmod(0o600)
