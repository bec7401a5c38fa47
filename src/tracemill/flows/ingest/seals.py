"""Seals under the key of the pseudonyms, which never leaves the vault."""

from __future__ import annotations

import hmac
from typing import Final

from tracemill.records.privacy.receipts import Seal
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

_RECEIPT: Final = b"export receipt\0"
_NAME: Final = b"name of this key\0"
_NAME_CHARACTERS: Final = 16


def seal(workspace: Workspace, data: bytes) -> Seal | None:
    """Return the seal of some bytes, or None where the workspace has no key."""
    vault = Vault(workspace.vault)
    if not vault.has_key:
        return None
    key = vault.key()
    return Seal(key_id=_name(key), hmac_sha256=hmac.digest(key, _RECEIPT + data, "sha256").hex())


def key_name(workspace: Workspace) -> str:
    """Return what a key is known by, which says nothing about it."""
    return _name(Vault(workspace.vault).key())


def _name(key: bytes) -> str:
    return hmac.digest(key, _NAME, "sha256").hex()[:_NAME_CHARACTERS]
