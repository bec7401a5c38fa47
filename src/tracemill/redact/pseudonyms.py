"""Tokens and pseudonyms: what stands in place of the text that was taken out.

Each is an HMAC of the text with the workspace's key, so the same text has the same stand-in
throughout a workspace, and nobody without the key can test a guess. Secrets and each kind
of identity are hashed in domains of their own, so stand-ins of different kinds never tell
anything about each other.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from functools import lru_cache
from typing import Final

from tracemill.base.errors import UsageError

KEY_BYTES: Final = 32

USER: Final = rb"dev-[a-z2-7]{6}"
"""How the pseudonym of a person looks."""
MAILBOX: Final = rb"user-[a-z2-7]{6}@example\.org"
"""How the pseudonym of an e-mail address looks."""
TOKEN: Final = rb"\[SECRET:[a-z0-9-]{2,48}:[a-z2-7]{6}\]"
"""How the token of a secret looks."""

_DIGEST_CHARACTERS = 6


class Pseudonyms:
    """Stand-ins under one key."""

    __slots__ = ("_key", "mailbox")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise UsageError(f"the key must have {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self.mailbox = lru_cache(4096)(self._mailbox)

    def token(self, rule_id: str, secret: bytes) -> str:
        """Return the token of a secret, which nobody can turn back."""
        return f"[SECRET:{rule_id}:{self._digest(b'secret', secret)}]"

    def person(self, address: bytes) -> str:
        """Return the pseudonym of the person behind an e-mail address or name."""
        return f"dev-{self._digest(b'mailbox', address.lower())}"

    def user(self, name: bytes) -> str:
        """Return the pseudonym of a user name."""
        return f"dev-{self._digest(b'user', name.lower())}"

    def _mailbox(self, address: bytes) -> str:
        return f"user-{self._digest(b'mailbox', address.lower())}@example.org"

    def _digest(self, domain: bytes, text: bytes) -> str:
        code = hmac.digest(self._key, domain + b"\0" + text, "sha256")
        return b32encode(code[:5])[:_DIGEST_CHARACTERS].lower().decode()
