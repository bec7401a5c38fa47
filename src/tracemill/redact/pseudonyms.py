"""Tokens and pseudonyms: what stands in place of the text that was taken out.

Each is an HMAC of the text with the workspace's key, so the same text has the same stand-in
throughout a workspace, and nobody without the key can test a guess. Names have 50 bits of it, so
that of a million people hardly two ever share a pseudonym; tokens have 30. Secrets and each
kind of identity are hashed in domains of their own, so stand-ins of different kinds never tell
anything about each other.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final

from tracemill.base.errors import UsageError
from tracemill.base.keyed_words import words_of
from tracemill.records.privacy import stand_ins

KEY_BYTES: Final = 32

USER: Final = stand_ins.USER.encode()
"""How the pseudonym of a person looks."""
HOST: Final = stand_ins.HOST.encode()
"""How the pseudonym of a machine looks."""
TOKEN: Final = stand_ins.BRACKETED.encode()
"""How the token of a secret, or of a number that points at a person, looks."""
_TOKEN_CHARACTERS: Final = 6
_NAME_CHARACTERS: Final = 10
_LONGEST: Final = 72
_DRAWN: Final = r"(?=[a-z]{0,9}[2-7]|[a-z]{0,5}[b-df-hj-np-tvxz]{5})[a-z2-7]{10}"
"""Pseudonyms have a figure or five consonants; words such as `management` do not."""
_NAMES: Final = rf"(?:dev|host)-{_DRAWN}".encode()
_IS_DRAWN: Final = re.compile(_DRAWN)
_MAILBOXES: Final = rb"user-[a-z2-7]{10}@example\.org"
_STAND_IN: Final = re.compile(b"|".join((TOKEN, _NAMES, _MAILBOXES)))
"""Those of addresses in a network are none here: the same stand in documents and tests."""
_ADDRESS: Final = re.compile(
    rb"198\.1[89](?:\.[0-9]{1,3}){2}|2001:db8(?::[0-9a-f]{4}){2}::[0-9a-f]{4}"
)


def is_address_stand_in(data: bytes) -> bool:
    """Tell whether bytes are what may stand in place of an address in a network, and no more."""
    return _ADDRESS.fullmatch(data) is not None


def holds_stand_in(data: bytes, start: int = 0, end: int | None = None) -> bool:
    """Tell whether what looks like a stand-in, as they are made now, stands in bytes.

    Args:
        data: The bytes.
        start: Where to begin; a stand-in counts that only ends behind it.
        end: Where to end; a stand-in counts that only begins before it.
    """
    end = len(data) if end is None else end
    around = _STAND_IN.finditer(data, max(0, start - _LONGEST), end + _LONGEST)
    return any(each.start() < end and each.end() > start for each in around)


class Pseudonyms:
    """Stand-ins under one key."""

    __slots__ = ("_key", "mailbox", "name", "token")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise UsageError(f"the key must have {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self.mailbox = lru_cache(4096)(self._mailbox)
        self.name = lru_cache(4096)(self._name)
        self.token = lru_cache(4096)(self._token)

    def _token(self, rule_id: str, secret: bytes) -> str:
        """Return the token of a secret, which nobody can turn back."""
        return f"[SECRET:{rule_id}:{_characters(self._code(b'secret', secret), _TOKEN_CHARACTERS)}]"

    def number(self, rule_id: str, text: bytes) -> str:
        """Return the token of what points at a person and has no form to keep."""
        return f"[PII:{rule_id}:{_characters(self._code(b'number', text), _TOKEN_CHARACTERS)}]"

    def person(self, address: bytes) -> str:
        """Return the pseudonym of the person behind an e-mail address or name."""
        return f"dev-{self._digest(b'mailbox', address.lower())}"

    def user(self, name: bytes) -> str:
        """Return the pseudonym of a user name."""
        return f"dev-{self._digest(b'user', name.lower())}"

    def _name(self, spelling: bytes) -> str:
        """Return the pseudonym of a full name in a path: that of the user name of its letters.

        No address counts, since one person may have several.
        """
        words = words_of(spelling.decode("utf-8", "surrogateescape"))
        return self.user("".join(words).encode("utf-8", "surrogateescape"))

    def host(self, name: bytes) -> str:
        """Return the pseudonym of a machine."""
        return f"host-{self._digest(b'host', name.lower())}"

    def ipv4(self, address: bytes) -> str:
        """Return an address of the networks that are set aside for benchmarks (RFC 2544)."""
        code = self._code(b"ipv4", address)
        return f"198.{18 + code[0] % 2}.{code[1]}.{code[2]}"

    def ipv6(self, address: bytes) -> str:
        """Return an address of the networks that are set aside for documents (RFC 3849)."""
        code = self._code(b"ipv6", IPv6Address(address.decode()).packed).hex()
        return f"2001:db8:{code[:4]}:{code[4:8]}::{code[8:12]}"

    def _mailbox(self, address: bytes) -> str:
        return f"user-{self._digest(b'mailbox', address.lower())}@example.org"

    def _code(self, domain: bytes, text: bytes) -> bytes:
        return hmac.digest(self._key, domain + b"\0" + text, "sha256")

    def _digest(self, domain: bytes, text: bytes) -> str:
        """Return what stands for a name; one in thirty could be a word, and is hashed again."""
        code = self._code(domain, text)
        while not _IS_DRAWN.fullmatch(drawn := _characters(code, _NAME_CHARACTERS)):
            code = self._code(domain, code)
        return drawn


def _characters(code: bytes, n_characters: int) -> str:
    return b32encode(code[:10])[:n_characters].lower().decode()
