"""The last word on what a pattern matched, one function for each kind of context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tracemill.redact import values
from tracemill.redact.lines import Candidate, Extent, Judge
from tracemill.redact.people import PEOPLE_JUDGES
from tracemill.redact.rules import JudgeName, LineRule

_TRAILING: Final = b".,;:?'\"`)]}>\\"
_QUOTES: Final = b"\"'`"
_COMMAND_WITH_USER: Final = re.compile(rb"(?i)\b(?:curl|wget|https?|httpie|xh|openssl)\b")
_VERDICT: Final = re.compile(rb"PASS[ \t]*:[ \t]*\Z")
_NUMBER: Final = re.compile(rb"\d+\Z")
_SHORT_NUMBER: Final = re.compile(rb"\d{1,5}\Z")
_EXAMPLE: Final = re.compile(rb"(?i)example|xxxxxx|your[-_]")
_IN_COOKIE: Final = re.compile(rb"(?i)cookie")
_DEFAULTS: Final = frozenset(
    b"pass password passwd secret pw pwd postgres root admin guest".split()
)
_TYPED_PASSWORD: Final = re.compile(
    rb"(?=.*\d)(?:.*[^0-9A-Za-z_.-]|(?=.*\d.*\d).*[a-z].*[A-Z]|(?=.*\d.*\d).+[A-Z].*[a-z]|[A-Z].*\d{4})"
)
_JOINTS: Final = b"_.-"
_LONGEST_NAME: Final = 24
_SHORTEST_CREDENTIAL: Final = 8
_LONGEST_PASSWORD: Final = 64
_LONGEST_VALUE: Final = 8_192
"""Longer values are data; the limit also bounds what the checks of values take."""


def judge_of(rule: LineRule) -> Judge:
    """Return the judge that a rule names."""
    if rule.judge == "token":
        return lambda found: _token(found, rule.entropy)
    judge = _JUDGES[rule.judge]
    return lambda found: judge(found) if len(found.value) <= _LONGEST_VALUE else None


def whole(found: Candidate) -> Extent:
    """Confirm a candidate as it is."""
    return Extent(found.start, found.end)


def _trimmed(found: Candidate) -> Candidate:
    """Return the candidate without what closes the sentence or the bracket around it."""
    if found.name[-1:] in _QUOTES:
        return found
    return found.until(found.start + len(found.value.rstrip(_TRAILING)))


def _token(found: Candidate, least_entropy: float) -> Extent | None:
    """A token has its own form; it is none where it says `example`, or is a name in code."""
    value = found.value
    if values.entropy(value) < least_entropy or _EXAMPLE.search(value):
        return None
    is_name = values.is_camel(value.translate(None, _JOINTS)[-_LONGEST_NAME:])
    return None if is_name else whole(found)


def _assigned(found: Candidate) -> Extent | None:
    """A value stands to its name; `PASS: TestX` is no password."""
    if values.is_public(found.context) or _VERDICT.match(found.name):
        return None
    found = _trimmed(found)
    return whole(found) if values.is_secret(found.name, found.value) else None


def _loose(found: Candidate) -> Extent | None:
    """Where the context promises little, the value must look random."""
    found = _trimmed(found)
    if values.is_placeholder(found.value) or values.is_public(found.context):
        return None
    return whole(found) if values.is_random(found.value) else None


def _header(found: Candidate) -> Extent | None:
    """What stands behind `Bearer` is a credential unless it is words or code."""
    found = _trimmed(found)
    is_long = len(found.value) >= _SHORTEST_CREDENTIAL
    return whole(found) if is_long and not _is_ordinary(found.value) else None


def _command(found: Candidate) -> Extent | None:
    return None if _is_ordinary(found.value) else whole(found)


def _is_ordinary(value: bytes) -> bool:
    return values.is_placeholder(value) or values.is_words(value) or values.is_code(value)


def _url(found: Candidate) -> Extent | None:
    """A password in an address may be words, but not those that everybody uses."""
    value = found.value
    user = found.name.rsplit(b"/", 1)[-1].rstrip(b":")
    is_default = value.lower() in _DEFAULTS or value == user or _SHORT_NUMBER.match(value)
    return None if is_default or values.is_placeholder(value) else whole(found)


def _user(found: Candidate) -> Extent | None:
    """`-u` takes a password in commands that fetch; elsewhere it takes a group."""
    is_command = _COMMAND_WITH_USER.search(found.line) and not _NUMBER.match(found.value)
    return _url(found) if is_command else None


def _option(found: Candidate) -> Extent | None:
    """What begins with a hyphen is the next option."""
    return None if found.value.startswith(b"-") else _assigned(found)


def _cookie(found: Candidate) -> Extent | None:
    return _loose(found) if _IN_COOKIE.search(found.line) else None


def _prose(found: Candidate) -> Extent | None:
    """In a sentence, only a word with digits and other signs or capitals is a password."""
    found = _trimmed(found)
    value = found.value
    if values.is_placeholder(value) or values.is_code(value) or len(value) > _LONGEST_PASSWORD:
        return None
    return whole(found) if _TYPED_PASSWORD.match(value) else None


_JUDGES: Final[Mapping[JudgeName, Judge]] = {
    **PEOPLE_JUDGES,
    "assigned": _assigned,
    "loose": _loose,
    "header": _header,
    "url": _url,
    "user": _user,
    "command": _command,
    "option": _option,
    "cookie": _cookie,
    "prose": _prose,
}
