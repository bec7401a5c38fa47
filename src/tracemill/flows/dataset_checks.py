"""The checks of a built version, on its files as they are: the same that an audit makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.curate.checks import Checked, run_checks
from tracemill.flows.audit import readable, rows_of
from tracemill.flows.datasets import find_version
from tracemill.flows.publish import LINEAGE, REJECTS
from tracemill.records.audits import CheckResult, FailingRow, TrainingRow
from tracemill.records.datasets import DatasetVersion, ExportedFile
from tracemill.records.recipes import Recipe
from tracemill.store.workspace import Workspace

_AT_ONCE_BYTES: Final = 256 * 2**20
"""Rows that a build checks itself; a check compares them in memory."""


def check_version(
    workspace: Workspace, folder: Path, version: DatasetVersion, *, whole: bool = False
) -> tuple[CheckResult, ...]:
    """Return what every check finds in a version whose files lie in `folder`.

    Args:
        workspace: Where the version before it lies.
        folder: Where its files lie.
        version: What it is.
        whole: Whether it is checked however large it is.
    """
    files = list(_row_files(version))
    n_bytes = sum(file.n_bytes for file in files)
    if n_bytes > _AT_ONCE_BYTES and not whole:
        return (_too_large(n_bytes, version),)
    recipe = msgspec.convert(version.recipe, Recipe)
    unread: list[FailingRow] = []
    rows = [row for file in files for row in _rows(folder, file, unread)]
    checked = Checked(rows, list(_before(workspace, version)), recipe.limits)
    return (readable(len(rows), unread), *run_checks(checked, recipe.checks))


def _row_files(version: DatasetVersion) -> Iterator[ExportedFile]:
    for file in version.files:
        if file.path.endswith(".jsonl") and file.format not in (LINEAGE, REJECTS):
            yield file


def _rows(folder: Path, file: ExportedFile, unread: list[FailingRow]) -> Iterator[TrainingRow]:
    kind = file.path.rpartition("/")[2].rpartition("-")[0]
    for row in rows_of(folder / file.path, unread):
        yield msgspec.structs.replace(row, part=kind)


def _before(workspace: Workspace, version: DatasetVersion) -> Iterator[TrainingRow]:
    """Yield the rows of the version before, where there is one and it is still there."""
    if version.parent is None:
        return
    try:
        folder, parent = find_version(workspace, version.parent)
    except NotFoundError:
        return
    for file in _row_files(parent):
        yield from _rows(folder, file, [])


def _too_large(n_bytes: int, version: DatasetVersion) -> CheckResult:
    return CheckResult(
        name="all",
        verdict="unknown",
        measured=None,
        n_rows=sum(version.n_examples.values()),
        says=f"{n_bytes / 2**20:,.0f} MB of rows are too many to compare by the way; run: "
        f"tracemill dataset check {version.name}",
    )
