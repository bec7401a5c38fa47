"""The vault as its owner sees it: what it holds, another key, a backup, and who holds the key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tracemill.base.errors import PolicyError
from tracemill.flows.deriving import derive
from tracemill.flows.deriving.timing import StageClock
from tracemill.flows.erasing.erasure import resume_erasures
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.held.lookup import require_kept
from tracemill.flows.ingest import Report
from tracemill.flows.ingest.backup import read_backup, write_backup
from tracemill.flows.ingest.rotation import archived_ids, finish_rotation, rotate
from tracemill.flows.ingest.seals import key_name
from tracemill.records.refs import Record
from tracemill.store.allowances import read_allowances
from tracemill.store.erasures import read_erasures
from tracemill.store.index import begin_index
from tracemill.store.keys import Holder, Key
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

MakeExecutor = Callable[[int], Executor]
"""Returns an executor for so many bytes."""


class VaultStatus(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a vault holds."""

    folder: str
    """Where it is."""
    key_id: str
    """Which key makes the pseudonyms; it says nothing about the key itself."""
    holder: Holder
    """What holds the key."""
    is_closed: bool
    """Whether other users can read nothing of it."""
    archived_inputs: int
    """Inputs whose original bytes it holds."""
    archive_bytes: int
    """How much they take, compressed."""
    allowances: int
    """Decisions that something found is harmless."""
    erasures: int
    """Erasures that it keeps from coming back."""


class RotatedKey(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What another key did, or would."""

    before: str
    """Which key made the pseudonyms before."""
    after: str | None
    """Which makes them now; None where nothing was done."""
    inputs: int
    """Inputs that are pseudonymised anew."""
    lost: tuple[str, ...]
    """Inputs of which neither archive nor disk has the original: their rows are gone."""
    allowances: int
    """Decisions that held for stand-ins under the old key, and hold no more."""


class VaultBackup(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was written to a backup, or read from one."""

    folder: str
    """The backup."""
    files: int
    """Files in it."""
    n_bytes: int
    """Their size, unencrypted."""
    key_id: str
    """The key that it holds."""


def read_vault(workspace: Workspace) -> VaultStatus:
    """Say what the vault holds. Read-only."""
    require_kept(workspace)
    book = read_erasures(workspace.vault)
    packs = workspace.vault.glob("archive/*.zst")
    folders = (workspace.root, workspace.vault)
    return VaultStatus(
        folder=str(workspace.vault),
        key_id=key_name(workspace),
        holder=Key(workspace.vault).holder,
        is_closed=not any(folder.stat().st_mode & 0o077 for folder in folders),
        archived_inputs=len(archived_ids(workspace)),
        archive_bytes=sum(path.stat().st_size for path in packs),
        allowances=sum(one.ended is None for one in read_allowances(workspace.vault)),
        erasures=len(book.erasures) if book else 0,
    )


def rotate_key(
    workspace: Workspace, make: MakeExecutor, report: Report, *, dry_run: bool, is_forced: bool
) -> RotatedKey:
    """Give the workspace another key, and make everything anew under it.

    Raises:
        PolicyError: rows would be lost, and nobody forced it.
    """
    require_kept(workspace)
    before = read_vault(workspace)
    lost = _unreadable(workspace)
    rotated = RotatedKey(
        before=before.key_id, after=None, inputs=before.archived_inputs, lost=lost,
        allowances=before.allowances,
    )  # fmt: skip
    if dry_run:
        return rotated
    if lost and not is_forced:
        raise PolicyError(
            f"{len(lost)} inputs were kept without their originals, which are gone, so they cannot "
            "be made anew; see --dry-run, and add --force to lose them"
        )
    with workspace.writing():
        resume_erasures(workspace, make, report)
        rotate(workspace, make, report)
        _derive(workspace, make)
    return RotatedKey(
        before=before.key_id, after=key_name(workspace), inputs=before.archived_inputs, lost=lost,
        allowances=before.allowances,
    )  # fmt: skip


def resume_rotation(workspace: Workspace, make: MakeExecutor, report: Report) -> None:
    """Go on with a rotation that was killed; the workspace must be held."""
    if finish_rotation(workspace, make, report):
        _derive(workspace, make)


def _derive(workspace: Workspace, make: MakeExecutor) -> None:
    derive.refresh(workspace, lambda: make(0), StageClock())


def _unreadable(workspace: Workspace) -> tuple[str, ...]:
    """Return the inputs that were read and of which no original is archived."""
    archived = archived_ids(workspace)
    inputs = Lake(workspace.lake).records(TABLES["inputs"])
    return tuple(
        sorted(one.uri for one in inputs if one.status == "read" and one.id not in archived)
    )


def export_vault(workspace: Workspace, folder: Path, passphrase: str) -> VaultBackup:
    """Write an encrypted backup of the vault into a new folder."""
    require_kept(workspace)
    with workspace.writing():
        done = write_backup(workspace, folder, passphrase)
    return VaultBackup(
        folder=str(folder), files=done.n_files, n_bytes=done.n_bytes, key_id=key_name(workspace)
    )


def import_vault(workspace: Workspace, folder: Path, passphrase: str) -> VaultBackup:
    """Put the vault of a backup into a workspace that has none; a run makes the rest."""
    with workspace.writing():
        done = read_backup(workspace, folder, passphrase)
        begin_index(workspace.index)
    return VaultBackup(
        folder=str(folder), files=done.n_files, n_bytes=done.n_bytes, key_id=key_name(workspace)
    )


def hold_key(workspace: Workspace, holder: Holder) -> VaultStatus:
    """Have the key held by a file or by the system's keyring."""
    require_kept(workspace)
    with workspace.writing():
        Key(workspace.vault).move(holder)
    return read_vault(workspace)
