"""Values that look as if they were drawn, and that everybody may see by what they are."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

_CERTIFICATES: Final = (b"LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR", b"LS0tLS1CRUdJTiBQVUJMSUMg")
"""How the first lines of certificates and of public keys begin in Base64."""
_NAMED_DIGEST: Final = re.compile(
    rb"(?i)(?:[a-z0-9]{1,12}[_-]){0,3}(?:model|input|output|layout|style|widget|tmpl|template|dryrun"
    rb"|node|npm|yarn|pnpm|pip|poetry|uv|cargo|gradle|maven|go|deps|dependencies|modules|linux|macos"
    rb"|windows|ubuntu|asset|bundle|chunk|layer|snapshot|tree|blob|object|release|package|module"
    rb"|index|shard|content|digest|hash)[_-][0-9a-f]{32,64}\Z"
)
_ENCODED: Final = re.compile(rb"[0-9A-Za-z+/]{200,}={0,2}\Z")
"""Certificates are never shorter."""
_CACHE_KEY: Final = re.compile(
    rb"(?i)(?:cache[0-9a-z_ -]{0,24}|(?<![0-9a-z_-])(?:restore-)?keys?)[\"'`\]]*[ \t]*"
    rb"(?::=|=>|[:=])[ \t]*\\?[\"'`]?\Z"
)
_DIGEST_BEFORE: Final = re.compile(rb"(?i)(?:^|[^0-9a-z])(h1|sha(?:1|224|256|384|512)|md5)[:-]\Z")
_DIGEST: Final = re.compile(rb"([0-9A-Za-z+/]{22,128})={0,2}(?![0-9A-Za-z+/=_-])")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]+\Z")
_DIGEST_BITS: Final = {b"h1": 256, b"md5": 128, b"sha1": 160}
_BEHIND_DIGEST: Final = b".,;:?'\"`)]}>\\"
_TYPE_BEFORE: Final = re.compile(
    rb"(?:[A-Za-z]\w*::)+\w+\\{0,3}[\"'][ \t]*(?:[:=]|=>)[ \t]*\\{0,3}[\"']?\Z"
)
_REACH: Final = 8


def is_certificate(value: bytes) -> bool:
    """Tell whether a value is a whole certificate or public key in Base64, and nothing private."""
    if not value.startswith(_CERTIFICATES) or not _ENCODED.match(value):
        return False
    whole = value.rstrip(b"=")
    return b"PRIVATE" not in b64decode(whole[: len(whole) // 4 * 4])


def is_beginning_of_certificate(value: bytes) -> bool:
    """Tell whether a value is the first line of a certificate or a public key in Base64."""
    return value.startswith(_CERTIFICATES)


def is_named_digest(value: bytes) -> bool:
    """Tell whether a digest stands behind words that say what it is of, as in keys of caches."""
    return _NAMED_DIGEST.match(value) is not None


def is_cache_key(name: bytes) -> bool:
    """Tell whether a name is `key` and no more, or that of a cache."""
    return _CACHE_KEY.search(name) is not None


def is_told_digest(data: bytes, start: int) -> bool:
    """Tell whether what begins at `start` stands behind the name of a digest: `h1:`, `sha256-`."""
    return _DIGEST_BEFORE.search(data, max(0, start - _REACH), start) is not None


def is_digest(data: bytes, start: int, end: int) -> bool:
    """Tell whether a digest stands behind its name: it has the length of its kind.

    A pattern may have matched less of it, or signs behind it, but nothing else.
    """
    told = _DIGEST_BEFORE.search(data, max(0, start - _REACH), start)
    digest = _DIGEST.match(data, start) if told else None
    if told is None or digest is None or data[digest.end() : end].strip(_BEHIND_DIGEST):
        return False
    name = told[1].lower()
    bits = _DIGEST_BITS.get(name) or int(name[3:])
    is_hex = len(digest[1]) == bits // 4 and _HEX.match(digest[1]) is not None
    return is_hex or len(digest[1]) == (bits + 5) // 6


def is_of_type(before: bytes) -> bool:
    """Tell whether a value belongs to the name of a type in quotes, `"AWS::KMS::Key": "…"`."""
    return b"::" in before and _TYPE_BEFORE.search(before) is not None
