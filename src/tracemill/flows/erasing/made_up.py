"""What was made up out of real work goes with it: examples, drafts, and what a model was asked.

A made-up example that started from real work carries its lineage, and so does every question that
showed a model a fragment of it. What started from nothing stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from tracemill.flows.erasing.lines import Stays, count_gone, erase_gone
from tracemill.store.workspace import Workspace

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
    return count_gone(_files(workspace, input_ids), _made_of_others(input_ids))


def erase_made(workspace: Workspace, input_ids: Collection[str]) -> int:
    """Delete the lines that were made out of some inputs; return how many."""
    return erase_gone(_files(workspace, input_ids), _made_of_others(input_ids))


def _files(workspace: Workspace, input_ids: Collection[str]) -> Iterable[Path]:
    return workspace.synth.glob(_LINES) if input_ids else ()


def _made_of_others(input_ids: Collection[str]) -> Stays:
    return lambda line: _sources(line).isdisjoint(input_ids)


def _sources(line: bytes) -> set[str]:
    """Return the inputs that a line was made out of; a line that cannot be read names none."""
    try:
        said = _decode(line)
    except msgspec.DecodeError:
        return set()
    lineage = () if said.example is None else said.example.lineage
    return {*said.seed_inputs, *(part.input_id for part in lineage)}
