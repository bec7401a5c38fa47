"""The last word on secrets in pieces: literals that are one, arguments, lists, broken lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tracemill.redact.line_rules.lines import Candidate, Extent, Judge
from tracemill.redact.rules import JudgeName
from tracemill.redact.wording import values

_QUOTES: Final = b"\"'`"
_EXAMPLE: Final = re.compile(rb"(?i)example|xxxxxx|your[-_]")
_WORD_GOES_ON: Final = re.compile(rb"[0-9A-Za-z_]")
_LENGTHS: Final = (
    *((b"gh" + kind + b"_", 40) for kind in (b"p", b"o", b"u", b"s", b"r")),
    *((b"github_pat_", 93), (b"glpat-", 26), (b"npm_", 40), (b"hf_", 37), (b"dop_v1_", 71)),
    *((b"AIza", 39), (b"SG.", 69), (b"sk-ant-", 108), (b"xai-", 84), (b"gsk_", 56)),
    *((b"dckr_pat_", 36), (b"lin_api_", 48), (b"AKIA", 20), (b"ASIA", 20)),
)
"""Beginnings of tokens, and how long those tokens are."""
_WRAPPED_ENTROPY: Final = 3.0
_QUOTED: Final = re.compile(rb"[\"']([^\"'\s]{8,200})[\"']")
_NO_PASSWORD: Final = re.compile(rb"://|[^@]@[\w-]+\.\w|^[\w-]+\Z|^/|[\w-]+\.\w{2,4}\Z|:\d{2,5}\Z")
_LITERALS: Final = re.compile(rb"[\"'][\s\\+.&,<]*[fru]?[\"']")


def _split(found: Candidate) -> Extent | None:
    """Several literals are a secret where they are one together."""
    if values.is_public(found.context):
        return None
    parts = _LITERALS.split(found.value.rstrip(_QUOTES))
    is_secret = values.is_random(b"".join(parts)) or all(map(values.is_key, parts))
    return Extent(found.start, found.end - 1) if is_secret else None


def _argument(found: Candidate) -> Extent | None:
    """Of the texts in a call, the first is the password that is made up as one, and no address."""
    for each in _QUOTED.finditer(found.value):
        value = each[1]
        is_plain = values.is_placeholder(value) or values.is_code(value)
        if is_plain or (_NO_PASSWORD.search(value) and not values.is_key(value)):
            continue
        if values.is_typed(value) or values.is_random(value):
            return _within(found, each)
    return None


def _listed(found: Candidate) -> Extent | None:
    """Of a list that is called so, the first key is secret, or else the first password."""
    if values.is_public(found.context):
        return None
    for each in _QUOTED.finditer(found.value):
        if values.is_key(each[1]) or values.is_random(each[1]):
            return _within(found, each)
    return _argument(found)


def _within(found: Candidate, part: re.Match[bytes]) -> Extent:
    return Extent(found.start + part.start(1), found.start + part.end(1))


def _wrapped(found: Candidate) -> Extent | None:
    """Two lines are one token where together they have its length, and the first alone has not."""
    first, second = found.value.split(b"\n")
    whole_length = next(n for prefix, n in _LENGTHS if first.startswith(prefix))
    missing = whole_length - len(first.strip())
    second = second.lstrip()
    is_cut = 0 < missing <= len(second) and not _WORD_GOES_ON.match(second, missing)
    token = first.strip() + second[: max(0, missing)]
    if not is_cut or _EXAMPLE.search(token) or values.entropy(token) < _WRAPPED_ENTROPY:
        return None
    return Extent(found.start, found.end - len(second) + missing)


PIECE_JUDGES: Final[Mapping[JudgeName, Judge]] = {
    "split": _split,
    "argument": _argument,
    "listed": _listed,
    "wrapped": _wrapped,
}
