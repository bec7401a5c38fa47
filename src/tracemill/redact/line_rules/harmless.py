"""Candidates that everybody may see by what they are: certificates, and digests that say so."""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.line_rules.lines import Candidate
from tracemill.redact.rules import JudgeName
from tracemill.redact.wording import values
from tracemill.redact.wording.open_values import (
    is_beginning_of_certificate,
    is_cache_key,
    is_certificate,
    is_digest,
    is_named_digest,
)

_MARK: Final = re.compile(rb"(?i)(?:^|[^0-9a-z_ -]) *signature[\"']?[ \t]*[:=][ \t]*[\"']?\Z")
"""What stands before the digest that a message or a folder is known by, and nobody logs in with."""
_MARKED: Final = re.compile(rb"(?i)(?:[0-9a-f]{32}|[0-9a-f]{40})\Z")
_OF_DRAWN: Final = frozenset(("any", "loose", "assigned", "shaped", "prefixed", "told", "key-data"))
"""Judges of values that a machine has drawn, as it draws digests: others may stand behind `h1:`."""
_OF_ANY_NAME: Final = frozenset(("any", "shaped"))


def is_harmless(found: Candidate, judge: JudgeName) -> bool:
    """Tell whether a value is a certificate, or a digest that is told to be one."""
    if judge not in _OF_DRAWN:
        return False
    if is_certificate(found.value) or is_digest(found.line, found.start, found.end):
        return True
    if _is_named_secret(found.context):
        return False
    is_by_itself = judge in _OF_ANY_NAME
    if is_by_itself and is_beginning_of_certificate(found.value):
        return True
    return (is_by_itself or is_cache_key(found.context)) and is_named_digest(found.value)


def _is_named_secret(name: bytes) -> bool:
    return values.is_secret_name(name) or values.is_password_name(name)


def is_mark(found: Candidate) -> bool:
    """Tell whether a digest marks a message or a folder: behind `signature` and nothing more."""
    return bool(_MARKED.match(found.value) and _MARK.search(found.context))
