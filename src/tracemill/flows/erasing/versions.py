"""Dataset versions and suites that hold something of an erased subject: they go, and say so.

A version is immutable, so none is mended: its successor, which is built anew, holds the rest, and a
tombstone stands in its place. A suite takes what models did on it along. Every folder of the
workspace that holds a version or a suite is looked at, also copies of one.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.flows.datasets.versions import LINEAGE_FILE, MANIFEST, TOMBSTONE
from tracemill.flows.erasing.made_up import erase_made
from tracemill.flows.erasing.quotes import erase_training_rows
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.models.evaluations import Suite
from tracemill.store.erasures import Refusal
from tracemill.store.workspace import Workspace, write_whole

_REJECTS: Final = "rejects.jsonl"


class _Named(msgspec.Struct):
    id: str


def affected_versions(workspace: Workspace, input_ids: Collection[str]) -> dict[str, int]:
    """Return how many examples of each version, kept or left out, were made from some inputs."""
    counted = {}
    for folder in version_folders(workspace):
        if n_examples := _n_made_from(folder, input_ids):
            counted[folder.name] = n_examples
    return counted


def erase_versions(
    workspace: Workspace, input_ids: Collection[str], refusal: Refusal, at: datetime
) -> Counter[str]:
    """Delete every version that was made from some inputs or holds a name, and what quotes it."""
    gone = [
        folder
        for folder in version_folders(workspace)
        if _n_made_from(folder, input_ids) or _names(folder, refusal)
    ]
    n_rows = erase_folders(workspace, gone, at)
    n_made = erase_made(workspace, input_ids)
    return Counter(
        {"dataset_versions": len(gone), "training_files": n_rows, "made_up_rows": n_made}
    )


def erase_folders(workspace: Workspace, folders: Collection[Path], at: datetime) -> int:
    """Delete versions, with a tombstone in the place of each, and the rows that were trained on.

    Rows go before the versions that tell whose they are, so that a killed erasure finds them again.
    Returns how many files of rows went.
    """
    n_rows = erase_training_rows(workspace, {folder.name for folder in folders}, at)
    for folder in folders:
        tombstone = {"id": folder.name, "erased": at.isoformat()}
        write_whole(folder.with_name(folder.name + TOMBSTONE), msgspec.json.encode(tombstone))
        aside = workspace.scratch / folder.name
        folder.rename(aside)  # whole or gone, also where this is killed
        shutil.rmtree(aside)
    return n_rows


def version_folders(workspace: Workspace) -> Iterator[Path]:
    """Yield the folder of every version and suite within the workspace."""
    skipped = {workspace.vault, workspace.lake}
    for top in sorted(workspace.root.iterdir()):
        if top.is_dir() and top not in skipped:
            yield from (path.parent for path in sorted(top.rglob(MANIFEST)) if _is_version(path))


def _is_version(manifest: Path) -> bool:
    try:
        found = manifest.read_bytes()
        if msgspec.json.decode(found, type=_Named).id.startswith("suite_"):
            msgspec.json.decode(found, type=Suite)
        else:
            msgspec.json.decode(found, type=DatasetVersion)
    except msgspec.DecodeError:
        return False
    return True


def _n_made_from(folder: Path, input_ids: Collection[str]) -> int:
    n_made = sum(
        any(part["input_id"] in input_ids for part in row["lineage"])
        for row in _lines(folder / LINEAGE_FILE)
    )
    return n_made + sum(row["input_id"] in input_ids for row in _lines(folder / _REJECTS))


def _lines(path: Path) -> Iterator[Any]:
    if path.exists():
        with path.open("rb") as lines:
            yield from map(msgspec.json.decode, lines)


def _names(folder: Path, refusal: Refusal) -> bool:
    return refusal.has_names and any(
        refusal.words.places(path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    )
