"""A dataset version out of the examples in the lake.

Examples are spread over buckets by how their ids begin, so that each bucket is sorted and freed
of duplicates in memory while the whole may be larger. The buckets' files, one behind the other,
are the version: the same examples give the same bytes, whatever the executor.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tracemill.base.ids import make_id
from tracemill.curate.chat import CURATE_VERSION, ChatConfig
from tracemill.export import EXPORTERS
from tracemill.flows.executor import Executor
from tracemill.records.datasets import DatasetVersion, ExportedFile
from tracemill.records.examples import ChatExample
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_BUCKET_LETTERS: Final = 2


def without_duplicates(rows: pa.Table) -> pa.Table:
    """Sort the rows of one bucket, and keep the first of those with equal ids."""
    order = pc.sort_indices(rows, [("id", "ascending"), ("episode_id", "ascending")])
    ordered = rows.take(order)
    ids = ordered.column("id").to_pylist()
    first = [i == 0 or ids[i] != ids[i - 1] for i in range(len(ids))]
    return ordered.filter(pa.array(first, pa.bool_()))


def sorted_examples(lake: Lake, executor: Executor) -> Iterator[pa.Table]:
    """Yield all examples once, bucket by bucket."""
    bucketed = (_with_bucket(batch) for batch in lake.batches(TABLES["examples"]))
    yield from executor.group(bucketed, "bucket", without_duplicates)


def _with_bucket(batch: pa.RecordBatch) -> pa.RecordBatch:
    start = len("example_")
    buckets = pc.utf8_slice_codeunits(batch.column("id"), start, start + _BUCKET_LETTERS)
    return batch.append_column("bucket", buckets)
