"""What code does with a value that stands where a secret would: it calls, fills in or chooses."""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.line_rules.lines import Candidate
from tracemill.redact.wording import values
from tracemill.redact.wording.open_values import is_of_type
from tracemill.redact.wording.words import is_jumbled

BEFORE_VALUE: Final = 80
"""How far before a value one has to look for what code does with it, in bytes."""
_QUOTES: Final = b"\"'`"
_NAME: Final = re.compile(rb"[A-Za-z_$][0-9A-Za-z_$.]*\Z")
_DIGIT: Final = re.compile(rb"\d")
_FILLED_IN: Final = re.compile(rb"(?i)(?<![0-9a-z])(?:f|fr|rf)[\"'`]{1,3}\Z")
_SEVERAL: Final = re.compile(rb"[A-Za-z_]\w*,[ \t]*[A-Za-z_]\w*[ \t]+=[ \t]+\Z")
"""Names that are given values together: `user, password = login`."""
_MEMBER: Final = re.compile(
    rb"(?i)>[a-z_]{0,30}(?:pass|pwd|pw|secret|token|key|cred|auth)[a-z_]{0,30}(?![0-9a-z_!#$%&*+=?@^~])"
)
_OF_STRUCT: Final = re.compile(rb"[a-z_]+\Z")
_NEGATED: Final = re.compile(rb"!!([A-Za-z_$][A-Za-z_$.]*)[,;)]*\Z")
_MINIFIED: Final = re.compile(rb"![01],[A-Za-z_$]{2,}:(?:![01]|function|void|null|\d{1,5}[,})]|\Z)")
"""True and false as code without blanks says them, and the next name."""
_CHOICE: Final = re.compile(rb"[^?]\?[ \t]*[\"'`]\Z")
_STYLE: Final = re.compile(rb"[a-z]{1,16}(?:-[a-z]{1,16}){1,3}-(?:50|[1-9]00|950)\Z")
"""A shade of a colour, as styles of web pages number them."""
_OTHER_CHOICE: Final = re.compile(rb"[\"'`][ \t]*:")


def is_of_code(found: Candidate) -> bool:
    """Tell whether a value is called, indexed, filled in, or belongs to the name of a type."""
    before = found.line[max(0, found.start - BEFORE_VALUE) : found.start]
    if found.name[-1:] in _QUOTES:
        is_filled_in = _FILLED_IN.search(before) is not None and b"{" in found.value
        return is_filled_in or is_of_type(before) or _is_choice(found)
    if _is_truth(found.value):
        return True
    behind = found.line[found.end : found.end + 1]
    if found.value[-1:] == b"-" and behind == b">":
        return _is_member(found)
    is_used = behind in (b"(", b"[")
    is_one_of_several = _SEVERAL.search(found.line, max(0, found.first - BEFORE_VALUE), found.start)
    return bool(is_used or is_one_of_several) and _NAME.match(found.value) is not None


def _is_member(found: Candidate) -> bool:
    """Tell whether a secret is read of a struct, `pass = param->pass`, and none stands here."""
    is_named_so = _MEMBER.match(found.line, found.end) is not None
    name = found.value[:-1]
    return is_named_so and bool(_OF_STRUCT.match(name) or values.is_camel(name))


def _is_truth(value: bytes) -> bool:
    """Tell whether code asks whether there is a secret, or says that there is: `!!user.token`."""
    negated = _NEGATED.match(value)
    is_name = negated is not None and not is_jumbled(negated[1])
    return is_name or _MINIFIED.match(value) is not None


def _is_choice(found: Candidate) -> bool:
    """Tell whether words in quotes are what code chooses by a secret: `secret ? "on" : "off"`."""
    if not (_CHOICE.search(found.name) and _OTHER_CHOICE.match(found.line, found.end)):
        return False
    value = found.value
    if _STYLE.match(value):
        return not values.is_password_name(found.name)
    return not (_DIGIT.search(value) or values.is_made_up(value) or values.is_key(value))
