"""Pushing datasets to a hub: private by default, and only after a person looked at them.

What may go is an exported folder whose receipt names a reviewer and still holds: same bytes, same
rules, nothing beside. Each file's bytes are compared with the receipt once more as they are handed
over. A repository that is there and open to everybody gets nothing that was meant to be private.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from tracemill.base.clock import now
from tracemill.base.errors import PolicyError
from tracemill.base.named_files import expanded
from tracemill.flows.privacy.gate import RECEIPT
from tracemill.flows.privacy.verify import verify_export
from tracemill.records.privacy.receipts import ExportNote, Receipt
from tracemill.records.refs import Record
from tracemill.store.exports import note_export
from tracemill.store.workspace import Workspace


class HubFile(NamedTuple):
    """One file that goes out."""

    path: str
    """Its path in the repository."""
    source: Path
    """Where it lies."""
    sha256: str
    """What its bytes must be."""


class Hub(Protocol):
    """Where datasets are kept for others."""

    def make_room(self, repo: str, *, is_private: bool) -> bool:
        """Have a repository for a dataset; return whether it is private.

        Raises:
            UsageError: the hub refuses it, or cannot be reached.
        """
        ...

    def put(self, repo: str, files: Sequence[HubFile], message: str) -> str:
        """Add files in one commit, all or none; return its address.

        Raises:
            UsageError: the hub refuses it, or cannot be reached.
            PolicyError: the bytes of a file are not what they must be.
        """
        ...


class PushedDataset(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A dataset that went to a hub."""

    repo: str
    """The repository."""
    is_private: bool
    """Whether only those who were let in see it."""
    address: str
    """The commit."""
    receipt: Receipt
    """What it went through before."""


def push_export(
    workspace: Workspace, folder: Path, hub: Hub, repo: str, *, is_public: bool = False
) -> PushedDataset:
    """Put an exported folder into a repository of a hub.

    Raises:
        PolicyError: nobody has looked at it, it is not what went through the gate, or the
            repository is open to everybody and that was not asked for.
        UsageError: the hub refuses it, or cannot be reached.
    """
    folder = expanded(folder).absolute()
    receipt = _accepted(workspace, folder)
    is_private = hub.make_room(repo, is_private=not is_public)
    if not (is_private or is_public):
        raise PolicyError(
            f"nothing goes out: {repo!r} is open to everybody; name another repository, make this "
            "one private, or say --public"
        )
    files = [HubFile(each.path, folder / each.path, each.sha256) for each in receipt.files]
    place = folder / RECEIPT
    files.append(HubFile(RECEIPT, place, hashlib.sha256(place.read_bytes()).hexdigest()))
    address = hub.put(repo, files, f"{receipt.subject}, reviewed by {receipt.reviewer}")
    note_export(
        workspace.vault,
        ExportNote(
            at=now(),
            kind=receipt.kind,
            subject=receipt.subject,
            to=address,
            reviewer=receipt.reviewer,
        ),
    )
    return PushedDataset(repo=repo, is_private=is_private, address=address, receipt=receipt)


def _accepted(workspace: Workspace, folder: Path) -> Receipt:
    """Return the receipt of a folder that may go on."""
    verified = verify_export(workspace, folder)
    receipt = verified.receipt
    if receipt is None or not verified.is_accepted:
        raise PolicyError(
            f"nothing goes out: {'; '.join(verified.problems)}; export it again: "
            "tracemill dataset export --reviewer NAME --to FOLDER"
        )
    if receipt.kind != "dataset" or not receipt.is_whole_folder:
        raise PolicyError(f"nothing goes out: {str(folder)!r} is no export of a dataset")
    if not receipt.reviewer:
        raise PolicyError(
            "nothing goes out: the receipt names nobody who has looked at it; read it, then export "
            "it again: tracemill dataset export --reviewer NAME --to FOLDER"
        )
    return receipt
