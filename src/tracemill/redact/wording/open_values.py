"""Values that look as if they were drawn, and that everybody may see by what they are."""

from __future__ import annotations

import re
from typing import Final

_CERTIFICATES: Final = (b"LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR", b"LS0tLS1CRUdJTiBQVUJMSUMg")
"""How the first lines of certificates and of public keys begin in Base64."""
_NAMED_DIGEST: Final = re.compile(
    rb"(?i)(?:[a-z0-9]{1,12}[_-]){0,3}(?:model|input|output|layout|style|widget|tmpl|template|dryrun"
    rb"|node|npm|yarn|pnpm|pip|poetry|uv|cargo|gradle|maven|go|deps|dependencies|modules|linux|macos"
    rb"|windows|ubuntu|asset|bundle|chunk|layer|snapshot|tree|blob|object|release|package|module"
    rb"|index|shard|content|digest|hash)[_-][0-9a-f]{32,64}\Z"
)
_DIGEST_BEFORE: Final = re.compile(rb"(?i)(?:^|[^0-9a-z])(?:h1|sha(?:1|224|256|384|512)|md5)[:-]\Z")
_TYPE_BEFORE: Final = re.compile(
    rb"(?:[A-Za-z]\w*::)+\w+\\{0,3}[\"'][ \t]*(?:[:=]|=>)[ \t]*\\{0,3}[\"']?\Z"
)
_REACH: Final = 8


def is_certificate(value: bytes) -> bool:
    """Tell whether a value is a certificate or a public key in Base64, or the beginning of one."""
    return value.startswith(_CERTIFICATES)


def is_named_digest(value: bytes) -> bool:
    """Tell whether a digest stands behind words that say what it is of, as in keys of caches."""
    return _NAMED_DIGEST.match(value) is not None


def is_told_digest(data: bytes, start: int) -> bool:
    """Tell whether what begins at `start` stands behind the name of a digest: `h1:`, `sha256-`."""
    return _DIGEST_BEFORE.search(data, max(0, start - _REACH), start) is not None


def is_of_type(before: bytes) -> bool:
    """Tell whether a value belongs to the name of a type in quotes, `"AWS::KMS::Key": "…"`."""
    return b"::" in before and _TYPE_BEFORE.search(before) is not None
