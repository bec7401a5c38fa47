"""Which exports hold something of an erased subject, or may: nothing here can reach those copies.

A new kind of export does not pass the type checker before it is decided here how it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import assert_never

from tracemill.flows.erasing.versions import version_folders
from tracemill.records.privacy.receipts import ExportNote
from tracemill.store.exports import read_exports
from tracemill.store.workspace import Workspace


def exported_copies(
    workspace: Workspace, datasets: Collection[str], touched: Collection[str]
) -> Iterator[str]:
    """Yield exports that may hold what is in some dataset versions or was read from some inputs."""
    known = {folder.name for folder in version_folders(workspace)}
    for note in read_exports(workspace.vault) if touched else ():
        if _may_hold(note, datasets, known, touched):
            yield f"{note.to} ({note.kind}, exported {note.at:%Y-%m-%d})"


def _may_hold(
    note: ExportNote, datasets: Collection[str], known: Collection[str], touched: Collection[str]
) -> bool:
    """Tell whether an export may hold it; of a version that is gone nobody knows any more."""
    match note.kind:
        case "dataset":
            return note.subject in datasets or note.subject not in known
        case "session" | "suite":
            return not set(note.inputs).isdisjoint(touched)
        case "reports" | "reviews" | "learning" | "page":  # these are made of all that is held
            return True
        case _:
            assert_never(note.kind)
