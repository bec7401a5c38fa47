"""Files that quote what was read: the rows that models were trained on, and written reports.

They go where what they were made of goes. Reports are written anew when they are asked for; rows
are not, and the weights that learned from them stay as they are; their runs say so. Of what was
handed over to another program only weights stay, since nobody knows what it made of the rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.flows.models.runs import RUN, keep_run
from tracemill.flows.written_reports import REPORTS
from tracemill.records.models.training import TrainingRun
from tracemill.store.workspace import Workspace

_ROWS: Final = "*.jsonl"
_HANDED: Final = "handoff"
"""Folder of a run in which another program trains, and makes of the rows whatever it likes."""
_LEARNED: Final = ("*.safetensors", "adapter_config.json")
"""The only files of that folder that are known to hold no rows: weights and their shape."""


class Quoting(NamedTuple):
    """What quotes some dataset versions, or all that was read."""

    runs: list[str]
    """Runs that learned from the versions, or went on from one that did."""
    n_rows: int
    """Files that hold the rows of those runs."""


def quoting(workspace: Workspace, versions: Collection[str]) -> Quoting:
    """Say which runs learned from dataset versions, and how many files hold their rows."""
    folders = _learned(workspace, versions)
    n_rows = sum(1 for folder in folders for _ in _rows(folder))
    return Quoting([folder.name for folder in folders], n_rows)


def erase_training_rows(workspace: Workspace, versions: Collection[str], at: datetime) -> int:
    """Delete the rows of runs that learned from dataset versions; return how many files went.

    The runs say from then on that they learned from what is erased.
    """
    folders = _learned(workspace, versions)
    for folder in folders:
        run = _run(folder / RUN)
        if run is not None and run.learned_erased is None:
            keep_run(folder, msgspec.structs.replace(run, learned_erased=at.isoformat()))
    rows = [path for folder in folders for path in _rows(folder)]
    for path in rows:  # of links the link itself: what it points to is not ours
        path.unlink()
    return len(rows)


def count_reports(workspace: Workspace) -> int:
    """Return how many files of written reports lie in the workspace."""
    folder = workspace.root / REPORTS
    if folder.is_symlink() or not folder.is_dir():
        return 0
    return sum(path.is_file() for path in folder.rglob("*"))


def erase_reports(workspace: Workspace) -> int:
    """Delete the reports that were written into the workspace; return how many files."""
    if n_files := count_reports(workspace):
        shutil.rmtree(workspace.root / REPORTS)
    return n_files


def _rows(folder: Path) -> Iterator[Path]:
    """Yield the files of a run that hold rows as text or tokens, or may."""
    handed = folder / _HANDED
    yield from (p for p in folder.rglob(_ROWS) if p.is_file() and handed not in p.parents)
    for path in handed.rglob("*"):
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and not any(path.match(pattern) for pattern in _LEARNED):
            yield path


def _learned(workspace: Workspace, versions: Collection[str]) -> list[Path]:
    """Return the folders of runs that learned from versions, or went on from one that did."""
    if not versions:
        return []
    found = [path for name in (RUN, _HANDED) for path in workspace.models.glob(f"*/{name}")]
    runs = {folder: _run(folder / RUN) for folder in sorted({path.parent for path in found})}
    learned = {
        folder.name
        for folder, run in runs.items()
        if run is None or not set(run.datasets).isdisjoint(versions)
    }
    while more := {
        folder.name
        for folder, run in runs.items()
        if run and run.parent in learned and folder.name not in learned
    }:
        learned |= more
    return [folder for folder in runs if folder.name in learned]


def _run(path: Path) -> TrainingRun | None:
    """Return a run, or None where nobody can tell what it learned from."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=TrainingRun)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
