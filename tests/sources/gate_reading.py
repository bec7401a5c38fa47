"""How the tests of gate reports read, and a plain view of what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.sources.reading import origin_of

from tracemill.records.events.gates import GateResult, GateRun
from tracemill.records.inputs import Quarantined, Tally
from tracemill.sources import sources_of
from tracemill.sources.content import Content
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import Source, SourceRecord


class Gates(NamedTuple):
    """What one report held."""

    records: list[SourceRecord]
    runs: list[GateRun]
    results: list[GateResult]
    quarantined: list[Quarantined]
    tally: Tally

    @property
    def run(self) -> GateRun:
        (run,) = self.runs
        return run

    @property
    def statuses(self) -> Counter[str]:
        return Counter(result.status for result in self.results)

    def failing(self) -> list[GateResult]:
        return [result for result in self.results if result.status in {"failed", "error"}]


def read_gates(source: Source, data: bytes | Iterable[bytes], max_bytes: int = 2**28) -> Gates:
    blocks = [data] if isinstance(data, bytes) else data
    records = list(source.read(Content(blocks, max_bytes), origin_of(source, "file:report")))
    *_, tally = records
    assert isinstance(tally, Tally)
    return Gates(
        records=records,
        runs=[record for record in records if isinstance(record, GateRun)],
        results=[record for record in records if isinstance(record, GateResult)],
        quarantined=[record for record in records if isinstance(record, Quarantined)],
        tally=tally,
    )


def readers_of(data: bytes) -> list[str]:
    """Return the names of the sources that take a nameless file with these bytes."""
    head = Head(Path("a"), data[:HEAD_BYTES], n_bytes=len(data))
    return [source.name for source in sources_of("file") if source.recognises(head)]


def assert_sums(found: Gates) -> None:
    """Assert that lines add up, ids are unique, and totals are those of the results."""
    tally = found.tally
    assert tally.n_lines == tally.n_used + len(found.quarantined) + sum(tally.skipped.values())
    ids = [run.id for run in found.runs] + [result.id for result in found.results]
    assert len(set(ids)) == len(ids)
    for run in found.runs:
        own = Counter(r.status for r in found.results if r.gate_run_id == run.id)
        assert not own or own == run.totals
    assert {result.gate_run_id for result in found.results} <= {run.id for run in found.runs}
