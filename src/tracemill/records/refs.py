"""Identity and provenance shared by every record."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

RefKind = Literal["trajectory", "event", "episode", "example"]

Count = Annotated[int, msgspec.Meta(ge=0)]
"""A whole number of things."""
Ratio = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A share or a confidence."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Base of all records: immutable, closed to unknown fields, silent about defaults.

    Each record repeats `kw_only=True`, which msgspec does not hand down, and `frozen=True`, which
    type checkers do not see handed down.
    """


class Origin(Record, frozen=True, kw_only=True):
    """Where a record was read from, precise enough to read it again."""

    source: str
    """Name of the source that read it, for example `claude-code`."""
    source_version: int
    """The reader's output version; a higher one makes its old records stale."""
    uri: str
    """The file or repository, with personal parts pseudonymised."""
    input_id: str
    """The input that owns the record: all of an input's records are replaced together."""


class Span(Record, frozen=True, kw_only=True, array_like=True):
    """Bytes of an input, from `start` up to but not including `end`."""

    start: Count
    """Offset of the first byte."""
    end: Count
    """Offset just behind the last byte."""


class Ref(Record, frozen=True, kw_only=True):
    """A pointer to a record, or to one step in it."""

    kind: RefKind
    """What kind of record `id` names."""
    id: str
    """The record's id."""
    step: int | None = None
    """Index of the step meant, where the record is a trajectory and one step is meant."""

    @property
    def name(self) -> str:
        """What commands call it: the id, with the step behind it where one is meant."""
        return self.id if self.step is None else f"{self.id}#{self.step}"


class Stamp(Record, frozen=True, kw_only=True):
    """Who says so, and in which version."""

    by: str
    """The rule, model or person."""
    version: int
    """Version of the rule; a higher one makes its old statements stale."""
