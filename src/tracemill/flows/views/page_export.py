"""A page on its way to a colleague: one file, which passes the gate and gets a receipt.

The gate reads the file as it is written, and what a reader will see of it: a text whose marks are
spelled as entities is found as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded
from tracemill.flows.destinations import make_folder
from tracemill.flows.privacy.gate import Gate, receipt_path, write_receipt
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace, write_whole

_DOWNLOAD = Path("a browser's download")


class PageFile(NamedTuple):
    """A page as one file."""

    address: str
    """What it shows, as an address of ours."""
    name: str
    """What the file may be called."""
    data: bytes
    """The file."""
    text: str
    """What stands in it, as a reader sees it."""


class ExportedPage(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A page that was written for others."""

    page: str
    """The page, as an address of ours."""
    path: str
    """The file that it was written to."""
    n_bytes: int
    """How long it is."""
    receipt: Receipt
    """What it went through before."""


def export_page(
    workspace: Workspace, page: PageFile, to: Path, reviewer: str | None = None
) -> ExportedPage:
    """Write a page to the file `to`, with a receipt beside it.

    Raises:
        UsageError: the file is there already.
        PolicyError: the gate refuses it; nothing is written.
    """
    to = new_file(to)
    gate = Gate(workspace, reviewer)
    receipt = _let_through(gate, page, to.name)
    make_folder(to.parent)
    gate.note(receipt, to)
    write_receipt(receipt_path(to), receipt)
    write_whole(to, page.data)
    return ExportedPage(page=page.address, path=str(to), n_bytes=len(page.data), receipt=receipt)


def new_file(to: Path) -> Path:
    """Return the whole path of a file to write.

    Raises:
        UsageError: something is there already.
    """
    to = expanded(to).absolute()
    if to.exists():
        raise UsageError(f"{str(to)!r} is there already; name a new file")
    return to


def hand_out_page(workspace: Workspace, page: PageFile, reviewer: str | None = None) -> Receipt:
    """Return the receipt of a page that a browser is about to take along.

    Raises:
        PolicyError: the gate refuses it.
    """
    gate = Gate(workspace, reviewer)
    receipt = _let_through(gate, page, page.name)
    gate.note(receipt, _DOWNLOAD)
    return receipt


def _let_through(gate: Gate, page: PageFile, name: str) -> Receipt:
    gate.check_data([(f"{name} as text", page.text.encode())])
    path = page.address.partition("?")[0]  # what was searched for is nobody else's
    return gate.receipt("page", path, gate.check_data([(name, page.data)]))
