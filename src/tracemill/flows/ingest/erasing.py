"""What an erasure does inside the vault: archive, captured events, and the catalog.

Each part may be done twice, so that an erasure that was killed is carried out again from its start.
It is known by then from keyed hashes and ids alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.flows.executors.protocol import Executor
from tracemill.flows.ingest.masking import unnamed
from tracemill.flows.ingest.plan import Ingest
from tracemill.flows.ingest.results import Report
from tracemill.records.privacy.erasures import Erasure
from tracemill.store.erasures import ErasureBook, Refusal
from tracemill.store.rewriting import Rewriting, Rewritten, rewrite
from tracemill.store.vault import Archived, Vault
from tracemill.store.workspace import Workspace

_STAMP_PARTS: Final = 3
"""A file's state: size, time, and number."""


class VaultErased(NamedTuple):
    """What went out of the vault."""

    n_bytes: int
    """Archived bytes, as they were compressed."""
    n_captured: int
    """Files of captured events that changed."""


def erase_from_vault(workspace: Workspace, book: ErasureBook, erasure: Erasure) -> VaultErased:
    """Take what an erasure names out of the vault; the inputs that stay are to be read again."""
    refusal = Refusal(book)
    vault = Vault(workspace.vault)
    try:
        vault.spool.mkdir(mode=0o700, exist_ok=True)
        rewritten = _rewrite(vault, workspace, refusal, erasure)
        n_captured = clean_captured(workspace, refusal)
        _forget(vault, book, erasure, rewritten)
    finally:
        vault.close()
    return VaultErased(rewritten.n_bytes, n_captured)


def _rewrite(vault: Vault, workspace: Workspace, refusal: Refusal, erasure: Erasure) -> Rewritten:
    def mask(state: Archived, blocks: Iterable[bytes]) -> Iterator[bytes]:
        return unnamed(blocks, refusal, is_inbox=is_captured(workspace, state.path))

    wanted = Rewriting(
        set(erasure.whole_inputs), set(erasure.masked_inputs), mask, set(erasure.emptied_inputs)
    )
    return rewrite(vault.archive, wanted, vault.spool)


class KeptState(NamedTuple):
    """An input as it last stood."""

    address: str
    stamp: str
    content: str | None
    n_bytes: int
    is_archived: bool
    """Whether any of its states has its bytes in the archive."""
    written: datetime | None
    """When its file was last written to, where its state says so."""


def kept_states(workspace: Workspace) -> dict[str, KeptState]:
    """Return every input of which anything is kept, as it last stood; captured events excepted."""
    archived: set[str] = set()
    found = {}
    for _, state in Vault(workspace.vault).archive.states():
        if state.chunks:
            archived.add(state.input_id)
        if not is_captured(workspace, state.path) and state.content is not None:
            found[state.input_id] = KeptState(
                state.path, state.stamp, state.content, state.n_bytes,
                state.input_id in archived, _written(state.stamp),
            )  # fmt: skip
    return found


def _written(stamp: str) -> datetime | None:
    parts = stamp.split(":")
    if len(parts) < _STAMP_PARTS or not parts[1].isdigit():
        return None
    return datetime.fromtimestamp(int(parts[1]) / 1e9, UTC)


def is_captured(workspace: Workspace, address: str) -> bool:
    """Tell whether an input is a file of the inbox, which holds events of everybody."""
    return Path(address).parent == workspace.inbox


def clean_captured(workspace: Workspace, refusal: Refusal) -> int:
    """Take what is refused out of captured events, in place; return how many files changed.

    Nothing moves, so events that come in meanwhile stand where they are.
    """
    n_changed = 0
    if not (refusal.has_names or refusal.has_lines):
        return n_changed
    for path in sorted(workspace.inbox.glob("*.jsonl")):
        with path.open("r+b") as opened:
            data = opened.read()
            clean = b"".join(unnamed([data], refusal, is_inbox=True))
            if clean != data:
                opened.seek(0)
                opened.write(clean)
                opened.flush()
                os.fsync(opened.fileno())
                n_changed += 1
    return n_changed


def _forget(vault: Vault, book: ErasureBook, erasure: Erasure, rewritten: Rewritten) -> None:
    folders = [f for f in vault.folders() if book.code(f) in erasure.gone_folders]
    vault.forget(erasure.whole_inputs, folders)
    vault.move(rewritten.chunks, rewritten.contents)
    vault.mark_stale(erasure.masked_inputs)
    vault.compact()


def read_again(
    workspace: Workspace, make_executor: Callable[[int], Executor], report: Report
) -> None:
    """Read the inputs again, from the archive, of which names were masked."""
    with Ingest(workspace) as ingest:
        plan = ingest.plan([])
        if not plan.is_empty:
            ingest.run(plan, make_executor(plan.n_bytes), report)


def compact_vault(workspace: Workspace) -> None:
    """Leave nothing of before in the catalog."""
    vault = Vault(workspace.vault)
    vault.compact()
    vault.close()
    shutil.rmtree(vault.spool, ignore_errors=True)
