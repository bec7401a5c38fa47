"""Where reports go: into the workspace, or out of it through the gate of exports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tracemill.flows.destinations import make_folder
from tracemill.flows.privacy.gate import RECEIPT, Gate, write_receipt
from tracemill.store.workspace import Workspace

REPORTS: Final = "reports"
"""Folder of reports in a workspace."""


def write_texts(
    workspace: Workspace, name: str, texts: Mapping[str, str], to: Path | None
) -> tuple[str, ...]:
    """Write the files of a report, and return where they are.

    Args:
        workspace: where they lie without `to`.
        name: what the report is called.
        texts: what its files say, by their names.
        to: a folder elsewhere.

    Raises:
        PolicyError: the gate refuses it; nothing is written.
    """
    folder = workspace.root / REPORTS if to is None else to
    if to is not None:
        _pass_gate(workspace, name, texts, to)
    make_folder(folder)
    for path, text in texts.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return tuple(str(folder / path) for path in texts)


def _pass_gate(workspace: Workspace, name: str, texts: Mapping[str, str], folder: Path) -> None:
    """Check what is to leave the workspace, and put a receipt where it goes."""
    gate = Gate(workspace)
    checked = gate.check_data((path, text.encode()) for path, text in texts.items())
    receipt = gate.receipt("reports", name, checked)
    make_folder(folder)
    gate.note(receipt, folder)
    write_receipt(folder / f"{name}.{RECEIPT}", receipt)
