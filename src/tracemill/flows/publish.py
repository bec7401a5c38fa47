"""A dataset version out of the examples in the lake.

Examples are spread over buckets by how their ids begin, so that each bucket is sorted and freed
of duplicates in memory while the whole may be larger. The buckets, one behind the other, are the
version: the same examples give the same bytes, whatever the executor. A version is written
beside its final place and renamed there, so that a folder of its name always is the whole of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tracemill.base.ids import digest
from tracemill.curate.chat import ChatConfig
from tracemill.export import EXPORTERS
from tracemill.flows.executor import Executor
from tracemill.records.datasets import DatasetVersion, ExportedFile
from tracemill.records.examples import ChatExample
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace, sync_folder

NAME: Final = "chat"
_ID_START: Final = len("example_")
_BUCKET_LETTERS: Final = 2
_encode: Final = msgspec.json.Encoder().encode


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A version that was made."""

    version: DatasetVersion
    folder: Path
    n_duplicates: int


def sort_bucket(rows: pa.Table) -> pa.Table:
    """Sort the rows of one bucket, and keep the first of those with equal ids."""
    order = pc.sort_indices(rows, [("id", "ascending"), ("episode_id", "ascending")])
    ordered = rows.take(order)
    ids = ordered.column("id").to_pylist()
    is_first = [i == 0 or ids[i] != ids[i - 1] for i in range(len(ids))]
    return ordered.filter(pa.array(is_first, pa.bool_()))


def _with_bucket(batch: pa.RecordBatch) -> pa.RecordBatch:
    stop = _ID_START + _BUCKET_LETTERS
    buckets = pc.utf8_slice_codeunits(batch.column("id"), _ID_START, stop)
    return batch.append_column("bucket", buckets)


class Publishing:
    """Writes one version."""

    def __init__(self, workspace: Workspace, lake: Lake, executor: Executor) -> None:
        self._workspace = workspace
        self._lake = lake
        self._executor = executor
        self._counts: Counter[str] = Counter()
        self._ids = hashlib.sha256()

    def _buckets(self, scratch: Path) -> list[Path]:
        """Spill each bucket, sorted and without duplicates, into a file of its own."""
        rows = (_with_bucket(batch) for batch in self._lake.batches(TABLES["examples"]))
        paths = []
        for bucket in self._executor.group(rows, "bucket", sort_bucket):
            path = scratch / f"{bucket.column('bucket')[0].as_py()}.arrow"
            with pa.ipc.new_stream(str(path), bucket.schema) as writer:
                writer.write_table(bucket, max_chunksize=64)
            paths.append(path)
        return sorted(paths)

    def examples(self, scratch: Path) -> Iterator[ChatExample]:
        """Yield all examples once, ordered by id."""
        for path in self._buckets(scratch):
            with pa.OSFile(str(path)) as opened, pa.ipc.open_stream(opened) as batches:
                for batch in batches:
                    yield from TABLES["examples"].from_batch(batch)
            path.unlink()
