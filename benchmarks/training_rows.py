"""Rows to train on, drawn so that sets of equal size can be compared.

Which rows are drawn follows from what they hold and from nothing else, so that a set that is drawn
twice is the same set.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.ids import digest
from tracemill.export.trainers.trl_chat import TrlChat
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.models.training import Stage
from tracemill.render.chat_format import ChatFormat
from tracemill.train.lessons import encode_stage, read_lesson

Row = dict[str, Any]
_BUILDER: Final = "session"


def row_of(example: ChatExample) -> Row:
    """Return an example as a row of a trainer's file."""
    row: Row = json.loads(msgspec.json.encode(TrlChat().row(example)))
    return row


def draw(rows: Iterable[Row], n: int, salt: str) -> list[Row]:
    """Return some rows, drawn by a hash of their ids."""
    return sorted(rows, key=lambda row: digest(salt, row["id"]))[:n]


def that_fit(rows: Sequence[Row], stage: Stage, encoder: ChatFormat) -> list[Row]:
    """Return the rows that a stage would train on, none of them too long."""
    lessons = [read_lesson(row, _BUILDER) for row in rows]
    used = set(encode_stage(lessons, stage, encoder).example_ids)
    return [row for row in rows if row["id"] in used]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as a file of lines that `model train` reads."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
