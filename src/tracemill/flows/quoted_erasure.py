"""Files that quote what was read: the rows that models were trained on, and written reports.

They go where what they were made of goes. Reports are written anew when they are asked for; rows
are not, and the weights that learned from them stay as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill.flows.model_runs import RUN
from tracemill.flows.written_reports import REPORTS
from tracemill.records.training import TrainingRun
from tracemill.store.workspace import Workspace

_ROWS: Final = "*.jsonl"
_TOKENIZED: Final = "tokenized"
"""Folder into which a command of ours has LLaMA-Factory's rows written."""


def erase_training_rows(workspace: Workspace, versions: Collection[str]) -> int:
    """Delete the rows of runs that learned from some dataset versions; return how many files."""
    rows = [path for folder in _learned(workspace, versions) for path in _rows(folder)]
    for path in rows:
        path.unlink()
    return len(rows)


def erase_reports(workspace: Workspace) -> int:
    """Delete the reports that were written into the workspace; return how many files."""
    folder = workspace.root / REPORTS
    if folder.is_symlink() or not folder.is_dir():
        return 0
    n_files = sum(path.is_file() for path in folder.rglob("*"))
    shutil.rmtree(folder)
    return n_files


def _rows(folder: Path) -> Iterator[Path]:
    """Yield the files of a run that hold rows as text or tokens."""
    yield from (path for path in folder.rglob(_ROWS) if path.is_file())
    for tokenized in folder.rglob(_TOKENIZED):
        yield from (path for path in tokenized.rglob("*") if path.is_file())


def _learned(workspace: Workspace, versions: Collection[str]) -> list[Path]:
    """Return the folders of runs that learned from versions, or went on from one that did."""
    if not versions:
        return []
    runs = {path.parent: _run(path) for path in sorted(workspace.models.glob(f"*/{RUN}"))}
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
    except msgspec.DecodeError:
        return None
