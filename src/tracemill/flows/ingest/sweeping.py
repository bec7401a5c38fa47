"""Secrets that one input gave away are looked for in all others, by their values.

What rules find in an input depends on its bytes alone. What is looked for by value depends on all
inputs, so it takes a second stage: when all that is new has been read, the facts are searched for
the secrets that are new, and inputs whose rows hold one are read once more, from the archive. That
finds no further secrets, so one such stage is enough, and what the lake says in the end depends
neither on the order of inputs nor on who read them.

In plain, secrets stand in the vault alone: in its catalog, and during a run in files of its spool.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa

from tracemill.base.ids import digest
from tracemill.redact import may_hold
from tracemill.store.lake import Lake
from tracemill.store.tables import FACTS

_LEFT_OUT: Final = "inputs"
"""Addresses of inputs make their ids, so what stands there may not depend on other inputs."""


def keep_secrets(folder: str, name: str, secrets: Iterable[bytes]) -> str | None:
    """Write secrets to a file of the vault, and return its path; None where there are none."""
    values = sorted(secrets)
    if not values:
        return None
    path = Path(folder) / f"{name}.secrets"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.msgpack.encode(values))
    return str(path)


def keep_known(folder: str, secrets: Iterable[bytes]) -> str | None:
    """Write the secrets that all inputs are searched for, under a name that tells them apart."""
    values = sorted(secrets)
    return keep_secrets(folder, f"known-{digest(*map(bytes.hex, values))}", values)


def taken_secrets(path: str | None) -> tuple[bytes, ...]:
    """Return the secrets of a file, which goes."""
    if path is None:
        return ()
    secrets = _read(path)
    Path(path).unlink()
    return secrets


@lru_cache(maxsize=2)
def known_secrets(path: str | None) -> tuple[bytes, ...]:
    """Return the secrets of a file that `keep_known` wrote."""
    return () if path is None else _read(path)


def _read(path: str) -> tuple[bytes, ...]:
    return msgspec.msgpack.decode(Path(path).read_bytes(), type=tuple[bytes, ...])


def holders(lake: Lake, secrets: Collection[bytes]) -> set[str]:
    """Return the inputs whose rows may hold one of some secrets."""
    may = may_hold(secrets)
    found: set[str] = set()
    for table in FACTS:
        texts = [field.name for field in table.schema if not pa.types.is_primitive(field.type)]
        for batch in lake.batches(table, columns=texts) if table.name != _LEFT_OUT else ():
            if any(may(data) for data in _bytes_of(batch)):
                owners = batch.column(table.owner).to_pylist()
                rows = zip(owners, batch.to_pylist(), strict=True)
                found.update(owner for owner, row in rows if may(msgspec.json.encode(row)))
    return found


def _bytes_of(batch: pa.RecordBatch) -> Iterator[bytes]:
    """Yield what stands in columns of texts, without what only says where each text ends."""
    for column in batch.columns:
        yield from (buffer.to_pybytes() for buffer in column.buffers()[2:] if buffer is not None)
