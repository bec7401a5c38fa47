"""Rows of anyone's files: in a trainer's format, or as a source reads sessions.

What `synth` keeps is read as the examples that it holds. Any other file of which no line is a
training row may be a session, or a dataset of sessions (ADP, ATIF, logs of agents): its source
reads it, and each trajectory is a row. Nothing is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import DataError
from tracemill.curate.selecting.rows import training_row
from tracemill.flows.datasets.audit import rows_of
from tracemill.records.datasets.audits import FailingRow, TrainingRow
from tracemill.records.inputs import Quarantined
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.render.chat_message import chat_message
from tracemill.render.messages import render_messages
from tracemill.sources import Content, Source, heads, sources_of
from tracemill.sources.building.training_rows import read_training_row

_decode: Final = msgspec.json.Decoder(SyntheticExample).decode


def foreign_rows(path: Path, unread: list[FailingRow]) -> list[TrainingRow]:
    """Return the rows of a file; what is no row is noted in `unread`.

    Raises:
        UsageError: the file cannot be read.
    """
    refused: list[FailingRow] = []
    rows = list(rows_of(path, refused))
    broken: list[FailingRow] = []
    if not rows and (made := list(_made(path, broken))):
        unread.extend(broken)
        return made
    source = None if rows else _source(path)
    if source is None:
        unread.extend(refused)
        return rows
    return list(_trajectories(path, source, unread))


def read_ours(path: Path) -> Iterator[SyntheticExample]:
    """Yield the made-up examples of a file that we keep ourselves; nothing of any other file."""
    return (made for _, made in _ours(path, []))


def _made(path: Path, broken: list[FailingRow]) -> Iterator[TrainingRow]:
    for number, made in _ours(path, broken):
        yield msgspec.structs.replace(training_row(made.example), file=path.name, line=number)


def _ours(path: Path, broken: list[FailingRow]) -> Iterator[tuple[int, SyntheticExample]]:
    """Yield the examples of a file whose first line is one; other lines of it are noted."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                made = _decode(line)
            except msgspec.DecodeError:
                if number == 1:
                    return
                detail = "expected a made-up example, as the line before it is"
                broken.append(FailingRow(file=path.name, line=number, detail=detail))
            else:
                yield number, made


def _source(path: Path) -> Source | None:
    """Return the source that reads a file as sessions; None where none does."""
    with path.open("rb") as opened:
        seen = list(heads(opened, path, path.stat().st_size))
    for source in sources_of("file"):
        if any(map(source.recognises, seen)):
            return source
    return None


def _trajectories(path: Path, source: Source, unread: list[FailingRow]) -> Iterator[TrainingRow]:
    origin = Origin(
        source=source.name, source_version=source.version, uri=path.name, input_id="input"
    )
    steps: defaultdict[str, list[Step]] = defaultdict(list)
    n_read = 0
    with source.open(path) as opened:
        for record in source.read(Content(iter(lambda: opened.read(2**20), b"")), origin):
            match record:
                case Step():
                    steps[record.trajectory_id].append(record)
                case Trajectory():
                    n_read += 1
                    yield from _row(steps.pop(record.id, []), path.name, n_read, unread)
                case Quarantined():
                    n_read += 1
                    unread.append(FailingRow(file=path.name, line=n_read, detail=record.reason))
                case _:
                    pass


def _row(
    steps: list[Step], name: str, number: int, unread: list[FailingRow]
) -> Iterator[TrainingRow]:
    try:
        messages = [chat_message(message) for message in render_messages(steps)]
        yield read_training_row({"messages": messages}, name, number)
    except DataError as error:
        unread.append(FailingRow(file=name, line=number, detail=str(error)))
