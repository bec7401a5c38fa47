"""A number of a state is told from other numbers by the digits that prove it."""

from __future__ import annotations

import pytest

from tracemill.redact import Redactor
from tracemill.redact.line_rules.national import NUMBERS, WORDS, countries_of, is_national

EXAMPLES = {
    "AR": "20-26756539-3",
    "AU health": "2123 45670 1",
    "AU tax": "123 456 782",
    "BE": "85.07.30-033 28",
    "BR": "529.982.247-25",
    "CA": "046 454 286",
    "CH": "756.9217.0769.85",
    "CL": "12.345.678-5",
    "CN": "11010519491231002X",
    "CZ": "710319/2745",
    "DE": "86095742719",
    "DK": "211062-5629",
    "ES": "12345678Z",
    "FI": "131052-308T",
    "FR": "255081416802538",
    "GB": "AB123456C",
    "GB health": "943 476 5919",
    "HK": "A123456(3)",
    "IE": "1234567FA",
    "IL": "123456782",
    "IN": "2345 6789 0124",
    "IN tax": "ABCPE1234F",
    "IT": "RSSMRA85T10A562S",
    "JP": "123456789018",
    "KR": "820701-2409181",
    "MX": "BOXW310820HNERXN09",
    "NL": "111222333",
    "NO": "29029600013",
    "PL": "44051401359",
    "PT": "123456789",
    "RO": "1800101221144",
    "SE": "811228-9874",
    "SG": "S0000001I",
    "TR": "10000000146",
    "ZA": "8001015009087",
}
"""Numbers that the countries themselves print as examples, or that belong to nobody."""
UNPROVEN = {"DK", "GB", "IN tax", "MX"}
"""Kinds without a check digit."""


def test_there_is_an_example_of_each_kind() -> None:
    assert EXAMPLES.keys() == NUMBERS.keys()
    assert {name for names in WORDS.values() for name in names} == NUMBERS.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_one_of_its_kind(name: str) -> None:
    assert is_national(EXAMPLES[name], [name])


@pytest.mark.parametrize("name", EXAMPLES.keys() - UNPROVEN)
def test_a_changed_digit_is_none(name: str) -> None:
    number = EXAMPLES[name]
    place = max(i for i, each in enumerate(number[:-1]) if each.isdigit())
    changed = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"

    assert not is_national(changed, [name])


@pytest.mark.parametrize("word", WORDS)
def test_a_number_behind_its_word_goes(word: str, redactor: Redactor) -> None:
    number = EXAMPLES[WORDS[word][0]]

    assert number not in redactor.text(f"the {word}: {number} of a customer")


@pytest.mark.parametrize("name", EXAMPLES.keys() - {"BR", "CN", "IT", "KR", "MX", "CL", "FR"})
def test_a_bare_number_stays(name: str, redactor: Redactor) -> None:
    number = "".join(filter(str.isalnum, EXAMPLES[name]))

    assert redactor.text(f"took {number} steps") == f"took {number} steps"


NAMES = {
    "codice_fiscale": ("IT",),
    "codiceFiscale": ("IT",),
    "Numéro de sécurité sociale": ("FR",),
    "cprNumber": ("DK",),
    "fodselsnummer": ("NO",),
    "身份证号": ("CN",),
    "business_id": (),
    "company": (),
    "using": (),
    "apps": (),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_countries_however_it_is_written(name: str) -> None:
    assert countries_of(name.encode()) == NAMES[name]
