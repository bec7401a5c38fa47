"""Whether everything kept is whole: archive bytes against hashes, and what the lake says."""

from __future__ import annotations

import pyarrow as pa

from tracemill.base.errors import StoreError
from tracemill.flows.held.lookup import require_kept
from tracemill.flows.ingest.results import Report
from tracemill.flows.ingest.verify import verify_archive
from tracemill.records.refs import Record
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class StoreCheck(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a check of the store found."""

    rows: dict[str, int]
    """Rows by table."""
    versions: dict[str, int]
    """Delta version by table."""
    n_chunks: int
    """Chunks in the archive."""
    n_bytes: int
    """Original bytes in the archive."""
    content_hash: str | None
    """Hash of what the tables say; equal for equal contents. None where one is damaged."""
    problems: tuple[str, ...]
    """What is damaged."""


def check_workspace(workspace: Workspace, report: Report) -> StoreCheck:
    """Read everything that is kept, and say what is not as it should be."""
    require_kept(workspace)
    lake = Lake(workspace.lake)
    archive = verify_archive(workspace, report)
    problems = list(archive.problems)
    content_hash = None
    rows: dict[str, int] = {}
    versions: dict[str, int] = {}
    try:
        rows = {name: lake.count(table) for name, table in TABLES.items()}
        content_hash = lake.content_hash()
        versions = lake.versions()
    except (OSError, pa.ArrowException, StoreError) as error:
        problems.append(f"lake: {error}; delete the lake folder and run again to rebuild it")
    return StoreCheck(
        rows=rows,
        versions=versions,
        n_chunks=archive.n_chunks,
        n_bytes=archive.n_bytes,
        content_hash=content_hash,
        problems=tuple(problems),
    )
