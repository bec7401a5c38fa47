"""Secrets that one input gave away are looked for in all others, by their values.

What rules find in an input depends on its bytes alone. What is looked for by value depends on all
inputs, so it takes a second stage; what is redacted with a teller or behind it in one shard need
not wait for that. When a batch has been read, its rows are searched for the
secrets that are new, before they go into the lake, and inputs whose rows may hold one are read
once more; in the end the same is done with what stands in the lake from before. Reading once more
finds no further secrets, so what the lake says depends neither on the order of inputs nor on who
read them.

In plain, secrets stand in the vault alone: in its catalog, and during a run in files of its spool.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa

from tracemill.base.ids import digest
from tracemill.redact import may_hold
from tracemill.store.lake import Lake
from tracemill.store.tables import FACTS, Table

_LEFT_OUT: Final = "inputs"
"""What these say of inputs is told anew without reading them."""


def keep_secrets(folder: str, name: str, secrets: Iterable[bytes]) -> str | None:
    """Write secrets to a file of the vault, and return its path; None where there are none."""
    values = sorted(secrets)
    if not values:
        return None
    path = Path(folder) / f"{name}.secrets"
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(msgspec.msgpack.encode(values))
    part.replace(path)
    return str(path)


def keep_known(folder: str, secrets: Iterable[bytes]) -> str | None:
    """Write the secrets that all inputs are searched for, under a name that tells them apart.

    Others may be reading a file that is there, and it says the same: it is left as it is.
    """
    values = sorted(secrets)
    name = f"known-{digest(*map(bytes.hex, values))}"
    path = Path(folder) / f"{name}.secrets"
    return str(path) if path.exists() else keep_secrets(folder, name, values)


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


def holders(
    lake: Lake,
    secrets: Collection[bytes],
    known: Collection[bytes],
    settled: Collection[str] = (),
) -> set[str]:
    """Return the inputs whose rows may hold one of some secrets.

    Args:
        lake: Where the rows stand.
        secrets: What is looked for.
        known: What may be gone from the rows already.
        settled: Data files in which none of them stands.
    """
    may = may_hold(secrets, known)
    found: set[str] = set()
    for table in FACTS:
        files = [name for name in lake.files(table) if name not in settled]
        texts = [field.name for field in table.schema if not pa.types.is_primitive(field.type)]
        for batch in lake.batches(table, columns=texts, files=files):
            found |= owners_holding(batch, table, may)
    return found


def owners_holding(rows: pa.RecordBatch, table: Table, may: Callable[[bytes], bool]) -> set[str]:
    """Return the owners of rows of a table whose texts may hold what is looked for."""
    if table.name == _LEFT_OUT:
        return set()
    found: set[str] = set()
    for column in rows.columns:
        if any(map(may, _bytes_of(column))):
            owners, texts = rows.column(table.owner).to_pylist(), column.view(pa.binary())
            each = zip(owners, texts.to_pylist(), strict=True)
            found.update(owner for owner, text in each if text and may(text))
    return found


def _bytes_of(column: pa.Array) -> Iterator[bytes]:
    """Yield what stands in a column of texts, without what only says where each text ends."""
    if not pa.types.is_primitive(column.type):
        yield from (buffer.to_pybytes() for buffer in column.buffers()[2:] if buffer is not None)
