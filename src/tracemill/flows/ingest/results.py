"""What an ingest says of itself: before it runs, meanwhile, and when it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from tracemill.flows.ingest.discovery import Candidate
from tracemill.flows.ingest.recognition import Skip
from tracemill.flows.results import Failure
from tracemill.records.refs import Record
from tracemill.store.vault import Known

COPY: Final = "duplicate_content"
"""Why an input is not read that holds the very bytes of another."""


ERASED: Final = "erased"
"""Why an input is not read that was erased, or is of somebody who was."""


class Progress(NamedTuple):
    """How far a stage has come."""

    stage: str
    done_bytes: int
    total_bytes: int | None
    """None where nobody can say how much there is."""


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


class Plan(NamedTuple):
    """What an ingest would do."""

    to_read: list[tuple[Candidate, str]]
    """New or changed inputs, with the names of their sources."""
    to_skip: list[tuple[str, str, Skip]]
    """Path, state and reason of new or changed inputs that are not read."""
    unchanged: Counter[str]
    """Inputs that stand as they were, counted by what became of them."""
    to_restore: list[Known]
    """Inputs to be read again from the archive: newer code, or a lake that is gone."""
    failures: list[Failure]
    """Inputs that could not be read whole, or no longer can be, and stay as they are."""
    opened: list[tuple[str, str, Skip]]
    """Path, state and what to say of archives whose members are new or changed: they are known
    only once their members are."""

    @property
    def n_bytes(self) -> int:
        """Bytes to read, as far as they are known beforehand."""
        restored = sum(known.n_bytes for known in self.to_restore)
        return restored + sum(candidate.n_bytes for candidate, _ in self.to_read)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.to_read or self.to_skip or self.to_restore or self.opened)


def nothing_new(plan: Plan) -> Ingested:
    """Return the result of an ingest that found every input as it was."""
    return Ingested(
        inputs=dict(plan.unchanged),
        records={},
        skipped_lines={},
        n_bytes=0,
        failures=tuple(plan.failures),
        changed=False,
    )
