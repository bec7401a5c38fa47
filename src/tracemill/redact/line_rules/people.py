"""The last word on what points at a person: addresses of machines, numbers and user names.

Numbers that name something carry their own proof: check digits, lengths and ranges. What has no
proof of its own needs a context that a pattern demands, and is left alone where it is one of the
names that belong to no person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from tracemill.redact.line_rules.homes import is_nobody
from tracemill.redact.line_rules.lines import Candidate, Extent, Judge, whole
from tracemill.redact.line_rules.machines import marked_host, whole_host
from tracemill.redact.line_rules.national import WRITTEN, countries_of, is_national
from tracemill.redact.pseudonyms import USER
from tracemill.redact.rules import JudgeName

_DIGIT: Final = re.compile(rb"[0-9]")
_GLUED: Final = re.compile(rb"[0-9A-Za-z_.-]")
_WORD: Final = re.compile(rb"[0-9A-Za-z_]")
_VERSION_BEFORE: Final = re.compile(
    rb"(?i)(?:version|release|kernel|firmware|section|chapter|ruby|python|node|(?:^|[^0-9a-z])v)"
    rb"(?:[ \t]*[=:])?[ \t\"'`:(]{0,3}\Z|[=^~][ \"'`:(]{0,3}\Z"
)
_ADDRESS_BEFORE: Final = re.compile(
    rb"(?i)(?:ips?|addr(?:ess)?|host|peer|client|remote|server|endpoint|for|from|origin|source|src|value"
    rb"|dst|destination|gateway)[\"']?[ \t]{0,2}=[ \t\"'(]{0,3}\Z"
)
_PACKAGE_BEFORE: Final = re.compile(rb"[0-9A-Za-z_/-]@\Z")
_LOGIN: Final = re.compile(rb"\b(?:ssh|scp|sftp|rsync|mosh|mysql|psql|ping|root|admin|user)\b|://")
_NO_PERSON_NAME: Final = re.compile(
    rb"(?i)\b(?:bot|agent|actions?|team|admin|root|user|name|code|ci|build|release|tests?|tester"
    rb"|your|example|someone|dev|developer|claude|codex|copilot|github|gitlab)\b"
)
_OWN_USER: Final = re.compile(USER + rb"\Z")
_PUBLIC_RESOLVERS: Final = frozenset(
    b"8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220".split()
)
_VERSION_REACH: Final = 16
_LOGIN_REACH: Final = 80
_SPACE: Final = 0x20
_SMALL_OCTET: Final = 32
_PUBLIC_GROUP: Final = re.compile(rb"[23][0-9A-Fa-f]{3}:")
_LONG_GROUP: Final = re.compile(rb"[0-9A-Fa-f]{3}")
_LEAST_LONG_GROUPS: Final = 5
_CARD_LENGTHS: Final[tuple[tuple[range, tuple[int, ...]], ...]] = (
    (range(3400, 3500), (15,)),
    (range(3700, 3800), (15,)),
    (range(3000, 3060), (14,)),
    (range(3095, 3096), (14,)),
    (range(3600, 3700), (14, 16, 19)),
    (range(3800, 4000), (14, 16, 19)),
    (range(3500, 3600), (16, 19)),
    (range(1800, 1801), (15,)),
    (range(2131, 2132), (15,)),
    (range(4000, 5000), (13, 16, 19)),
    (range(2221, 2721), (16,)),
    (range(5000, 5100), (12, 13, 14, 15, 16, 17, 18, 19)),
    (range(5100, 5600), (16,)),
    (range(5600, 6000), (12, 13, 14, 15, 16, 17, 18, 19)),
    (range(6000, 7000), (12, 13, 14, 15, 16, 17, 18, 19)),
)
"""First four digits of card numbers, and how long such numbers are (ISO/IEC 7812 and networks)."""
_GROUP_BEFORE: Final = re.compile(rb"[0-9][ \t]{1,4}\Z")
_GROUP_REACH: Final = 5
_GROUP_BEHIND: Final = re.compile(rb"[ \t-]{1,4}[0-9]{4}(?![0-9])")
"""Of four digits: fewer are a check number or the month in which the card ends."""
_DRAWN: Final = re.compile(rb"(?:[Zz]?[MLHVCSQTAZmlhvcsqtaz](?![A-Za-z])|[-0-9., ])*+\Z")
"""Numbers and the single letters that say what to draw, and no word."""
_DRAWN_NUMBER: Final = re.compile(rb"\.?[0-9]+")
_NO_ZERO: Final = re.compile(rb"[ ,A-Za-z-]\.[0-9]")
"""A number without a zero before its point, which is how outlines become short."""
_JOINED: Final = re.compile(rb"[0-9Zz](?:[A-Za-z]-?[.0-9]|-\.[0-9])")
"""A number, and the next one right behind its sign or the letter between them."""
_OPENED: Final = re.compile(rb"[\"'`]")
_DRAWN_REACH: Final = 64
_DRAWN_NUMBERS: Final = 6
_TEST_CARDS: Final = frozenset({b"4242424242424242", b"4111111111111111", b"5555555555554444"})
_IBAN_LENGTHS: Final = {
    country.encode(): int(length)
    for length, countries in (
        (15, "NO"),
        (16, "BE"),
        (18, "DKFOFIGLNLSD"),
        (19, "MKSI"),
        (20, "ATBAEEKZLTLUXKMN"),
        (21, "HRLVLICH"),
        (22, "BHBGCRGEDEIEMERSGBVA"),
        (23, "AEGIILTLIQOMSO"),
        (24, "ADCZMDPKROSASKESSETNVG"),
        (25, "PTSTLY"),
        (26, "ISTR"),
        (27, "FRGRITMCMRSMBIDJ"),
        (28, "ALAZBYCYDOSVGTHULBNIPL"),
        (29, "BREGPSQAUA"),
        (30, "JOKWMU"),
        (31, "MTSC"),
        (32, "LC"),
        (33, "RU"),
    )
    for country in map("".join, zip(countries[::2], countries[1::2], strict=True))
}
"""How long the account numbers of each country are (the registry of ISO 13616)."""
_IBAN_MODULUS: Final = 97
_ONE_DIGIT: Final = re.compile(
    rb"[^0-9]*(?:%b)\Z" % b"|".join(b"(?:%d[^0-9]*)+" % i for i in range(10))
)
_PHONE_DIGITS: Final = range(7, 16)
_NO_COUNTRY: Final = re.compile(
    rb"\+(?:21[04579]|259|28\d|29[2-6]|38[48]|42[24-9]|671|69[3-9]|80[1-79]|83|85[14789]|87[1-79]"
    rb"|88[4579]|89|969|978|99[079])"
)
"""Calling codes that no country has (ITU-T E.164), such as that of 2 to the power of 32."""
_FIRST_HALF: Final = re.compile(rb"^\s*\+")
_DATE: Final = re.compile(
    rb"(?:19|20)[0-9]{2}[-. /](?:0?[1-9]|1[0-2])[-. /]"
    rb"|\+(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-[0-3][0-9](?: [0-9]{1,2})?\Z"
)
"""With a plus only a whole one, as a diff adds it: the numbers of Egypt begin with +20."""
_COUNTED: Final = re.compile(rb"(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?: ?[/-] .*)?\Z")
"""A number as code writes it, that may say how much or when."""
_ASSIGNED: Final = re.compile(rb"[ \t]=[ \t]*\Z|=?>[ \t]*\Z")
"""What stands before such a number in code; between tags it is what a person has written."""
_FOREIGN: Final = re.compile(rb"(?i)elefon|[^\x00-\x7f]")
"""Words of other languages, in which hardly any code is written."""
_DECIMAL: Final = re.compile(rb"[0-9]\.[0-9]{5,}+(?![./-])")
_ONE_RUN: Final = re.compile(rb"[0-9]++(?![./-]| [0-9])")
_ROW_ID: Final = re.compile(rb"(?i)_id_?n(?:o|umber)[^\"']*\Z")
_NO_SSN: Final = re.compile(rb"(?:000|666|9..|123.?45.?6789|078.?05.?1120)|...[- ]?00|.*0000\Z")
_PASSPORT: Final = re.compile(rb"(?:[A-Z]{1,2}[0-9]{6,8}|[0-9]{8,9}|[C-Z][0-9C-Z]{8})\Z")
_FEW_DIFFERENT: Final = 2
_NO_MAC: Final = re.compile(
    rb"(?i)(?:00[:-]){5}|00(?::[0-5][0-9]){5}\Z|(?:ff[:-]){5}|01[:-]00[:-]5e|33[:-]33|52[:-]54[:-]00|02[:-]42"
)


def _is_glued(found: Candidate) -> bool:
    """Tell whether a number is part of something longer."""
    line, start, end = found.line, found.start, found.end
    if start and _GLUED.match(line, start - 1):
        return True
    if end < len(line) and _WORD.match(line, end):
        return True
    return end + 1 < len(line) and line[end] in b".-" and _WORD.match(line, end + 1) is not None


def _ipv4(found: Candidate) -> Extent | None:
    """A public address; versions have four numbers too, but small ones, and say so."""
    try:
        address = IPv4Address(found.value.decode())
    except AddressValueError:
        return None
    if not address.is_global or address.is_multicast or found.value in _PUBLIC_RESOLVERS:
        return None
    if _is_drawn(found):
        return None
    before = found.line[max(0, found.start - _VERSION_REACH) : found.start]
    is_version = _VERSION_BEFORE.search(before) and not _ADDRESS_BEFORE.search(before)
    if _is_glued(found) or is_version or _is_package(found, before):
        return None
    if before[-1:] == b"/" and before[-2:] != b"//":
        return None
    octets = address.packed
    is_small = all(octet < _SMALL_OCTET for octet in octets)
    return None if is_small or octets[-1] == 0 else whole(found)


def _is_drawn(found: Candidate) -> bool:
    """Tell whether a number belongs to the outline of a drawing, of which enough stands before it.

    Either all of it since the quote, where it begins by moving to a place, or as much as is read.
    """
    read = found.line[max(0, found.start - _DRAWN_REACH) : found.start]
    *before, drawn = _OPENED.split(read)
    if not _NO_ZERO.search(drawn) or not _DRAWN.match(drawn):
        return False
    if before:
        is_moved = drawn.lstrip()[:1] in (b"M", b"m")
        return is_moved and len(_DRAWN_NUMBER.findall(drawn)) >= _DRAWN_NUMBERS
    return len(drawn) == _DRAWN_REACH and _JOINED.search(drawn) is not None


def _is_package(found: Candidate, before: bytes) -> bool:
    """Tell whether a number is the version behind `package@`, and no machine behind `user@`."""
    if not _PACKAGE_BEFORE.search(before):
        return False
    return _LOGIN.search(found.line, max(0, found.start - _LOGIN_REACH), found.start) is None


def _ipv6(found: Candidate) -> Extent | None:
    """A public address, or one whose groups are long and many, as those of no clock are."""
    is_random = len(_LONG_GROUP.findall(found.value)) >= _LEAST_LONG_GROUPS
    if not is_random and not _PUBLIC_GROUP.match(found.value):
        return None
    try:
        address = IPv6Address(found.value.decode())
    except AddressValueError:
        return None
    is_longer = found.line[found.end : found.end + 1] == b":"
    is_personal = address.is_global if not is_random else not address.is_private
    return whole(found) if is_personal and not is_longer and not _is_glued(found) else None


def _mac(found: Candidate) -> Extent | None:
    line, start, end = found.line, found.start, found.end
    is_longer = (start and line[start - 1] in b":-") or line[end : end + 1] in (b":", b"-")
    if is_longer or _is_glued(found) or _NO_MAC.match(found.value):
        return None
    return whole(found)


def _card(found: Candidate) -> Extent | None:
    """A number of a card; its expiry or check number may follow it."""
    end = found.end
    while end > found.start:
        if is_card(found.line[found.start : end]):
            return Extent(found.start, end) if not _is_glued(found.until(end)) else None
        end = found.start + max(found.line.rfind(b" ", found.start, end) - found.start, 0)
    return None


def _written_card(found: Candidate) -> Extent | None:
    """Four groups that stand alone; among more they are a row of numbers."""
    line, start, end = found.line, found.start, found.end
    before = _GROUP_BEFORE.search(line, max(0, start - _GROUP_REACH), start)
    is_in_row = before or _GROUP_BEHIND.match(line, end)
    return whole(found) if not is_in_row and is_card(found.value) and not _is_glued(found) else None


def is_card(value: bytes) -> bool:
    """Tell whether digits, with blanks or dashes between, are the number of a payment card."""
    digits = bytes(c for c in value if c not in b" -")
    if not digits.isdigit():
        return False
    lengths = next((n for first, n in _CARD_LENGTHS if int(digits[:4]) in first), ())
    return len(digits) in lengths and digits not in _TEST_CARDS and _passes_luhn(digits)


def _passes_luhn(digits: bytes) -> bool:
    values = [digit - 48 for digit in reversed(digits)]
    doubled = [sum(divmod(value * 2, 10)) for value in values[1::2]]
    return (sum(values[::2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def _iban(found: Candidate) -> Extent | None:
    letters = found.value.replace(b" ", b"").upper()
    length = _IBAN_LENGTHS.get(letters[:2], 0)
    if not length or len(letters) < length:
        return None
    end = _end_of(found, length)
    is_longer = _WORD.match(found.line, end) is not None
    return Extent(found.start, end) if not is_longer and is_iban(letters[:length]) else None


def is_iban(value: bytes) -> bool:
    """Tell whether letters and digits, with blanks between, are the number of a bank account."""
    letters = value.replace(b" ", b"").upper()
    if len(letters) != _IBAN_LENGTHS.get(letters[:2]) or not letters.isalnum():
        return False
    turned = (letters[4:] + letters[:4]).decode()
    return int("".join(str(int(each, 36)) for each in turned)) % _IBAN_MODULUS == 1


def _end_of(found: Candidate, length: int) -> int:
    """Return the offset behind the first `length` letters and digits."""
    end = found.start
    while length:
        length -= found.line[end] != _SPACE
        end += 1
    return end


def _phone(found: Candidate) -> Extent | None:
    """Behind a word that says so, any number of the right length that is no date."""
    if _is_glued(found) or not is_phone(found.value) or _is_count(found):
        return None
    return whole(found)


def _is_count(found: Candidate) -> bool:
    """Tell whether code assigns or compares a number that is written as no telephone number is."""
    if not _COUNTED.match(found.value) or not _ASSIGNED.search(found.name):
        return False
    if _FOREIGN.search(found.name):
        return False
    is_tagged = b"<" in found.line[max(0, found.first - 1) : found.start]
    return not is_tagged and not found.line.startswith(b"<", found.end)


def is_phone(value: bytes) -> bool:
    """Tell whether a number has the length of telephone numbers, and is no date."""
    n_digits = len(_DIGIT.findall(value.partition(b"x")[0]))
    if n_digits not in _PHONE_DIGITS or _DATE.match(value):
        return False
    return not _ONE_DIGIT.match(value)


def _phone_before(found: Candidate) -> Extent | None:
    """Before a word that says so; a dash may join the two."""
    is_part = found.start and _GLUED.match(found.line, found.start - 1)
    return None if is_part or not is_phone(found.value) else whole(found)


def _written_phone(found: Candidate) -> Extent | None:
    """A number that is written as only telephone numbers are; a diff sign begins none."""
    if _NO_COUNTRY.match(found.value):
        return None
    begins_line = found.start == 0 and _FIRST_HALF.match(found.value)
    if begins_line and b" " not in found.value and b"-" not in found.value:
        return None
    return _phone(found)


def _ssn(found: Candidate) -> Extent | None:
    return whole(found) if is_ssn(found.value) and not _is_glued(found) else None


def is_ssn(value: bytes) -> bool:
    """Tell whether nine digits are a number that the United States may have given to somebody."""
    return _NO_SSN.match(value) is None


def _national(found: Candidate) -> Extent | None:
    """A number with its proof, beside a word that says whose it is; words may follow it."""
    if _is_no_number_of_person(found):
        return None
    names = countries_of(found.name)
    end = found.end
    while end > found.start:
        value = found.line[found.start : end].decode("ascii", "replace")
        if is_national(value, names):
            extent = Extent(found.start, end)
            return None if _is_glued(found.until(end)) else extent
        end = found.start + max(value.rfind(" "), 0)
    return None


def _is_no_number_of_person(found: Candidate) -> bool:
    """Tell whether a number is a fraction, or the bare id of a row, as of `x_id_no`."""
    is_bare = _ONE_RUN.match(found.value) and _ROW_ID.match(found.name)
    return bool(is_bare or _DECIMAL.match(found.value))


def _national_written(found: Candidate) -> Extent | None:
    """A number that is written as one of a country is, and has its proof."""
    is_one = not _is_glued(found) and is_national(found.value.decode(), WRITTEN)
    return whole(found) if is_one else None


def _passport(found: Candidate) -> Extent | None:
    """The number of a passport has no proof; its form and a word that says so are all there is."""
    return whole(found) if is_passport(found.value) and not _is_glued(found) else None


def is_passport(value: bytes) -> bool:
    """Tell whether letters and digits may be the number of a passport."""
    has_digits = len(_DIGIT.findall(value)) > 1
    return bool(_PASSPORT.match(value)) and has_digits and len(set(value)) > _FEW_DIFFERENT


def _user(found: Candidate) -> Extent | None:
    """A user name, unless it belongs to a machine or a service."""
    name = found.value.rstrip(b".-")
    if is_nobody(name) or _OWN_USER.match(name) or not name:
        return None
    return Extent(found.start, found.start + len(name))


def _person_name(found: Candidate) -> Extent | None:
    """A name that somebody bears, as those of tests and machines are not."""
    return None if _NO_PERSON_NAME.search(found.value) else _user(found)


PEOPLE_JUDGES: Final[Mapping[JudgeName, Judge]] = {
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "mac": _mac,
    "card": _card,
    "iban": _iban,
    "phone": _phone,
    "written-phone": _written_phone,
    "ssn": _ssn,
    "phone-before": _phone_before,
    "national": _national,
    "national-written": _national_written,
    "passport": _passport,
    "written-card": _written_card,
    "user-name": _user,
    "person-name": _person_name,
    "host": whole_host,
    "marked-host": marked_host,
}
