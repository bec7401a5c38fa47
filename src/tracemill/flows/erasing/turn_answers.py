"""Answers of models about turns and outcomes are deleted with the session that they are about.

An answer holds no text, but it names the session, and its digest of the question would let someone
test a guess at the words. So it also goes where a session is read again without a name: what is
left of it is another question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill.flows.erasing.lines import Stays, count_gone, erase_gone
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class _Answer(msgspec.Struct):
    trajectory_id: str


_decode: Final = msgspec.json.Decoder(_Answer).decode


def count_turn_answers(workspace: Workspace, input_ids: Collection[str]) -> int:
    """Return how many answers are about sessions of some inputs, or of none that is kept."""
    return count_gone(*_answers(workspace, input_ids))


def erase_turn_answers(workspace: Workspace, input_ids: Collection[str]) -> int:
    """Delete the answers about sessions of some inputs, or of none that is kept; return how many.

    It does not matter whether the sessions themselves went before.
    """
    return erase_gone(*_answers(workspace, input_ids))


def _answers(workspace: Workspace, input_ids: Collection[str]) -> tuple[list[Path], Stays]:
    folders = workspace.judged.values() if input_ids else ()
    paths = [path for folder in folders for path in folder.glob("*.jsonl")]
    staying = set(_staying(workspace, input_ids)) if paths else set()
    return paths, lambda line: _about(line) in staying


def _staying(workspace: Workspace, input_ids: Collection[str]) -> Iterator[str]:
    """Yield the sessions that are kept and were read from other inputs."""
    lake = Lake(workspace.lake)
    for batch in lake.batches(TABLES["trajectories"], columns=("id", "input_id")):
        for row in batch.to_pylist():
            if row["input_id"] not in input_ids:
                yield row["id"]


def _about(line: bytes) -> str | None:
    """Return the session of an answer; one that cannot be read is of none, and is asked anew."""
    try:
        return _decode(line).trajectory_id
    except msgspec.DecodeError:
        return None
