"""The checks of a built version, on its files as they are: the same that an audit makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.base.file_hashes import hash_file
from tracemill.curate.checks import Checked, run_checks
from tracemill.curate.checks.protocol import MAX_SHOWN, at_most, share
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.audit import evaluation_runs, readable, rows_of
from tracemill.flows.datasets.build_checks import (
    clean_text,
    fits_format,
    kept_balance,
    read_rows,
)
from tracemill.flows.datasets.publish import LINEAGE, REJECTS
from tracemill.flows.datasets.versions import find_version
from tracemill.records.datasets.audits import CheckResult, FailingRow, TrainingRow
from tracemill.records.datasets.recipes import Recipe
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.curate.copies.near_duplicates import Shingles

_AT_ONCE_BYTES: Final = 32 * 2**20
"""Rows that a build checks itself; a check compares them in memory."""


class CheckedVersion(Record, frozen=True, kw_only=True):
    """What every check finds in a version as it lies there now."""

    folder: str
    """Where it lies."""
    name: str
    """The dataset's name."""
    id: str
    """The version."""
    checks: tuple[CheckResult, ...]
    """What each check found, in their order."""

    @property
    def has_failed(self) -> bool:
        """Whether any check says no."""
        return any(check.verdict == "fail" for check in self.checks)


def check_dataset(workspace: Workspace, name: str) -> CheckedVersion:
    """Check a version anew, on its files as they are.

    Raises:
        NotFoundError: there is no such version.
    """
    folder, version = find_version(workspace, name)
    unchanged = _unchanged(folder, version)
    is_sound = unchanged.verdict == "pass"
    checks = check_version(workspace, folder, version, whole=True) if is_sound else ()
    return CheckedVersion(
        folder=str(folder), name=version.name, id=version.id, checks=(unchanged, *checks)
    )


def _unchanged(folder: Path, version: DatasetVersion) -> CheckResult:
    """Tell whether all files are as they were written; what was changed is checked no further."""
    changed = [file.path for file in version.files if _hash_of(folder / file.path) != file.sha256]
    measured = share(len(changed), len(version.files))
    return CheckResult(
        name="unchanged_files",
        verdict=at_most(measured, 0.0),
        measured=measured,
        threshold=0.0,
        n_rows=len(version.files),
        n_failing=len(changed),
        says=f"{len(changed):,} of {len(version.files):,} files are not as they were written",
        failing=tuple(FailingRow(file=path, line=0) for path in changed[:MAX_SHOWN]),
    )


def _hash_of(path: Path) -> str | None:
    try:
        return hash_file(path)
    except FileNotFoundError:
        return None


def check_version(
    workspace: Workspace,
    folder: Path,
    version: DatasetVersion,
    *,
    whole: bool = False,
    shingles: Shingles | None = None,
) -> tuple[CheckResult, ...]:
    """Return what every check finds in a version whose files lie in `folder`.

    Args:
        workspace: Where the version before it lies.
        folder: Where its files lie.
        version: What it is.
        whole: Whether it is checked however large it is.
        shingles: Knows those of texts that were compared when it was made.
    """
    files = list(row_files(version))
    n_bytes = sum(file.n_bytes for file in files)
    if n_bytes > _AT_ONCE_BYTES and not whole:
        return (_too_large(n_bytes, version),)
    recipe = msgspec.convert(version.recipe, Recipe)
    read = read_rows(workspace, folder, files)
    evaluated = evaluation_runs([Path(each) for each in recipe.limits.evaluation_sets])
    before = list(_before(workspace, version))
    checked = Checked(read.rows, before, recipe.limits, evaluated, shingles=shingles)
    found = (
        readable(len(read.rows), read.unread),
        clean_text(read.found, sum(file.rows for file in files)),
        kept_balance(version.funnel),
        *run_checks(checked, recipe.checks),
        *(fits_format(folder, version, name) for name in recipe.formats),
    )
    return tuple(check for check in found if not _is_off(check.name, recipe))


def _is_off(name: str, recipe: Recipe) -> bool:
    return name in recipe.checks and recipe.checks[name].use == "off"


def row_files(version: DatasetVersion) -> Iterator[ExportedFile]:
    """Yield the files of a version that hold its rows."""
    for file in version.files:
        if file.path.endswith(".jsonl") and file.format not in (LINEAGE, REJECTS):
            yield file


def _before(workspace: Workspace, version: DatasetVersion) -> Iterator[TrainingRow]:
    """Yield the rows of the version before, where there is one and it is still there."""
    if version.parent is None:
        return
    try:
        folder, parent = find_version(workspace, version.parent)
    except NotFoundError:
        return
    for file in row_files(parent):
        yield from rows_of(folder / file.path, [], Part.of_file(file.path))


def _too_large(n_bytes: int, version: DatasetVersion) -> CheckResult:
    return CheckResult(
        name="all",
        verdict="unknown",
        measured=None,
        n_rows=sum(version.n_examples.values()),
        says=f"{n_bytes / 2**20:,.0f} MB of rows are too many to compare by the way; run: "
        f"tracemill dataset check {version.name}",
    )
