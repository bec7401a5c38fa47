"""A YAML block behind the name of a secret goes with all its lines, and nothing behind it."""

from __future__ import annotations

import re

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

_TOKEN = r"\[SECRET:block-secret:[a-z2-7]{6}\]"
KEY = fill("{alnum:30}7q")


@pytest.mark.parametrize("head", ["password: |", "api_key: >-", "  token: |2-", "- secret: |+ # x"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_line_of_a_block_goes_whichever_looks_like_a_secret(
    head: str, place: int, redactor: Redactor
) -> None:
    lines = ["abcdefgh", "ijklmnop", "qrstuvwx"]
    lines[place] = KEY
    text = "\n".join([head, *(f"    {line}" for line in lines), "user: bob"])

    redacted = redactor.text(text)

    assert re.fullmatch(
        re.escape(head) + rf"\n    {_TOKEN}\n    {_TOKEN}\n    {_TOKEN}\nuser: bob", redacted
    )
    assert redactor.text(redacted) == redacted


def test_a_block_goes_on_behind_an_empty_line_and_ends_where_it_is_less_deep(
    redactor: Redactor,
) -> None:
    redacted = redactor.text(f"token: |\n  {KEY}\n\n  {KEY[::-1]}\nabcdefgh\n  ijklmnop\n")

    assert re.fullmatch(rf"token: \|\n  {_TOKEN}\n\n  {_TOKEN}\nabcdefgh\n  ijklmnop\n", redacted)


@pytest.mark.parametrize(
    "text",
    [
        "token: |\n    some words here\n    abcdefgh\n",
        "password: |\n  ${PASSWORD}\n  {{ other }}\n",
        f"text: |\n  abcdefgh\n  {KEY[:9]}\n",
        f"password: |\nabcdefgh\n{KEY[:9]}\n",
        "secrets: |\n  GIT_AUTH=${{ secrets.X }}\n",
    ],
)
def test_a_block_without_a_secret_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


def test_in_a_block_with_a_secret_sentences_and_variables_stay(redactor: Redactor) -> None:
    redacted = redactor.text(f"token: |\n  # from the vault\n  {KEY}\n  ${{OTHER}}\n")

    assert re.fullmatch(rf"token: \|\n  # from the vault\n  {_TOKEN}\n  \$\{{OTHER\}}\n", redacted)


def test_no_block_reaches_into_another_text(redactor: Redactor) -> None:
    first, second = redactor.locate(["password: |", f"  {KEY[:10]}\n  abcdefgh"])

    assert first.text == "password: |"
    assert second.text == f"  {KEY[:10]}\n  abcdefgh"


def test_a_block_within_a_block_is_looked_at_by_its_own_name(redactor: Redactor) -> None:
    redacted = redactor.text(f"token: |\n  abcdefgh\n  password: |\n    {KEY}\n    ijklmnop\n")

    assert re.fullmatch(
        rf"token: \|\n  abcdefgh\n  password: \|\n    {_TOKEN}\n    {_TOKEN}\n", redacted
    )


def test_a_block_of_another_name_within_a_block_belongs_to_it(redactor: Redactor) -> None:
    redacted = redactor.text(f"secret: |\n  note: |\n    {KEY}\n")

    assert re.fullmatch(rf"secret: \|\n  note: \|\n    {_TOKEN}\n", redacted)


@pytest.mark.parametrize(
    ("head", "indent"),
    [
        ("  password: |", "  "),
        ("    # token: |", "    "),
        ("  - secret: |", "  "),
        ("    token: |", "\t"),
    ],
)
def test_of_a_block_that_is_no_deeper_than_its_line_the_first_line_goes(
    head: str, indent: str, redactor: Redactor
) -> None:
    redacted = redactor.text(f"{head}\n{indent}{KEY}\n{indent}nested:\n")

    assert re.fullmatch(re.escape(head) + rf"\n{indent}{_TOKEN}\n{indent}nested:\n", redacted)
    assert redactor.text(redacted) == redacted


def test_a_certificate_in_a_block_is_for_everybody_and_a_key_below_it_is_not(
    redactor: Redactor,
) -> None:
    certificate = (
        "tls_secret: |\n"
        "  -----BEGIN CERTIFICATE-----\n"
        f"  MIIDdzCCAl+gAwIBAgIEAgAA{fill('{alnum:40}')}\n"
        f"  {fill('{b64:24}')}==\n"
        "  -----END CERTIFICATE-----\n"
    )
    key = fill("{alnum:32}")

    assert redactor.text(certificate) == certificate
    assert key not in redactor.text(certificate + f"  {key}\n")


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("-----BEGIN KEY-----", "-----END KEY-----"),
        ("-----BEGIN OPENVPN STATIC KEY V1-----", "-----END OPENVPN STATIC KEY V1-----"),
        ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"),
        ("-----BEGIN x", ""),
        ("-----BEGIN CERTIFICATE-----\n  MIIDazCCAlOgAwIBAgIUQ", ""),
        ("-----BEGIN CERTIFICATE-----\n  MIIDazCCAlOgAwIBAgIUQ", "-----END PUBLIC KEY-----"),
        ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"),
    ],
)
def test_what_is_no_whole_certificate_goes_with_its_block(
    begin: str, end: str, redactor: Redactor
) -> None:
    redacted = redactor.text(f"secret: |\n  {begin}\n  Zx9kkqq11aaPP0bb{KEY}\n  {end}\n")

    assert "Zx9kkqq11aaPP0bb" not in redacted
    assert redactor.text(redacted) == redacted
