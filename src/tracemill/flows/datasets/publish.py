"""A dataset version out of the examples in the lake.

Examples are spread over buckets by how their ids begin, as many as it takes for each bucket to be
sorted in memory while the whole may be larger. The buckets, one behind the
other, and one table of examples behind the other, are the version: the same examples give the same
bytes, whatever the executor. Messages are encoded once, and both forms of a file hold the same
text. A version is written beside its final place and renamed there, so that a folder of its name
always is the whole of it.
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
import pyarrow.parquet as pq

from tracemill.base.ids import make_id
from tracemill.export import EXPORTERS, Exporter
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.versions import LINEAGE_FILE
from tracemill.flows.executors.protocol import Executor
from tracemill.records.canonical import as_given_json
from tracemill.records.datasets.examples import ChatExample, Example, kind_of
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile, Reject
from tracemill.report.card import CardFacts, dataset_card
from tracemill.store.arrow import compute as pc
from tracemill.store.lake import Lake, is_any
from tracemill.store.tables import Table
from tracemill.store.workspace import sync_folder

_ID_START: Final = len("example_")
_BYTES_AT_ONCE: Final = 48 * 2**20
_BUCKET_BYTES: Final = 4 * 2**20
_ROWS: Final = 16
_ORDER: Final = ("id", "episode_id")
"""Columns by which examples are ordered."""
_ROW_GROUP_BYTES: Final = 4 * 2**20
_FORMATS: Final = {
    **dict.fromkeys(("chat", "whole", "turn", "direct", "view", "spec", "recovery"), "trl-chat"),
    "preference": "trl-preference",
    "unpaired": "trl-unpaired",
    "stepwise": "trl-stepwise",
    "prompt": "trl-prompt",
}
"""The format of each kind of example; each has files of its own, so that who loads one kind learns
nothing twice."""
LINEAGE: Final = "lineage"
REJECTS: Final = "rejects"
"""Files that tell of a version's rows and hold none."""


def sort_bucket(rows: pa.Table) -> pa.Table:
    """Sort the rows of one bucket, so that copies of an example follow one another."""
    return rows.take(pc.sort_indices(rows, [(name, "ascending") for name in _ORDER]))


def sorted_examples(
    lake: Lake,
    table: Table,
    executor: Executor,
    scratch: Path,
    named: Mapping[str, str] | None = None,
) -> Iterator[Example]:
    """Yield every example of a table, or copies of those that are named, ordered by id.

    Of those that are named, each with an episode, the copies from these episodes come.
    """
    n_letters = _letters_of_buckets(lake.n_bytes(table))
    batches = lake.batches(table)
    if named is not None:
        owners = set(named.values())
        batches = lake.batches(table, owners=owners, where=is_any("id", named))
    if n_letters:
        batches = _sorted_rows(batches, n_letters, executor, scratch)
    else:
        batches = _sorted_at_once(batches)
    for batch in batches:
        yield from table.from_batch(batch)


def _sorted_at_once(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield all rows in order, a few at a time; each is held once."""
    held = list(batches)
    places = sorted(
        (*names, number, row)
        for number, batch in enumerate(held)
        for row, names in enumerate(zip(*_names(batch), strict=True))
    )
    for first in range(0, len(places), _ROWS):
        some = places[first : first + _ROWS]
        yield pa.concat_batches([held[number].slice(row, 1) for *_, number, row in some])


def _names(batch: pa.RecordBatch) -> list[list[str]]:
    return [batch.column(name).to_pylist() for name in _ORDER]


def _letters_of_buckets(n_bytes: int) -> int:
    """Return by how many letters of their ids, each one of 16, examples are spread."""
    if n_bytes <= _BYTES_AT_ONCE:
        return 0
    n_letters = 1
    while n_bytes > _BUCKET_BYTES * 16**n_letters:
        n_letters += 1
    return n_letters


def _sorted_rows(
    batches: Iterator[pa.RecordBatch], n_letters: int, executor: Executor, scratch: Path
) -> Iterator[pa.RecordBatch]:
    rows = (_with_bucket(batch, n_letters) for batch in batches)
    paths: dict[str, Path] = {}
    for number, bucket in enumerate(executor.group(rows, "bucket", sort_bucket)):
        path = scratch / f"{bucket.column('bucket')[0].as_py()}-{number:08}.arrow"
        with pa.ipc.new_stream(str(path), bucket.schema) as writer:
            writer.write_table(bucket, max_chunksize=_ROWS)
        paths[path.name] = path
    for _, path in sorted(paths.items()):
        with pa.OSFile(str(path)) as opened, pa.ipc.open_stream(opened) as kept:
            yield from kept
        path.unlink()


def _with_bucket(batch: pa.RecordBatch, n_letters: int) -> pa.RecordBatch:
    buckets = pc.utf8_slice_codeunits(batch.column("id"), _ID_START, _ID_START + n_letters)
    return batch.append_column("bucket", buckets)


def _part_of(example: Example) -> Part:
    is_own = isinstance(example, ChatExample) and example.builder != "session"
    assert example.split is not None, "no example is written before its split is known"
    return Part(example.builder if is_own else kind_of(example), example.split)


class VersionWriter:
    """Writes examples, in the order in which they come, as the files of one version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._exporters: dict[str, Exporter[Any]] = {
            kind: EXPORTERS.load(name)() for kind, name in _FORMATS.items()
        }
        self._lines: dict[str, Any] = {}
        self._tables: dict[str, pq.ParquetWriter] = {}
        self._held: dict[Part, list[Mapping[str, Any]]] = {}
        self._n_held: Counter[Part] = Counter()
        self._rows: Counter[str] = Counter()
        self._formats: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def add(self, example: Example) -> None:
        """Write one example to the files of its part, and where it came from to another."""
        part = _part_of(example)
        self.counts[f"{part.kind}/{part.split}"] += 1
        exporter = self._exporters[part.kind]
        row = exporter.row(example)
        n_bytes = self._line(f"{part.stem}.jsonl", row, exporter.name)
        self._line(LINEAGE_FILE, {"id": example.id, "lineage": example.lineage}, LINEAGE)
        self._held.setdefault(part, []).append(row)
        self._n_held[part] += n_bytes
        if self._n_held[part] >= _ROW_GROUP_BYTES:
            self._write_table(part)

    def reject(self, reject: Reject) -> None:
        """Note what is not in the version."""
        self._line(f"{REJECTS}.jsonl", reject, REJECTS)

    def _line(self, name: str, row: Any, made_by: str) -> int:
        if name not in self._lines:
            self._lines[name] = (self._folder / name).open("wb")
            self._formats[name] = made_by
        self._rows[name] += 1
        n_bytes: int = self._lines[name].write(as_given_json(row) + b"\n")
        return n_bytes

    def _write_table(self, part: Part) -> None:
        name = f"{part.stem}.parquet"
        exporter = self._exporters[part.kind]
        if name not in self._tables:
            self._tables[name] = pq.ParquetWriter(
                str(self._folder / name), exporter.schema, compression="zstd", use_dictionary=False
            )
            self._formats[name] = exporter.name
        held = [_with_texts(row) for row in self._held.pop(part)]
        self._tables[name].write_table(pa.Table.from_pylist(held, schema=exporter.schema))
        self._rows[name] += len(held)
        del self._n_held[part]

    def finish(self) -> tuple[ExportedFile, ...]:
        """Close all files, make them durable, and say what they are."""
        for part in list(self._held):
            self._write_table(part)
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


def _with_texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with JSON as text, which is how Parquet keeps it."""
    return {name: bytes(v) if isinstance(v, msgspec.Raw) else v for name, v in row.items()}


def publish(
    writer: VersionWriter, part: Path, folder: Path, version: DatasetVersion, facts: CardFacts
) -> DatasetVersion:
    """Give what was written its id and its place below `folder`.

    A version that is there already is left as it is.
    """
    known = msgspec.structs.replace(version, n_examples=dict(sorted(writer.counts.items())))
    settings = (
        as_given_json(known.config),
        as_given_json(known.recipe),
        as_given_json(known.code_versions),
    )
    version = msgspec.structs.replace(known, id=content_id(known.files, settings))
    _place(part, folder / version.id, version, facts)
    return version


def content_id(files: Sequence[ExportedFile], settings: Sequence[bytes]) -> str:
    """Return the id of a version: what its rows say, and by which rules they were made.

    Where they came from does not take part: of files with the same bytes, which one stands for
    all follows from the order in which they were read.
    """
    rows = [f for f in files if f.path.endswith(".jsonl") and f.format not in (LINEAGE, REJECTS)]
    return make_id("dataset", *(f"{file.path}:{file.sha256}" for file in rows), *settings)


def _place(part: Path, final: Path, version: DatasetVersion, facts: CardFacts) -> None:
    if final.exists():
        shutil.rmtree(part)
        return
    from tracemill.flows.datasets.versions import CARD, MANIFEST

    (part / CARD).write_text(dataset_card(version, facts))
    (part / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(version)))
    for path in part.iterdir():
        with path.open("rb") as opened:
            os.fsync(opened.fileno())
    sync_folder(part)
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.rename(final)
    sync_folder(final.parent)
