"""Forms that values in code have: versions, names of resources, rules of forms, options."""

from __future__ import annotations

import re
from typing import Final

_VERSION: Final = rb"[v^~>=<]*\d+(?:\.\d+){1,4}"
_FURTHER: Final = (
    rb"(?:[-+.](?:[a-z]{1,12}\d{0,4}|\d{1,14})){0,3}(?:[-.]\d{14}-[0-9a-f]{12}(?:\+[a-z]{1,12})?)?$"
)
"""What a version says of itself, and the time and commit that Go writes behind it."""
_PACKAGE: Final = (
    rb"@?[a-z][a-z._-]{0,30}\d{0,2}[a-z._-]{0,30}(?:/[a-z][a-z._-]{0,30}\d{0,2}[a-z._-]{0,30})?@"
)
_NUMBERS: Final = re.compile(
    rb"^(?:(?:npm|workspace|jsr):(?:"
    + _PACKAGE
    + rb")?)?"
    + _VERSION
    + _FURTHER
    + rb"|^"
    + _VERSION
    + rb"(?:[-+.][\w.]+)?$|^[\d.,:/ _-]+$"
)
_FORM_RULES: Final = re.compile(
    rb"(?:nullable|required|sometimes|bail|present|filled|string|min|max)(?::\d{1,6})?"
    rb"(?:\|[a-z_]{2,24}(?::(?:\d{1,6}(?:,\d{1,6})?|[a-z_]{1,24}))?)+\Z"
)
"""How a form says what it takes: `nullable|string|max:255`."""
_FIELD_TAG: Final = re.compile(
    rb"(?:bytes|varint|fixed\d\d),\d{1,5},(?:opt|req|rep)"
    rb"(?:,[a-z_]{1,16}\d?(?:=[A-Za-z_.]{1,60}\d{0,2})?){0,8}\Z"
)
"""How a message in Go numbers its fields: `bytes,1,opt,name=key,proto3`."""
_LONG_OPTION: Final = re.compile(rb"--[a-z][a-z-]{1,40}(?:=|\Z)")
_SETTINGS: Final = re.compile(
    rb"[A-Za-z_]{2,24}=[^=,;]{1,80}(?:[,;][A-Za-z_]{2,24}=[^=,;]{1,80}){2,12}\Z"
)
_COUNTED: Final = re.compile(rb"(?P<kind>[a-z]{3,16})(?:[_-][a-z]{2,16}){0,4}[_-]\d{1,3}\Z")
_NUMBERED: Final = re.compile(rb"(?P<kind>[a-z]{3,16})[_-]\d{1,3}\Z")
_KEY_OF: Final = re.compile(
    rb"(?i)(?<![0-9a-z])(?P<kind>[a-z]{3,16})[_-]?(?:key|token)[^0-9a-z]{1,8}\Z"
)
_URN: Final = re.compile(
    rb"urn:[a-z0-9-]{2,32}(?::(?:[a-z._-]{1,32}\d{0,2}|[A-Z]{2,6}|\d\.\d)){1,8}\Z"
)

_ALGORITHM: Final = (
    rb"base(?:16|32|45|58|64|85)|(?:hmac|hkdf|rsa|ecdsa)?[_-]?sha[_-]?(?:224|256|384|512|1|2|3)"
    rb"|ed25519|ed448|[xp]25519|curve25519|secp(?:256|384|521)[kr]1|p(?:256|384|521)|argon2(?:id|i|d)?"
    rb"|aes[_-]?(?:128|192|256)|chacha20|poly1305|pbkdf2|md5|[hrep]s(?:256|384|512)"
    rb"|rsa[_-]?(?:1024|2048|3072|4096)|utf[_-]?(?:8|16|32)|hex(?:16|32|64)|(?:cl100k|o200k|p50k|r50k)_base"
)
_BESIDE: Final = (
    rb"aes|cbc|ccm|ctr|ecb|gcm|siv|rsa|dsa|ecdsa|eddsa|ecdh|hmac|hkdf|oaep|pss|pkcs[1578](?:padding)?"
    rb"|nopad(?:ding)?|with|and|enc(?:rypt(?:ion)?)?|url(?:safe)?|bit"
)
_ALGORITHMS: Final = re.compile(
    rb"(?i)(?:(?:%b)[_./: -]?){0,4}(?:%b)(?:[_./: -]?(?:%b|%b)){0,4}\Z"
    % (_BESIDE, _ALGORITHM, _ALGORITHM, _BESIDE)
)
"""Names of ways to encode, sign and encrypt, with what they are written with and no other word."""


def is_algorithm(value: bytes) -> bool:
    """Tell whether a value is nothing but the name of an algorithm: `aes256-gcm`."""
    return _ALGORITHMS.match(value) is not None


def is_number(value: bytes) -> bool:
    """Tell whether a value is a number, a date or a version."""
    return _NUMBERS.match(value) is not None


def is_setting(value: bytes) -> bool:
    """Tell whether a text in quotes is a long option, a rule of a form or the tag of a field."""
    forms = (_FORM_RULES, _FIELD_TAG, _LONG_OPTION)
    return any(form.match(value) for form in forms)


def is_settings(value: bytes) -> bool:
    """Tell whether a value is a list of names and values: what is secret in it has its own name."""
    return _SETTINGS.match(value) is not None


def is_counted(value: bytes, name: bytes, *, is_secret: bool) -> bool:
    """Tell whether an id counts what its name is a key of: `file_key="file-id-001"`.

    Behind the name of a secret, one word alone may stand before the number.
    """
    counted = (_NUMBERED if is_secret else _COUNTED).match(value)
    named = _KEY_OF.search(name)
    return counted is not None and named is not None and counted["kind"] == named["kind"].lower()


def is_urn(value: bytes) -> bool:
    """Tell whether a value has the form `urn:kind:name:name`."""
    return _URN.match(value) is not None
