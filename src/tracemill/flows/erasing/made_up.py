"""What was made up out of real work goes with it: examples, drafts, and what a model was asked.

A made-up example that started from real work carries its lineage, and so does every question that
showed a model a fragment of it. What started from nothing stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill.store.workspace import Workspace, write_whole

_LINES: Final = "*/*.jsonl"


class _Part(msgspec.Struct):
    input_id: str


class _Example(msgspec.Struct):
    lineage: tuple[_Part, ...] = ()


class _Line(msgspec.Struct):
    """What every line of made-up work may say of its origin."""

    seed_inputs: tuple[str, ...] = ()
    example: _Example | None = None


_decode: Final = msgspec.json.Decoder(_Line).decode


def count_made(workspace: Workspace, input_ids: Collection[str]) -> int:
    """Return how many lines were made out of some inputs."""
    return sum(n_gone for _, _, n_gone in _split(workspace, input_ids))


def erase_made(workspace: Workspace, input_ids: Collection[str]) -> int:
    """Delete the lines that were made out of some inputs; return how many."""
    n_all = 0
    for path, kept, n_gone in _split(workspace, input_ids):
        if n_gone:
            write_whole(path, kept)
            n_all += n_gone
    return n_all


def _split(workspace: Workspace, input_ids: Collection[str]) -> Iterator[tuple[Path, bytes, int]]:
    """Yield each file with the lines of it that stay, and how many do not."""
    for path in sorted(workspace.synth.glob(_LINES)) if input_ids else ():
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if _sources(line).isdisjoint(input_ids)]
        yield path, b"".join(kept), len(lines) - len(kept)


def _sources(line: bytes) -> set[str]:
    """Return the inputs that a line was made out of; a line that cannot be read names none."""
    try:
        said = _decode(line)
    except msgspec.DecodeError:
        return set()
    lineage = () if said.example is None else said.example.lineage
    return {*said.seed_inputs, *(part.input_id for part in lineage)}
