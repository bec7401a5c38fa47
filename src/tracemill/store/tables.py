"""The lake's tables: records as Arrow columns, and back.

Columns follow from a record's fields: plain values become typed columns, a `Span` becomes
`byte_start` and `byte_end`, and everything nested becomes a JSON text, so that rows stay readable
to any engine while records may nest as they like. A tagged union keeps what all its members
share as columns, and the whole record as JSON.

What agents said, and what examples hold of it, keeps the order in which it was said: whoever
imitates a call writes its arguments one behind the other. Elsewhere keys stand in their order.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from itertools import accumulate
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
import pyarrow as pa

from tracemill.records.canonical import as_given_json, canonical_json
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
)
from tracemill.records.datasets.versions import Omission
from tracemill.records.events.event import Event, EventBase
from tracemill.records.events.gates import FixPair, FlakyTest, GateResult
from tracemill.records.inputs import Input, Quarantined
from tracemill.records.labels import Label
from tracemill.records.links import Link
from tracemill.records.privacy.findings import Finding
from tracemill.records.refs import Origin, Record, Span
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.work.change_sets import ChangeSet
from tracemill.records.work.episodes import Episode
from tracemill.records.work.survival import Survival
from tracemill.store.arrow import prepare_arrow

prepare_arrow()

_PLAIN: Final[Mapping[type, pa.DataType]] = {
    str: pa.string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("us", tz="UTC"),
}


class Column(NamedTuple):
    """One field of a record as a column."""

    name: str
    arrow: pa.DataType
    is_json: bool
    type: Any
    """The field's type, to read JSON back."""


class Table:
    """One table of the lake.

    What follows from the fields of its records is worked out once, and only where it is needed:
    for all tables together that takes longer than to import most other modules.
    """

    def __init__(
        self,
        name: str,
        record: Any,
        owner: str,
        shared: type[Record] | None = None,
        encode: Callable[[Any], bytes] = canonical_json,
    ) -> None:
        self.name = name
        self.record = record
        """Type of the records in it."""
        self.owner = owner
        """Column by which rows are replaced: all rows with one value go together."""
        self.has_whole = shared is not None
        """Whether the column `record` holds the whole record as JSON."""
        self._shared = shared
        self._encode = encode
        """How what is nested becomes JSON."""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns that follow from the record's fields, or from those that all of a union share."""
        if self._shared is None:
            return tuple(_columns(self.record))
        shared = _columns(self._shared)
        return tuple(c for c in shared if not c.is_json and c.type is not Span)

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema of the table."""
        fields = [pa.field(column.name, column.arrow) for column in self.columns]
        if self.owner not in self._by_name:
            fields.insert(0, pa.field(self.owner, pa.string()))
        if self.has_whole:
            fields.append(pa.field("record", pa.string()))
        return pa.schema(fields)

    def to_batch(
        self, records: Sequence[Any], owners: Sequence[str] | None = None
    ) -> pa.RecordBatch:
        """Turn records into columns; `owners` gives the owner column where no field does."""
        schema = self.schema
        arrays = [self._array(field, records, owners) for field in schema]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _array(
        self, field: pa.Field, records: Sequence[Any], owners: Sequence[str] | None
    ) -> pa.Array:
        if field.name == "record" and self.has_whole:
            return _texts([self._encode(record) for record in records])
        column = self._by_name.get(field.name)
        if column is None:
            assert owners is not None, f"{self.name}: rows need their {self.owner}"
            return pa.array(owners, pa.string())
        values = map(_reader(column), records)
        if column.is_json:
            return _texts([self._json(value) for value in values])
        return pa.array(list(values), column.arrow)

    def _json(self, value: Any) -> bytes | None:
        """Return a value as JSON; what is unknown or empty is null, what is false is not."""
        return None if value is None or value in ((), {}) else self._encode(value)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def from_batch(self, batch: pa.RecordBatch) -> Iterator[Any]:
        """Turn columns back into records."""
        if self.has_whole:
            decode = msgspec.json.Decoder(self.record).decode
            for text in batch.column("record").to_pylist():
                yield decode(text)
            return
        present = [column for column in self.columns if column.name in batch.schema.names]
        fields = _fields({c.name: _values(batch.column(c.name), c) for c in present}, self.record)
        required = _required(self.record)
        for row in zip(*fields.values(), strict=True):
            yield self.record(
                **{
                    name: value
                    for name, value in zip(fields, row, strict=True)
                    if value is not None or name in required
                }
            )


def _texts(encoded: list[bytes | None]) -> pa.Array:
    """Return JSON as texts; Arrow need not look whether what was just encoded is UTF-8.

    Arrow would grow its buffer as values come, and copy what it holds each time.
    """
    ends = accumulate((0 if each is None else len(each) for each in encoded), initial=0)
    offsets = pa.py_buffer(array("i", ends))
    texts = pa.py_buffer(b"".join(filter(None, encoded)))
    n_unknown = encoded.count(None)
    is_known = pa.array([each is not None for each in encoded]).buffers()[1] if n_unknown else None
    return pa.StringArray.from_buffers(len(encoded), offsets, texts, is_known, n_unknown)


def _reader(column: Column) -> Any:
    if column.type is Span:
        return attrgetter(f"span.{column.name.removeprefix('byte_')}")
    if column.type is Origin and not column.is_json:
        return attrgetter(f"origin.{column.name}")
    return attrgetter(column.name)


def _values(array: pa.Array, column: Column) -> list[Any]:
    if not column.is_json:
        return list(array.to_pylist())
    decode = _decoder(column.type)
    texts = array.view(pa.binary()).to_pylist()
    return list(_decoded(texts, decode))


def _decoded(texts: Iterable[bytes | None], decode: Callable[[bytes], Any]) -> Iterator[Any]:
    """Yield values, the same one for the same text behind another: copies stand together."""
    before = value = None
    for text in texts:
        if text != before:
            before, value = text, None if text is None else decode(text)
        yield value


@cache
def _decoder(kind: Any) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(kind).decode


def _fields(columns: dict[str, list[Any]], kind: Any) -> dict[str, list[Any]]:
    """Put the columns of a nested record together again: one list for each field of `kind`."""
    names = kind.__struct_fields__
    if "span" in names:
        ends = zip(columns.pop("byte_start"), columns.pop("byte_end"), strict=True)
        columns["span"] = [Span(start=start, end=end) for start, end in ends]
    if "origin" in names:
        parts = zip(*(columns.pop(name) for name in Origin.__struct_fields__), strict=True)
        columns["origin"] = [
            Origin(**dict(zip(Origin.__struct_fields__, part, strict=True))) for part in parts
        ]
    return columns


@cache
def _required(kind: type[Record]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(kind) if field.required)


def _columns(record: type[Record]) -> Iterator[Column]:
    for field in msgspec.structs.fields(record):
        kind = _bare(field.type)
        if kind is Span:
            yield Column("byte_start", pa.int64(), is_json=False, type=Span)
            yield Column("byte_end", pa.int64(), is_json=False, type=Span)
        elif kind is Origin:
            for part in msgspec.structs.fields(Origin):
                yield Column(part.name, _PLAIN[part.type], is_json=False, type=Origin)
        elif kind in _PLAIN:
            yield Column(field.name, _PLAIN[kind], is_json=False, type=kind)
        else:
            yield Column(field.name, pa.string(), is_json=True, type=field.type)


def _bare(kind: Any) -> Any:
    """Strip `Annotated`, `| None` and `Literal` down to the type that is stored."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return type(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        members = [member for member in get_args(kind) if member is not NoneType]
        return _bare(members[0]) if len(members) == 1 else kind
    return kind


def _said(name: str, record: type[Record], owner: str) -> Table:
    return Table(name, record, owner, encode=as_given_json)


FACTS: Final = (
    Table("trajectories", Trajectory, "input_id"),
    _said("steps", Step, "input_id"),
    Table("events", Event, "input_id", EventBase),
    Table("gate_results", GateResult, "input_id"),
    Table("findings", Finding, "input_id"),
    Table("quarantine", Quarantined, "input_id"),
    Table("activities", Activity, "input_id"),
    Table("inputs", Input, "id"),
)
"""What was read. All rows of an input are replaced together; `inputs` is written last."""

DERIVATIONS: Final = (
    Table("links", Link, "id"),
    Table("labels", Label, "target_id"),
    Table("fix_pairs", FixPair, "id"),
    Table("flaky_tests", FlakyTest, "id"),
    Table("episodes", Episode, "id"),
    Table("change_sets", ChangeSet, "id"),
    Table("survivals", Survival, "id"),
    _said("examples", ChatExample, "episode_id"),
    _said("preferences", PreferenceExample, "episode_id"),
    _said("unpaired", UnpairedExample, "episode_id"),
    _said("stepwise", StepwiseExample, "episode_id"),
    _said("prompts", PromptExample, "episode_id"),
    Table("omissions", Omission, "episode_id"),
)
"""What was derived, and can be derived again."""

EXAMPLE_TABLES: Final = ("examples", "preferences", "unpaired", "stepwise", "prompts")
"""Those that a dataset is made from."""

TABLES: Final[Mapping[str, Table]] = {table.name: table for table in FACTS + DERIVATIONS}
"""Every table by name."""

_TABLE_OF: Final[Mapping[type[Record], str]] = {
    TABLES[name].record: name for name in EXAMPLE_TABLES
}


def table_of(example: Example) -> str:
    """Return the name of the table that holds examples of this kind."""
    return _TABLE_OF[type(example)]
