"""Dataset versions: made from the examples in the lake, kept as folders, shown and copied.

A version is named by what it holds. It is written beside its final place and renamed there,
so that a folder with a version's name always is the whole version.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from tracemill.base.errors import (
    AmbiguousNameError,
    NotFoundError,
    PolicyError,
    SchemaError,
    UsageError,
)
from tracemill.base.file_hashes import hash_file
from tracemill.export import EXPORTERS
from tracemill.flows.destinations import new_folder
from tracemill.records.datasets.left_out import MEANINGS
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile, Reject
from tracemill.records.privacy.receipts import ExportKind, Receipt
from tracemill.records.refs import Count, Record
from tracemill.report.croissant import croissant
from tracemill.store.index import Index
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.flows.privacy.gate import Gate

MANIFEST: Final = "manifest.json"
LINEAGE_FILE: Final = "lineage.jsonl"
"""A line for each example: what it was made from."""
TOMBSTONE: Final = ".erased.json"
"""How the name of a file ends that stands for a version that is gone."""
CARD: Final = "README.md"
CROISSANT: Final = "croissant.json"


class ShownVersion(Record, frozen=True, kw_only=True):
    """A dataset version and its first rows."""

    folder: str
    """Where it is kept."""
    version: DatasetVersion
    """What it is."""
    rows: list[Any]
    """Its first rows."""


class ShownRejects(Record, frozen=True, kw_only=True):
    """What a version left out for one reason."""

    version: str
    """Id of the version."""
    reason: str
    """The reason."""
    meaning: str | None
    """What it means; None where a check of a recipe left them out, which says why of each."""
    total: int
    """How many were left out for it."""
    rejects: list[Reject]
    """The first of them."""


class ExportedVersion(Record, frozen=True, kw_only=True):
    """A dataset version that was copied."""

    folder: str
    """Where to."""
    version: DatasetVersion
    """What it is."""
    receipt: Receipt | None = None
    """What it went through before; None where nothing was written."""


class VersionRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A dataset version in a list; these names are stable."""

    id: str
    """Its id."""
    name: str
    """The dataset's name."""
    made: datetime
    """When it was written here."""
    newest: bool
    """Whether the dataset's name stands for it, as far as that is known."""
    made_examples: Count | None
    """Examples that were made of the work; None where the version does not tell its funnel."""
    unique: Count | None
    """Those of them that are unlike the others."""
    accepted: Count
    """Those that it holds."""
    examples: dict[str, int]
    """The same by kind and split, as `chat/train`."""
    left_out: Count
    """Everything that was left out, in any stage."""
    checks: dict[str, int]
    """Checks that were made of it, by their verdict."""


class VersionList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The dataset versions of a workspace."""

    total: Count
    """How many are kept."""
    versions: tuple[VersionRow, ...]
    """The newest of them first."""


def list_versions(workspace: Workspace) -> list[DatasetVersion]:
    """Return every dataset version that is kept, the newest first."""
    return [version for _, version in _kept(workspace)]


def _kept(workspace: Workspace) -> Iterator[tuple[float, DatasetVersion]]:
    """Yield every version with when it was written, the newest first."""
    manifests = workspace.datasets.glob(f"*/*/{MANIFEST}")
    for written, path in sorted(((each.stat().st_mtime, each) for each in manifests), reverse=True):
        yield written, msgspec.json.decode(path.read_bytes(), type=DatasetVersion)


def version_rows(workspace: Workspace, limit: int = 0) -> VersionList:
    """Return the newest versions as lists show them; all of them without a limit."""
    kept = list(_kept(workspace))
    newest = {version.name: _newest(workspace, version.name) for _, version in kept}
    rows = (
        VersionRow(
            id=version.id,
            name=version.name,
            made=datetime.fromtimestamp(written, UTC),
            newest=newest[version.name] in (None, version.id),
            made_examples=version.funnel[0].n_out if version.funnel else None,
            unique=next((each.n_out for each in version.funnel if each.name == "unique"), None),
            accepted=sum(version.n_examples.values()),
            examples=version.n_examples,
            left_out=sum(version.drops.values()),
            checks=dict(Counter(check.verdict for check in version.checks)),
        )
        for written, version in kept[: limit or None]
    )
    return VersionList(total=len(kept), versions=tuple(rows))


def find_version(workspace: Workspace, name: str) -> tuple[Path, DatasetVersion]:
    """Return folder and record of a version: a dataset's newest, or one named by its id.

    Raises:
        NotFoundError: there is none.
    """
    newest = _newest(workspace, name)
    folders = sorted(path.parent for path in workspace.datasets.glob(f"*/*/{MANIFEST}"))
    named = [folder for folder in folders if folder.parent.name == name]
    found = named if newest is None else [folder for folder in named if folder.name == newest]
    found = found or [folder for folder in folders if name and folder.name.startswith(name)]
    if len(found) > 1:
        raise AmbiguousNameError(name, [folder.name for folder in found])
    if not found:
        _raise_if_erased(workspace, name)
        known = ", ".join(sorted({folder.parent.name for folder in folders})) or "none yet"
        raise NotFoundError(
            f"no dataset {name!r}; known: {known}; run: tracemill run, or tracemill dataset build"
        )
    text = (found[0] / MANIFEST).read_bytes()
    return found[0], msgspec.json.decode(text, type=DatasetVersion)


def open_file(folder: Path, name: str) -> BinaryIO:
    """Open a file that stands in the folder of a version or a suite.

    Raises:
        SchemaError: it is not there, though whatever is made here has it.
    """
    try:
        return (folder / name).open("rb")
    except FileNotFoundError as error:
        raise SchemaError(
            f"{str(folder)!r}: expected {name!r} in it, found none; put the whole folder there, or "
            "build it anew"
        ) from error


def _raise_if_erased(workspace: Workspace, name: str) -> None:
    for path in sorted(workspace.datasets.glob(f"*/*{TOMBSTONE}")):
        if name and path.name.startswith(name):
            at = json.loads(path.read_bytes())["erased"]
            raise NotFoundError(
                f"{path.name.removesuffix(TOMBSTONE)!r} held data that was erased on {at[:10]}; "
                f"its successor holds the rest: tracemill dataset show {path.parent.name}"
            )


def _newest(workspace: Workspace, name: str) -> str | None:
    if not workspace.index.exists():
        return None
    with Index(workspace.index) as index:
        return index.newest_dataset(name)


def show_version(workspace: Workspace, name: str, n_rows: int) -> ShownVersion:
    """Return a version and its first rows."""
    folder, version = find_version(workspace, name)
    rows: list[Any] = []
    for file in sorted(version.files, key=_is_beside):
        if file.path.endswith(".jsonl") and file.format not in ("lineage", "rejects"):
            with open_file(folder, file.path) as lines:
                for line in lines:
                    if len(rows) == n_rows:
                        break
                    rows.append(json.loads(line))
    return ShownVersion(folder=str(folder), version=version, rows=rows)


def show_rejects(workspace: Workspace, name: str, reason: str, n_rows: int) -> ShownRejects:
    """Return what a version left out for a reason.

    Raises:
        NotFoundError: there is no such version, or it left nothing out for that reason.
    """
    folder, version = find_version(workspace, name)
    if reason not in version.drops:
        known = ", ".join(f"{each} {n:,}" for each, n in sorted(version.drops.items())) or "nothing"
        raise NotFoundError(f"nothing was left out as {reason!r}; left out: {known}")
    found: list[Reject] = []
    with open_file(folder, "rejects.jsonl") as lines:
        for line in lines:
            reject = msgspec.json.decode(line, type=Reject)
            if reject.reason == reason and len(found) < n_rows:
                found.append(reject)
    return ShownRejects(
        version=version.id,
        reason=reason,
        meaning=MEANINGS.get(reason),
        total=version.drops[reason],
        rejects=found,
    )


def _is_beside(file: ExportedFile) -> bool:
    """Tell whether a file holds something else than chat examples of sessions."""
    return "-" in file.path


def export_version(
    workspace: Workspace, name: str, to: Path, *, dry_run: bool, reviewer: str | None = None
) -> ExportedVersion:
    """Copy a version to `to` with a receipt, checked against its hashes and by the gate.

    Raises:
        UsageError: `to` holds something already.
        PolicyError: the gate refuses it; nothing is written.
    """
    from tracemill.flows.privacy.gate import Gate

    folder, version = find_version(workspace, name)
    to = new_folder(to)
    if dry_run:
        return ExportedVersion(folder=str(to), version=version)

    def copy(part: Path) -> None:
        _copy(folder, part)
        verify_version(part, version)
        told = msgspec.json.format(msgspec.json.encode(croissant(version, _columns())))
        (part / CROISSANT).write_bytes(told + b"\n")

    receipt = let_out(Gate(workspace, reviewer), version.id, to, copy)
    return ExportedVersion(folder=str(to), version=version, receipt=receipt)


def _columns() -> dict[str, dict[str, str]]:
    """Return the columns of each format that a version keeps, in Arrow's words."""
    return {
        name: {field.name: str(field.type) for field in EXPORTERS.load(name).schema}
        for name in EXPORTERS.builtin
    }


def let_out(
    gate: Gate,
    subject: str,
    to: Path,
    fill: Callable[[Path], None],
    *,
    kind: ExportKind = "dataset",
    inputs: Iterable[str] = (),
) -> Receipt:
    """Have a folder filled beside its target, checked, and renamed: it is whole or absent.

    Raises:
        UsageError: it cannot be written.
        PolicyError: the gate refuses it; nothing is written.
    """
    from tracemill.flows.privacy.gate import RECEIPT, write_receipt

    part = to.with_name(f".{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        fill(part)
        receipt = gate.receipt(kind, subject, gate.check_files(part), is_whole_folder=True)
        write_receipt(part / RECEIPT, receipt)
        gate.note(receipt, to, inputs)
        if to.exists():
            to.rmdir()
        part.rename(to)
    except OSError as error:
        at = str(to) if error.filename is None else error.filename
        raise UsageError(
            f"cannot write to {str(to)!r}: found {error.strerror!r} at {at!r}; let that be "
            "written to, or name another place"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return receipt


def _copy(folder: Path, to: Path) -> None:
    """Copy what a folder holds, and not who may write to it: a copy of what is closed is ours."""
    for path in sorted(folder.rglob("*")):
        target = to / path.relative_to(folder)
        if path.is_dir():
            target.mkdir()
        else:
            shutil.copyfile(path, target)


def verify_version(folder: Path, version: DatasetVersion) -> None:
    """Compare the files of a version with the hashes that it was made with.

    Raises:
        PolicyError: one has changed.
    """
    for file in version.files:
        found = hash_file(folder / file.path)
        if found != file.sha256:
            raise PolicyError(
                f"nothing goes out: {file.path!r} has changed since it was made: expected "
                f"{file.sha256}, found {found}; run `tracemill run` to make the version anew"
            )
