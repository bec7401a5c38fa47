"""Where a value may be code, a name or a secret, it goes: what is hidden is not lost, a leak is."""

from __future__ import annotations

import re

import pytest

from tracemill.redact import Redactor

ALGORITHMS = [
    "DB_PASSWORD=caesarsalad",
    "DB_PASSWORD=kaesebrot",
    "curl -u ada:caesar https://x.io",
    "sshpass -p Kaesebrot ssh x",
    "mysql -pKaesebrot db",
    'password: "maestro-horse-battery-staple"',
    "password: wombat-md5-lamp-otter",
    'password = "Sha512Rocks"',
    'password = "AES256-Summer"',
    'password = "aes256-gcm"',
    "password: base64url",
    "postgres://ada:caesarsalad@db:5432/x",
    "amqp://svc:aes256@mq:5672/",
    "JWT_SECRET=hs256secretkey",
    "secret: rsa4096kitten",
    "client_secret=res256oneandtwo",
]


@pytest.mark.parametrize("text", ALGORITHMS)
def test_a_password_may_be_or_hold_the_name_of_an_algorithm(text: str, redactor: Redactor) -> None:
    assert_goes(text, redactor)


@pytest.mark.parametrize(
    "text",
    [
        "password changed: password=OldPass123->NewPass456x",
        "password: Xk9mQzLp27->done",
        "PASSWORD=Tr0ub4dor->x",
        "pass=hunter2secret->",
        "password=oldsecret->newlyset!9",
    ],
)
def test_a_password_may_stand_before_an_arrow(text: str, redactor: Redactor) -> None:
    assert_goes(text, redactor)


@pytest.mark.parametrize(
    "text",
    [
        "password: !!Hunter2xx",
        "PASSWORD=!!Xk9mQz7",
        "passwd=!!S3cret99",
        "sshpass -p !!Hunter2xx ssh x",
        "sshpass -p !!caesarsalad ssh x",
        "password: !1,Kq9zWx!",
    ],
)
def test_a_password_may_begin_as_what_code_negates(text: str, redactor: Redactor) -> None:
    assert_goes(text, redactor)


@pytest.mark.parametrize("value", ["abc;Def9!xx", "Summer2024;x!Q", "Zx9kkqq11aaPP0;bbZx9kkqq"])
@pytest.mark.parametrize("before", ['#define WIFI_PASS "', "ENV DB_PASSWORD "])
def test_a_semicolon_ends_no_password_of_a_directive(
    before: str, value: str, redactor: Redactor
) -> None:
    redacted = redactor.text(f"{before}{value}")

    assert re.fullmatch(re.escape(before) + r"\[SECRET:[^]]+\]", redacted)
    assert redactor.text(redacted) == redacted


def test_an_entity_ends_no_password_in_an_element(redactor: Redactor) -> None:
    redacted = redactor.text("<password>ab9!Xk&lt;/Kq7zW</password>")

    assert re.fullmatch(r"<password>\[SECRET:[^]]+\]</password>", redacted)
    assert redactor.text(redacted) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "const pw = password ? 'S3cr3t!pw9' : null",
        'PASSWORD ? "Hunter2x!9" : ""',
        'adminPassword ? "Tr0ub4dor&3" : "x"',
        'password ? "wombat-lamp-42" : ""',
    ],
)
def test_what_code_chooses_by_a_secret_may_be_one(text: str, redactor: Redactor) -> None:
    assert_goes(text, redactor)


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = "winter-123"',
        "secret: |\n  berlin-314\n",
        "token: correct-horse-staple-42",
        "API_KEY=prod-db-001",
        'secret = "hunter_222"',
        "X-Api-Key: master_dragon-55",
        "IDENTIFIED BY 'rocket-horse_02'",
        "<secret>castle_river-70</secret>",
        '"CLIENT_SECRET": "secret-789"',
        '"access_token": "access-horse-12"',
    ],
)
def test_words_and_a_number_may_be_a_secret(text: str, redactor: Redactor) -> None:
    assert_goes(text, redactor)


def assert_goes(text: str, redactor: Redactor) -> None:
    """Hold that a secret goes whole, and that nothing else does when it is redacted once more."""
    redacted = redactor.text(text)

    assert "[SECRET:" in redacted
    assert redactor.text(redacted) == redacted
