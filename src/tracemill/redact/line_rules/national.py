"""Numbers that states give to people, each with the digits that prove it.

A number alone is a number; what makes it a person's is that its check digit, its date and its
length agree. Beside a word that names such a number that is proof enough; without one only those
count whose form nothing else has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

Check = Callable[[str], bool]
"""Tells whether letters and digits without anything between them are a number of one kind."""

_BETWEEN: Final = re.compile(r"[ ./()-]")
_FRACTION: Final = re.compile(r"[+-]?[01]?\.\d+")
"""A sine or a share; beside `sin` or `fnr` it is no number of anybody."""
_VERHOEFF_D: Final = [
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
]
_VERHOEFF_P: Final = [
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
]
_SPANISH: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_SINGAPORE: Final = {"S": "JZIHGFEDCBA", "T": "GFEDCBAJZIH"}
_ITALIAN_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
                       22, 25, 24, 23)  # fmt: skip
_CHINESE: Final = "10X98765432"
_MONTHS: Final = range(1, 13)
_DAYS: Final = range(1, 32)
_LETTERS: Final = ord("A")
_TEN: Final = 10
_LATER_SERIES: Final = 20
"""What is added to months where the numbers of a day have run out."""


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn(digits: str) -> bool:
    pairs = [sum(divmod(int(each) * 2, 10)) for each in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(pairs)) % 10 == 0


def _verhoeff(digits: str) -> bool:
    state = 0
    for place, digit in enumerate(reversed(digits)):
        state = int(_VERHOEFF_D[state][int(_VERHOEFF_P[place % 8][int(digit)])])
    return state == 0


def _is_date(month: str, day: str) -> bool:
    return int(month) in _MONTHS and int(day) in _DAYS


def _brazilian(number: str) -> bool:
    for length in (9, 10):
        rest = _weighted(number[:length], range(length + 1, 1, -1)) * 10 % 11 % 10
        if rest != int(number[length]):
            return False
    return True


def _chinese(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    is_right = _CHINESE[_weighted(number[:17], weights) % 11] == number[17]
    return is_right and number[6:8] in ("19", "20") and _is_date(number[10:12], number[12:14])


def _german(number: str) -> bool:
    product = 10
    for digit in number[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(number[10]) and len(set(number[:10])) < len(number[:10])


def _italian(number: str) -> bool:
    total = 0
    for place, each in enumerate(number[:15]):
        value = int(each) if each.isdigit() else ord(each) - _LETTERS
        total += value if place % 2 else _ITALIAN_ODD[value]
    return total % 26 == ord(number[15]) - _LETTERS


def _singaporean(number: str) -> bool:
    rest = _weighted(number[1:8], (2, 7, 6, 5, 4, 3, 2)) % 11
    return _SINGAPORE[number[0]][rest] == number[8]


def _korean(number: str) -> bool:
    rest = (11 - _weighted(number[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return rest == int(number[12]) and _is_date(number[2:4], number[4:6])


def _british_health(number: str) -> bool:
    return (11 - _weighted(number[:9], range(10, 1, -1)) % 11) % 11 == int(number[9])


def _belgian(number: str) -> bool:
    check = 97 - int(number[:9]) % 97
    return int(number[9:]) in (check, 97 - int("2" + number[:9]) % 97)


def _spanish(number: str) -> bool:
    plain = number.translate(str.maketrans("XYZ", "012", ""))[:-1]
    return plain.isdigit() and _SPANISH[int(plain) % 23] == number[-1]


def _turkish(number: str) -> bool:
    odd, even = sum(map(int, number[:9:2])), sum(map(int, number[1:8:2]))
    return (odd * 7 - even) % 10 == int(number[9]) and (odd + even + int(number[9])) % 10 == int(
        number[10]
    )


def _czech(number: str) -> bool:
    month = int(number[2:4]) % 50
    month -= _LATER_SERIES if month > _LATER_SERIES else 0
    return int(number) % 11 == 0 and _is_date(f"{month:02d}", number[4:6])


def _romanian(number: str) -> bool:
    rest = _weighted(number, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (rest if rest < _TEN else 1) == int(number[12]) and _is_date(number[3:5], number[5:7])


def _irish(number: str) -> bool:
    second = ord(number[8]) - _LETTERS + 1 if number[8:] not in ("", "W") else 0
    rest = (_weighted(number[:7], range(8, 1, -1)) + 9 * second) % 23
    return "WABCDEFGHIJKLMNOPQRSTUV"[rest] == number[7]


def _of_hong_kong(number: str) -> bool:
    letters = number[:-7].rjust(2, "\x5b")  # a blank counts 36, as what follows Z would
    total = sum((ord(each) - _LETTERS + _TEN) * (9 - i) for i, each in enumerate(letters))
    rest = -(total + _weighted(number[-7:-1], range(7, 1, -1))) % 11
    return "0123456789A"[rest] == number[-1]


def _swiss(number: str) -> bool:
    return (10 - _weighted(number[:12], (1, 3) * 6) % 10) % 10 == int(number[12])


NUMBERS: Final[Mapping[str, tuple[str, Check]]] = {
    "BR": (r"\d{11}", _brazilian),
    "CN": (r"\d{17}[\dX]", _chinese),
    "DE": (r"[1-9]\d{10}", _german),
    "ES": (r"[XYZ\d]\d{7}[A-Z]", _spanish),
    "FI": (
        r"\d{6}[A-FU-Y+]?\d{3}[0-9A-Y]",
        lambda n: n[-1] == _FINNISH[int(n[:6] + n[-4:-1]) % 31] and _is_date(n[2:4], n[:2]),
    ),
    "FR": (
        r"[12]\d{4}(?:\d{2}|2[AB])\d{8}",
        lambda n: 97 - int(n[:13].replace("2A", "19").replace("2B", "18")) % 97 == int(n[13:]),
    ),
    "GB": (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", lambda n: n[:2] not in ("GB", "NK")),
    "GB health": (r"\d{10}", _british_health),
    "IN": (r"[2-9]\d{11}", _verhoeff),
    "IN tax": (r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", lambda _: True),
    "IT": (r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", _italian),
    "KR": (r"\d{13}", _korean),
    "MX": (
        r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d",
        lambda n: _is_date(n[6:8], n[8:10]),
    ),
    "NL": (r"\d{9}", lambda n: _weighted(n, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0),
    "BE": (r"\d{11}", _belgian),
    "PL": (
        r"\d{11}",
        lambda n: (10 - _weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10) % 10 == int(n[10]),
    ),
    "PT": (
        r"[1-35-9]\d{8}",
        lambda n: (11 - _weighted(n[:8], range(9, 1, -1)) % 11) % 11 % 10 == int(n[8]),
    ),
    "SE": (r"(?:19|20)?\d{10}", lambda n: _luhn(n[-10:]) and _is_date(n[-8:-6], n[-6:-4])),
    "NO": (
        r"\d{11}",
        lambda n: (
            _weighted(n, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
            and _weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
        ),
    ),
    "DK": (r"\d{10}", lambda n: _is_date(n[2:4], n[:2])),
    "CA": (r"\d{9}", _luhn),
    "AU tax": (r"\d{9}", lambda n: _weighted(n, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0),
    "AU health": (
        r"[2-6]\d{9,10}",
        lambda n: _weighted(n[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(n[8]),
    ),
    "ZA": (r"\d{13}", lambda n: _luhn(n) and _is_date(n[2:4], n[4:6])),
    "SG": (r"[ST]\d{7}[A-JZ]", _singaporean),
    "JP": (
        r"\d{12}",
        lambda n: (
            (11 - _weighted(n[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == int(n[11])
        ),
    ),
    "TR": (r"[1-9]\d{10}", _turkish),
    "CZ": (r"\d{10}", _czech),
    "RO": (r"[1-8]\d{12}", _romanian),
    "IE": (r"\d{7}[A-W][A-IW]?", _irish),
    "HK": (r"[A-Z]{1,2}\d{6}[\dA]", _of_hong_kong),
    "CH": (r"756\d{10}", _swiss),
    "IL": (r"\d{9}", _luhn),
    "CL": (
        r"\d{7,8}[\dK]",
        lambda n: (
            "0123456789K"[(11 - _weighted(n[-2::-1], (2, 3, 4, 5, 6, 7) * 2) % 11) % 11] == n[-1]
        ),
    ),
    "AR": (
        r"(?:20|2[3-7]|3[034])\d{9}",
        lambda n: (11 - _weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(n[10]),
    ),
}
"""What the numbers of each country look like without anything between, and what proves them."""
_COMPILED: Final = {name: re.compile(form) for name, (form, _) in NUMBERS.items()}
_ALIKE: Final = 2
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[^\W_]+")
_ENDING: Final = re.compile(r"(?<=.)(?:number|nummer|no|nr|n)?[0-9]?\Z")
_SHORT: Final = 4
"""A shorter word stands within others by chance."""


WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cpf": ("BR",),
    "身份证": ("CN",),
    "resident identity": ("CN",),
    "steuer": ("DE",),
    "idnr": ("DE",),
    "dni": ("ES",),
    "nie": ("ES",),
    "nif": ("ES", "PT"),
    "contribuinte": ("PT",),
    "henkil": ("FI",),
    "hetu": ("FI",),
    "insee": ("FR",),
    "nir": ("FR",),
    "curite sociale": ("FR",),
    "num secu": ("FR",),
    "nino": ("GB",),
    "national insurance": ("GB",),
    "ni number": ("GB",),
    "nhs": ("GB health",),
    "aadha": ("IN",),
    "pan": ("IN tax",),
    "codice fiscale": ("IT",),
    "주민등록": ("KR",),
    "resident registration": ("KR",),
    "resident number": ("KR",),
    "rrn": ("KR",),
    "curp": ("MX",),
    "bsn": ("NL",),
    "burgerservice": ("NL",),
    "rijksregister": ("BE",),
    "national register": ("BE",),
    "national number": ("BE",),
    "niss": ("BE",),
    "pesel": ("PL",),
    "personnummer": ("SE", "NO"),
    "personnr": ("SE", "NO"),
    "personal number": ("SE", "NO"),
    "pnr": ("SE",),
    "dselsnummer": ("NO",),
    "dselsnr": ("NO",),
    "fnr": ("NO",),
    "cpr": ("DK",),
    "social insurance": ("CA", "CH"),
    "sin": ("CA",),
    "ahv": ("CH",),
    "avs": ("CH",),
    "tax file": ("AU tax",),
    "tfn": ("AU tax",),
    "medicare": ("AU health",),
    "nric": ("SG",),
    "マイナンバー": ("JP",),
    "my number": ("JP",),
    "individual number": ("JP",),
    "rut": ("CL",),
    "cuit": ("AR",),
    "cuil": ("AR",),
    "kimlik": ("TR",),
    "tckn": ("TR",),
    "rodne": ("CZ",),
    "cnp": ("RO",),
    "주민번호": ("KR",),
    "pps": ("IE",),
    "hkid": ("HK",),
    "teudat": ("IL",),
    "national id": tuple(NUMBERS),
    "identity number": tuple(NUMBERS),
    "id number": tuple(NUMBERS),
    "id no": tuple(NUMBERS),
    "identity card": tuple(NUMBERS),
    "id card": tuple(NUMBERS),
    "tax id": tuple(NUMBERS),
    "tax code": tuple(NUMBERS),
}
"""Words that name such a number, in lower case, and of which countries it then may be.

A word stands for itself with other signs or none between its parts, and without its marks.
"""
WRITTEN: Final = ("BR", "CN", "IT", "MX", "KR", "GB", "BE", "CL", "CH")
"""Countries whose numbers are known by how they are written."""


def is_national(number: str, names: Sequence[str] = tuple(NUMBERS)) -> bool:
    """Tell whether a number, with or without something between its parts, is one of a country's."""
    plain = _BETWEEN.sub("", number).upper()
    if len(set(plain)) <= _ALIKE or _FRACTION.fullmatch(number):
        return False
    return any(_COMPILED[name].fullmatch(plain) and NUMBERS[name][1](plain) for name in names)


@lru_cache(4_096)
def words_of(name: bytes) -> tuple[str, ...]:
    """Return the words of a name in lower case, without their marks: `idNumber`, `id_number`."""
    apart = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name.decode("utf-8", "replace")))
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return tuple(_WORD.findall(letters.lower()))


def letters_of(name: bytes) -> str:
    """Return the letters and digits of a name in lower case, without their marks."""
    return "".join(words_of(name))


_BY_LETTERS: Final = {letters_of(word.encode()): names for word, names in WORDS.items()}
_OF_ANY: Final = [word for word, names in WORDS.items() if names == tuple(NUMBERS)]
_ANYWHERE: Final = re.compile(rf"(?<!\S)(?:{'|'.join(_OF_ANY).replace(' ', ' ?')})")
"""Words that name a number of any country begin a word: there is a `grid number` too."""


def _may_be_within(word: str) -> bool:
    """Tell whether a word is none by chance where it stands within another."""
    return len(word) > _SHORT or not word.isascii()


@lru_cache(4_096)
def countries_of(name: bytes) -> tuple[str, ...]:
    """Return of which countries a number so called may be; none where the name means none."""
    letters, parts = letters_of(name), words_of(name)
    said = " ".join(parts)
    words = {*parts, *(_ENDING.sub("", part) for part in parts)}
    # most names hold none of the words
    held = [(word, names) for word, names in _BY_LETTERS.items() if word in letters]
    found = (
        each
        for word, names in held
        if word in words
        or word == letters
        or (_may_be_within(word) and (len(names) < len(NUMBERS) or _ANYWHERE.search(said)))
        for each in names
    )
    return tuple(dict.fromkeys(found))
