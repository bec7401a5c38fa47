"""What a column is called that holds people's numbers, and which texts in it are one.

Heads of tables say the same in many forms, `codice_fiscale`, `codiceFiscale`, `Codice fiscale`:
what counts are the letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from tracemill.redact.line_rules.national import NUMBERS, countries_of, is_national, words_of
from tracemill.redact.line_rules.people import is_card, is_iban, is_passport, is_phone, is_ssn
from tracemill.redact.pseudonyms import is_address_stand_in

_NUMBER: Final = r"(?: ?(?:number|nummer|numero|num|no|nr|id))? ?[0-9]?\Z"
_PHONE: Final = re.compile(
    r"(?:phone|telefone?|telefono|celular|movil|mobile?|whatsapp|msisdn|rufnummer|电话|電話|手机|전화"
    r"|emergency ?contact|\b(?:tel|handy|cell|fax|caller))" + _NUMBER
)
_CARD: Final = re.compile(r"(?:card|karten?|carte|tarjeta|cartao|\b(?:cc|pan))" + _NUMBER)
_IBAN: Final = re.compile(r"\biban\b|(?:account|konto|bankverbindung)" + _NUMBER)
_SSN: Final = re.compile(r"(?:\bssn|social ?security)" + _NUMBER)
_PASSPORT: Final = re.compile(r"(?:passport|reisepass|passeport|pasaporte|passaporto)" + _NUMBER)
_PHONE_TEXT: Final = re.compile(
    rb"\+?\(?[0-9][0-9 ()./-]{4,20}[0-9](?: ?(?:x|ext\.?) ?[0-9]{1,6})?\Z"
)
_MAYBE_PHONE: Final = re.compile(r"(?<!\w)(?:mobile?|movil|celular|cell|handy|caller)[0-9]?\Z")
"""What counts of page views and cells of tables are called too."""
_COUNT: Final = re.compile(rb"(?=[1-9])[0-9.]+\Z")
_DECIMAL: Final = re.compile(rb"[+-]?(?:0|[1-9][0-9]*)?\.[0-9]+\Z")
_LEAST_OF_PHONE: Final = 9
_WEAK: Final = frozenset({"IL", "CZ", "CL"})
"""Countries as whose numbers many others pass; bare digits need a name that says the country."""
_SSN_TEXT: Final = re.compile(rb"[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\Z")
_MOST_OF_NAME: Final = 40


def _is_phone(text: bytes) -> bool:
    return _PHONE_TEXT.match(text) is not None and is_phone(text)


def _is_ssn(text: bytes) -> bool:
    return _SSN_TEXT.match(text) is not None and is_ssn(text)


_KINDS: Final[tuple[tuple[str, re.Pattern[str], Callable[[bytes], bool]], ...]] = (
    ("phone-number", _PHONE, _is_phone),
    ("card-number", _CARD, is_card),
    ("iban", _IBAN, is_iban),
    ("us-social-security-number", _SSN, _is_ssn),
    ("passport-number", _PASSPORT, is_passport),
)
"""Rules, what columns are called whose texts may fall under them, and which of these texts do."""


def is_personal_column(name: bytes) -> bool:
    """Tell whether a column is called like what people have numbers of."""
    return len(name) <= _MOST_OF_NAME and _is_personal(name)


@lru_cache(4_096)
def _is_personal(name: bytes) -> bool:
    said = " ".join(words_of(name))
    is_named = any(called.search(said) for _, called, _ in _KINDS)
    return is_named or bool(countries_of(name))


def rule_of(name: bytes, text: bytes) -> str | None:
    """Return the rule under which a text in a column of that name falls, if it is such a number."""
    said = " ".join(words_of(name))
    if is_address_stand_in(text) or _DECIMAL.match(text):
        return None
    if _MAYBE_PHONE.search(said) and _is_count(text):
        return None
    for rule, called, is_one in _KINDS:
        if called.search(said) and is_one(text):
            return rule
    countries = countries_of(name)
    if len(countries) == len(NUMBERS) and text.isdigit():
        countries = tuple(each for each in countries if each not in _WEAK)
    is_number = bool(countries) and text.isascii() and is_national(text.decode(), countries)
    return "national-number" if is_number else None


def _is_count(text: bytes) -> bool:
    """Tell whether a number is too short for a telephone that is not written like one."""
    return _COUNT.match(text) is not None and len(text.replace(b".", b"")) < _LEAST_OF_PHONE
