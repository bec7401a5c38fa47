"""What an ingest says of itself, while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tracemill.flows.results import Failure
from tracemill.records.refs import Record


class Progress(NamedTuple):
    """How far a stage has come."""

    stage: str
    done_bytes: int
    total_bytes: int


Report = Callable[[Progress], None]
"""Called now and then with how far a stage has come."""


class Ingested(Record, frozen=True, kw_only=True):
    """What an ingest did. Counts are of this run, not of the whole store."""

    inputs: dict[str, int]
    """Inputs looked at: `read`, `unchanged`, and a count for each reason to skip."""
    records: dict[str, int]
    """Records read, counted by kind."""
    skipped_lines: dict[str, int]
    """Lines that made no record, counted by reason."""
    n_bytes: int
    """Bytes read."""
    failures: tuple[Failure, ...]
    """Inputs that could not be read whole, also those met before and unchanged."""
    changed: bool
    """Whether anything in the lake changed."""
