"""Another key for the pseudonyms: everything is pseudonymised anew, and the old key is gone.

Ids of inputs follow from their addresses with pseudonyms, so they change too. Lake, index and
catalog are dropped, manifests are told the new ids, the new key takes the place of the old one, and
all is read again from the archive. The new key waits in a file of its own until then; while it is
there, whoever writes next goes on from the start.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from tracemill.base.ids import make_id
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.ingest.erasing import read_again
from tracemill.flows.ingest.redactors import redactor
from tracemill.flows.ingest.results import Report
from tracemill.store.archive import Archive, Archived
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace, write_whole

MakeExecutor = Callable[[int], Executor]
"""Returns an executor for so many bytes."""


def rotate(workspace: Workspace, make: MakeExecutor, report: Report) -> None:
    """Give the workspace a new key; it must be held."""
    vault = Vault(workspace.vault)
    vault.key()
    vault.pseudonyms.prepare_next()
    finish_rotation(workspace, make, report)


def finish_rotation(workspace: Workspace, make: MakeExecutor, report: Report) -> bool:
    """Go on with a rotation that was begun; return whether one was."""
    vault = Vault(workspace.vault)
    if not vault.pseudonyms.has_next:
        return False
    _drop(workspace)
    _rename_inputs(vault, vault.pseudonyms.read_next())
    vault.pseudonyms.take_next()
    workspace.lake.mkdir(mode=0o700)
    read_again(workspace, make, report)
    return True


def _drop(workspace: Workspace) -> None:
    """Remove what is made again: lake, index and catalog."""
    shutil.rmtree(workspace.lake, ignore_errors=True)
    for name in (workspace.index, workspace.vault / "catalog.sqlite"):
        for path in name.parent.glob(f"{name.name}*"):
            path.unlink()


def _rename_inputs(vault: Vault, key: bytes) -> None:
    text = redactor(key, str(Path.home())).text
    decode = msgspec.json.Decoder(Archived).decode
    for manifest in vault.archive.manifests():
        states = [decode(line) for line in manifest.read_bytes().splitlines()]
        renamed = [
            msgspec.structs.replace(state, input_id=make_id("input", text(state.path)))
            for state in states
        ]
        if renamed != states:
            lines = b"".join(msgspec.json.encode(state) + b"\n" for state in renamed)
            write_whole(manifest, lines)


def archived_ids(workspace: Workspace) -> set[str]:
    """Return the inputs whose bytes are archived, or which are copies of such."""
    states = [state for _, state in Archive(workspace.vault / "archive").states()]
    contents = {state.content for state in states if state.chunks}
    return {state.input_id for state in states if state.content in contents}
