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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tracemill.base.ids import make_id
from tracemill.export import EXPORTERS, Exporter
from tracemill.flows.executor import Executor
from tracemill.records.datasets import DatasetVersion, ExportedFile
from tracemill.records.examples import ChatExample
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import sync_folder

_ID_START: Final = len("example_")
_BUCKET_LETTERS: Final = 2
_ROWS: Final = 16
_encode: Final = msgspec.json.Encoder().encode


def sort_bucket(rows: pa.Table) -> pa.Table:
    """Sort the rows of one bucket, and keep the first of those with equal ids."""
    order = pc.sort_indices(rows, [("id", "ascending"), ("episode_id", "ascending")])
    ordered = rows.take(order)
    ids = ordered.column("id").to_pylist()
    is_first = [i == 0 or ids[i] != ids[i - 1] for i in range(len(ids))]
    return ordered.filter(pa.array(is_first, pa.bool_()))


def sorted_examples(lake: Lake, executor: Executor, scratch: Path) -> Iterator[ChatExample]:
    """Yield every example once, ordered by id."""
    rows = (_with_bucket(batch) for batch in lake.batches(TABLES["examples"]))
    paths: dict[str, Path] = {}
    for number, bucket in enumerate(executor.group(rows, "bucket", sort_bucket)):
        path = scratch / f"{bucket.column('bucket')[0].as_py()}-{number:08}.arrow"
        with pa.ipc.new_stream(str(path), bucket.schema) as writer:
            writer.write_table(bucket, max_chunksize=_ROWS)
        paths[path.name] = path
    for _, path in sorted(paths.items()):
        with pa.OSFile(str(path)) as opened, pa.ipc.open_stream(opened) as batches:
            for batch in batches:
                yield from TABLES["examples"].from_batch(batch)
        path.unlink()


def _with_bucket(batch: pa.RecordBatch) -> pa.RecordBatch:
    stop = _ID_START + _BUCKET_LETTERS
    buckets = pc.utf8_slice_codeunits(batch.column("id"), _ID_START, stop)
    return batch.append_column("bucket", buckets)


class VersionWriter:
    """Writes examples, in the order in which they come, as the files of one version."""

    def __init__(self, folder: Path, exporter: Exporter[ChatExample]) -> None:
        self._folder = folder
        self._exporter = exporter
        self._lines: dict[str, Any] = {}
        self._tables: dict[str, pq.ParquetWriter] = {}
        self._held: dict[str, list[Mapping[str, Any]]] = {}
        self._rows: Counter[str] = Counter()
        self._formats: dict[str, str] = {}
        self._ids = hashlib.sha256()
        self.counts: Counter[str] = Counter()

    def add(self, example: ChatExample) -> None:
        """Write one example to the files of its split, and where it came from to another."""
        self._ids.update(example.id.encode())
        self.counts[f"chat/{example.split}"] += 1
        self._line(f"{example.split}.jsonl", self._exporter.row(example), self._exporter.name)
        self._line("lineage.jsonl", {"id": example.id, "lineage": example.lineage}, "lineage")
        held = self._held.setdefault(example.split, [])
        held.append(self._exporter.columns(example))
        if len(held) == _ROWS:
            self._write_table(example.split)

    def _line(self, name: str, row: Any, made_by: str) -> None:
        if name not in self._lines:
            self._lines[name] = (self._folder / name).open("wb")
            self._formats[name] = made_by
        self._lines[name].write(_encode(row) + b"\n")
        self._rows[name] += 1

    def _write_table(self, split: str) -> None:
        name = f"{split}.parquet"
        schema = self._exporter.schema
        if name not in self._tables:
            path = str(self._folder / name)
            self._tables[name] = pq.ParquetWriter(path, schema, compression="zstd")
            self._formats[name] = self._exporter.name
        held = self._held[split]
        self._tables[name].write_table(pa.Table.from_pylist(held, schema=schema))
        self._rows[name] += len(held)
        held.clear()

    def finish(self) -> tuple[ExportedFile, ...]:
        """Close all files, make them durable, and say what they are."""
        for split in [split for split, held in self._held.items() if held]:
            self._write_table(split)
        for opened in [*self._lines.values(), *self._tables.values()]:
            opened.close()
        return tuple(self._described(name) for name in sorted(self._formats))

    def _described(self, name: str) -> ExportedFile:
        path = self._folder / name
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
            os.fsync(opened.fileno())
        return ExportedFile(
            path=name,
            format=self._formats[name],
            rows=self._rows[name],
            n_bytes=path.stat().st_size,
            sha256=found,
        )

    def content_id(self, settings: Sequence[bytes]) -> str:
        """Return the id of a version that holds what was written."""
        return make_id("dataset", self._ids.digest(), *settings)


def publish(
    lake: Lake, executor: Executor, folder: Path, scratch: Path, unfinished: DatasetVersion
) -> DatasetVersion | None:
    """Write all examples as a version below `folder`; None where there are none.

    `unfinished` gives name, parent, settings and drops; the rest is added here. A version that
    is there already is left as it is.
    """
    part = scratch / "version"
    part.mkdir()
    exporter: Exporter[ChatExample] = EXPORTERS.load("trl-chat")()
    writer = VersionWriter(part, exporter)
    n_rows = lake.count(TABLES["examples"])
    for example in sorted_examples(lake, executor, scratch):
        writer.add(example)
    files = writer.finish()
    if not files:
        part.rmdir()
        return None
    n_duplicates = n_rows - writer.counts.total()
    drops = {**unfinished.drops, **({"duplicate": n_duplicates} if n_duplicates else {})}
    settings = (_encode(unfinished.config), _encode(unfinished.code_versions))
    version = msgspec.structs.replace(
        unfinished,
        id=writer.content_id(settings),
        n_examples=dict(sorted(writer.counts.items())),
        drops=dict(sorted(drops.items())),
        files=files,
    )
    _place(part, folder / version.id, version)
    return version


def _place(part: Path, final: Path, version: DatasetVersion) -> None:
    if final.exists():
        shutil.rmtree(part)
        return
    from tracemill.flows.datasets import CARD, MANIFEST
    from tracemill.report.card import dataset_card

    (part / CARD).write_text(dataset_card(version))
    (part / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(version)))
    for path in part.iterdir():
        with path.open("rb") as opened:
            os.fsync(opened.fileno())
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.rename(final)
    sync_folder(final.parent)
