"""What ever left a workspace through the gate."""

from __future__ import annotations

from tracemill.records.privacy.receipts import ExportNote
from tracemill.records.refs import Record
from tracemill.store.exports import read_exports
from tracemill.store.workspace import Workspace


class ExportList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every export, newest first."""

    exports: tuple[ExportNote, ...]
    """What left, when, and where to. What became of it there, nobody knows."""


def list_exports(workspace: Workspace) -> ExportList:
    """Return what left the workspace."""
    return ExportList(exports=read_exports(workspace.vault)[::-1])
