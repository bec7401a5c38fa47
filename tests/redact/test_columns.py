"""Columns of people's numbers are known by their heads, however these are written."""

from __future__ import annotations

import pytest

from tracemill.redact import Redactor
from tracemill.redact.line_rules.columns import is_personal_column, rule_of

PERSONAL = {
    ("contact_phone", "0151 47270511"): "phone-number",
    ("Téléphone", "06 12 34 56 78"): "phone-number",
    ("Handynummer", "0151 47270511"): "phone-number",
    ("tel", "03-5017-4321"): "phone-number",
    ("creditCard", "4205 5871 1113 9193"): "card-number",
    ("cc", "4205587111139193"): "card-number",
    ("bank_account", "DE89370400440532013000"): "iban",
    ("socialSecurityNumber", "752528258"): "us-social-security-number",
    ("Passport No.", "C01X00T47"): "passport-number",
    ("codiceFiscale", "RSSMRA85T10A562S"): "national-number",
    ("身份证号", "11010519491231002X"): "national-number",
}
OTHERS = {
    ("contact_phone", "2026-03-14 09"): "a date",
    ("contact_phone", "none"): "a word",
    ("hotel", "0151 47270511"): "another word that ends so",
    ("phone_verified", "1234567"): "another name",
    ("creditCard", "4205587111139194"): "no check digit",
    ("business_id", "046454286"): "a word within another",
    ("passport", "required"): "a word",
}
TABLES = {
    "comma": "id,name,phone\n7,Ada,{}\n",
    "semicolon": "id;phone;name\n7;{};Ada\n",
    "tab": "uid\tphone\tplan\n7\t{}\tpro\n",
    "Markdown": "| Name | phone | Notes |\n|---|---|---|\n| Ada | {} | twice |\n",
    "psql": "  id  | phone | status \n------+-------+--------\n 9906 | {} | open\n(1 row)\n",
    "quoted": '"id","name","phone"\n"7","Ada","{}"\n',
    "dump": "COPY people (id, phone, plan) FROM stdin;\n7\t{}\tpro\n\\.\n",
    "insert": "INSERT INTO people (id, name, phone) VALUES (7, 'Ada', '{}');",
}


@pytest.mark.parametrize(("name", "text"), PERSONAL)
def test_a_number_in_a_column_of_its_name_falls_under_a_rule(name: str, text: str) -> None:
    assert is_personal_column(name.encode())
    assert rule_of(name.encode(), text.encode()) == PERSONAL[name, text]


@pytest.mark.parametrize(("name", "text"), OTHERS)
def test_what_is_no_number_of_a_person_falls_under_none(name: str, text: str) -> None:
    assert rule_of(name.encode(), text.encode()) is None


@pytest.mark.parametrize("form", TABLES.values(), ids=TABLES)
def test_a_number_goes_from_every_kind_of_table(form: str, redactor: Redactor) -> None:
    redacted = redactor.text(form.format("0151 47270511"))

    assert "[PII:phone-number:" in redacted
    assert redacted.partition("[PII")[0] == form.partition("{}")[0]
    assert redactor.text(redacted) == redacted


def test_no_stand_in_of_an_address_is_a_number_of_a_person() -> None:
    """Many pass for one: bare digits with a dot are how some states write theirs."""
    addresses = [b"198.%d.%d.%d" % (18 + n % 2, n % 251, n % 241) for n in range(2_000)]

    assert {rule_of(name, each) for name in (b"ssn", b"tax_id") for each in addresses} == {None}
