"""Whether the archive still holds what its manifests say."""

from __future__ import annotations

from typing import NamedTuple

from tracemill.base.errors import StoreError
from tracemill.flows.ingest.results import Progress, Report
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace


class Verified(NamedTuple):
    """What a check of the archive found."""

    n_chunks: int
    n_bytes: int
    problems: tuple[str, ...]


def verify_archive(workspace: Workspace, report: Report) -> Verified:
    """Decompress every chunk that a manifest names, and compare it with its hash."""
    vault = Vault(workspace.vault)
    chunks = {c.sha256: c for _, state in vault.archive.states() for c in state.chunks}
    total = sum(chunk.n_bytes for chunk in chunks.values())
    done = 0
    problems = []
    for chunk in chunks.values():
        try:
            for data in vault.archive.read([chunk]):
                done += len(data)
        except (StoreError, OSError) as error:
            problems.append(str(error))
        report(Progress("check", done, total))
    return Verified(len(chunks), total, tuple(problems))
