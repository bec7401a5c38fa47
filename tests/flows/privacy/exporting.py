"""What tests of exports do again and again."""

from __future__ import annotations

from pathlib import Path

from tracemill.flows.datasets.versions import export_version
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.results import SessionRow
from tracemill.records.privacy.receipts import Receipt
from tracemill.redact import Rules
from tracemill.store.workspace import Workspace

SHIPPED = Rules.shipped()


def without(*names: str) -> Rules:
    return Rules(rule for rule in SHIPPED.lines if rule.id not in names)


def exported(workspace: Workspace, to: Path) -> Receipt:
    receipt = export_version(workspace, "chat", to, dry_run=False).receipt
    assert receipt is not None
    return receipt


def first_session(workspace: Workspace) -> str:
    return list_rows(workspace, "session", SessionRow, limit=1).rows[0].id
