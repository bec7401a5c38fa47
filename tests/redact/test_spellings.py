"""A name that one record gives away goes from others however it is written there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.redact import Redactor
from tracemill.redact.spellings import spellings

NAMES = ["Giulia Casagrande", "Jürgen Großmann", "Pål Ødegård", "Łukasz Wójcik", "Ana María Núñez"]
CASES = {
    "as it is": ("Giulia Casagrande", "Giulia Casagrande said so"),
    "possessive": ("Giulia Casagrande", "Giulia Casagrande's branch"),
    "turned round": ("Giulia Casagrande", "Casagrande, Giulia"),
    "turned round without comma": ("Giulia Casagrande", "Casagrande Giulia"),
    "initial": ("Giulia Casagrande", "as G. Casagrande wrote"),
    "capitals": ("Giulia Casagrande", "GIULIA CASAGRANDE"),
    "login": ("Giulia Casagrande", "assigned to giulia.casagrande"),
    "capitals with a dash": ("Giulia Casagrande", "by Giulia-Casagrande"),
    "capitals with an underscore": ("Giulia Casagrande", "notes/Giulia_Casagrande.md"),
    "capitals with a dot": ("Giulia Casagrande", "Giulia.Casagrande wrote"),
    "capitals alone": ("Giulia Casagrande", "see github.com/GiuliaCasagrande/app"),
    "short login": ("Giulia Casagrande", "assigned to @gcasagrande"),
    "without marks": ("Łukasz Wójcik", "Lukasz Wojcik"),
    "digraphs": ("Jürgen Großmann", "Juergen Grossmann"),
    "marks apart": ("Jürgen Großmann", unicodedata.normalize("NFD", "Jürgen Großmann")),
    "nordic": ("Pål Ødegård", "Pal Odegard"),
    "middle name left out": ("Ana María Núñez", "Ana Nunez"),
}
ELSEWHERE = {
    "part of another word": ("Giulia Casagrande", "Giulia Casagrandetti"),
    "first name alone": ("Giulia Casagrande", "Giulia Rossi"),
    "short family name": ("Maxim Lee", "see m.lee and Lee"),
    "code": ("Mark Down", "markdown and mark.down"),
    "words in code": ("Grant Waters", "class GrantWaters, Grant_Waters and Grant-Waters"),
    "part of an identifier": ("Giulia Casagrande", "GiuliaCasagrandeTest, test_GiuliaCasagrande"),
}


def known(name: str, redactor: Redactor) -> Redactor:
    return redactor.knowing([f"{name} <someone@casagrande.it>".encode()])


@pytest.mark.parametrize(("name", "text"), CASES.values(), ids=CASES)
def test_a_known_name_goes_in_every_spelling(name: str, text: str, redactor: Redactor) -> None:
    redacted = known(name, redactor).text(text)

    assert redacted != text
    assert not any(part in redacted.lower() for part in spellings(name)[-1].lower().split())


@pytest.mark.parametrize(("name", "text"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_only_resembles_a_known_name_stays(name: str, text: str, redactor: Redactor) -> None:
    assert known(name, redactor).text(text) == text


KNOWING = {
    name: Redactor(bytes(32)).knowing([f"{name} <a@casagrande.it>".encode()]) for name in NAMES
}


@given(
    name=st.sampled_from(NAMES),
    before=st.sampled_from(" (\n\t\"'<@"),
    behind=st.sampled_from(" ,.)'\u2019\n"),
)
def test_no_spelling_is_left_between_signs(name: str, before: str, behind: str) -> None:
    for spelling in spellings(name):
        assert spelling not in KNOWING[name].text(f"x{before}{spelling}{behind}x")


def test_a_name_of_one_word_is_written_in_no_other_way() -> None:
    assert spellings("Testerson") == ("Testerson",)
    assert set(spellings("Jörn")) == {"Jörn", "Jo\u0308rn", "Joern", "Jorn"}
