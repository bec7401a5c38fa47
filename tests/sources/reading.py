"""How the tests of line-based sources read, and where real files are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tracemill.records.events.event import Event, Feedback, StatedOutcome
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.sources.content import Content
from tracemill.sources.head import Head, heads
from tracemill.sources.protocol import Source, SourceRecord, UnreadPart

FOREIGN = Path(
    os.environ.get("TRACEMILL_SHARED_DATA")
    or Path(__file__).resolve().parents[3] / "shared" / "data"
)


class Found(NamedTuple):
    """What one input held, by kind."""

    records: list[SourceRecord]
    steps: list[Step]
    events: list[Event]
    headers: list[Trajectory]
    quarantined: list[Quarantined]
    tally: Tally

    @property
    def header(self) -> Trajectory:
        (header,) = self.headers
        return header

    @property
    def unread(self) -> list[str]:
        """Why parts of messages were passed over."""
        return [record.reason for record in self.records if isinstance(record, UnreadPart)]

    @property
    def stated(self) -> dict[str, Any]:
        """What the input states of how the work came out."""
        return {e.fact: e.value for e in self.events if isinstance(e, StatedOutcome)}

    @property
    def rewinds(self) -> list[tuple[int | None, int | None]]:
        """The first and the last step that each rewind undid, in order."""
        told = (event for event in self.events if isinstance(event, Feedback))
        return [(each.undone_from, each.step) for each in told if each.action == "rewind"]

    def steps_of(self, header: Trajectory) -> list[Step]:
        return [step for step in self.steps if step.trajectory_id == header.id]


def origin_of(source: Source, uri: str = "file:session.jsonl") -> Origin:
    return Origin(source=source.name, source_version=source.version, uri=uri, input_id="input_1")


def jsonl(*records: Any) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def blocks_of(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def read(
    source: Source,
    data: bytes | Iterable[bytes],
    uri: str = "file:session.jsonl",
    max_line_bytes: int = 2**20,
) -> Found:
    blocks = [data] if isinstance(data, bytes) else data
    content = Content(blocks, max_line_bytes)
    records = list(source.read(content, origin_of(source, uri)))
    *_, tally = records
    assert isinstance(tally, Tally)
    return Found(
        records=records,
        steps=[record for record in records if isinstance(record, Step)],
        events=[record for record in records if isinstance(record, Event)],
        headers=[record for record in records if isinstance(record, Trajectory)],
        quarantined=[record for record in records if isinstance(record, Quarantined)],
        tally=tally,
    )


def head_of(path: Path) -> Head:
    """Return what a source is shown of a file before it is read."""
    with path.open("rb") as file:
        return next(heads(file, path, path.stat().st_size))


def read_file(source: Source, path: Path) -> Found:
    with source.open(path) as file:
        return read(source, iter(lambda: file.read(65536), b""), str(path), 2**28)
