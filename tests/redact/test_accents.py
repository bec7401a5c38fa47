"""A character beyond ASCII hides no secret, and makes none of words of a language."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redact.templates import fill
from tracemill.redact import Redactor
from tracemill.redact.wording.accents import unescaped

SECRETS = {
    "umlaut in a password": 'export PASSWORD="{word:7}2öXq9!{alnum:2}"',
    "characters of Chinese in a key": 'api_key = "Zx日{digit:2}k{alnum:16}"',
    "without quotes": "DB_PASSWORD={word:5}7ñX{digit:2}q!",
    "yaml": "  password: Ré{digit:2}x{alnum:8}",
    "key without quotes": "SERVICE_TOKEN={alnum:12}é{alnum:14}7",
    "hexadecimal with a broken byte": 'api_key = "{hex:20}\ufffd{hex:20}"',
    "token with a broken byte": 'GITHUB_TOKEN="ghp_{alnum:18}7\ufffd{alnum:16}"',
    "emoji": '"secret": "{alnum:12}🔑{alnum:12}7"',
    "word and year": 'password = "Größe{digit:4}!"',
    "option": "tool --db-password {alnum:6}7ü{digit:2}Xz!",
    "json": '{{"password": "{alnum:6}7ß{digit:2}Xz!"}}',
}
ESCAPED = {
    "once": '{{"api_key": "Zx\\u65e5{digit:2}k{alnum:16}"}}',
    "twice": '{{\\"api_key\\": \\"Zx\\\\u65e5{digit:2}k{alnum:16}\\"}}',
    "a password": '{{"password": "{word:7}2\\u00f6Xq9!{alnum:2}"}}',
    "a pair": '"secret": "{alnum:12}\\ud83d\\udd11{alnum:12}7"',
}
ORDINARY = [
    "password: 请输入密码",
    "password: 请输入8-16位密码",
    '"passwort": "Bitte Passwort eingeben"',
    '"password": "Passwort für 2FA"',
    'token = "überprüfung"',
    'token = "Überprüfung2024"',
    "senha: não informada",
    "senha: não_informada",
    '"password": "Contraseña"',
    '"token": "Contraseña2"',
    '"password": "Contraseña:"',
    '"api_key": "OpenAI API密钥"',
    '"api_key": "API密钥2"',
    '"password": "Пароль"',
    '"secret": "Пароль123"',  # noqa: RUF001
    '"password": "パスワード12文字以上"',
    '"password": "Mật khẩu"',
    '"token": "Jelszó2"',
    '"password": "Şifre"',
    '"token": "Jeton d’accès"',  # noqa: RUF001
    'secret: "8–16 caractères"',  # noqa: RUF001
    "token: clé→valeur1→valeur2",
    "API_KEY=sk-…7f3a",
    'password = "••••••••12"',
    '"password": "\\u5bc6\\u7801"',
    '"password": "Contrase\\u00f1a"',
    '"password": "\\u041f\\u0430\\u0440\\u043e\\u043b\\u044c12"',
    '"passwort": "Pr\\u00fcfung\\u0020abgelehnt"',
    "key: größer_2",
]
BEYOND = st.sampled_from("öéñßÅž日鍵한ж🔑\ufffd£§")


def made(template: str) -> str:
    return fill(template.replace("{{", "{").replace("}}", "}"))


@pytest.mark.parametrize("template", SECRETS.values(), ids=SECRETS)
def test_secret_with_a_character_beyond_ascii_goes_whole(template: str, redactor: Redactor) -> None:
    text = made(template)

    (found,) = redactor.locate([text])[0].found

    assert not text[found.start : found.end].isascii()
    assert text[found.start - 1] in '"= '
    assert text[found.end :].strip("\"'}") == ""


@pytest.mark.parametrize("template", ESCAPED.values(), ids=ESCAPED)
def test_escaped_character_hides_nothing_either(template: str, redactor: Redactor) -> None:
    text = made(template)

    (found,) = redactor.locate([text])[0].found

    assert "\\u" in text[found.start : found.end]
    assert text[found.start - 1] == '"'
    assert text[found.end :].strip('"}\\') == ""


@pytest.mark.parametrize("text", ORDINARY)
def test_words_of_a_language_stay(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@given(
    letters=st.permutations("bcdfghjkmpqrtvwxz").map(lambda drawn: "".join(drawn[:7])),
    beyond=BEYOND,
    at=st.integers(0, 8),
)
def test_any_character_at_any_place_hides_nothing(
    both: tuple[Redactor, Redactor], letters: str, beyond: str, at: int
) -> None:
    secret = f"7Q{letters}4Wz{letters.upper()}93"
    secret = secret[: at + 1] + beyond + secret[at + 1 :]
    for text in (f'api_key = "{secret}"', json.dumps({"api_key": secret})):
        hyperscan, re2 = (each.locate([text])[0] for each in both)

        assert hyperscan == re2
        (found,) = hyperscan.found
        assert text[found.start : found.end] in (secret, json.dumps(secret)[1:-1])


@pytest.mark.parametrize(
    "address",
    [
        "john\ufffd.smithson@lovelace.org",
        "jürgen.smithson@lovelace.org",
        "john\\ufffd.s@lovelace.org",
    ],
)
def test_address_goes_whole(address: str, redactor: Redactor) -> None:
    located = redactor.locate([f"mail {address} now"])[0]

    assert [(each.start, each.end) for each in located.found] == [(5, 5 + len(address))]


def test_address_begins_behind_words_that_need_no_blanks(redactor: Redactor) -> None:
    (found,) = redactor.locate(["联系ada@lovelace.org"])[0].found

    assert (found.start, found.end) == (2, 18)


def test_value_with_broken_bytes_is_read_all_the_same() -> None:
    assert unescaped(b"ab\xc3\\u00f6") == "ab\ufffdö".encode()
