"""A value that everybody may see is that by its whole form, and never where its name says secret."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

SIGNED = (
    "https://storage.googleapis.com/b/o.zip?X-Goog-Algorithm=GOOG4-RSA-SHA256"
    "&X-Goog-SignedHeaders=host&X-Goog-Signature={hex:512}"
)
FOUND = [
    SIGNED,
    '{"url": "' + SIGNED + '"}',
    "X-Goog-Signature={hex:64}",
    "webhook_secret_signature: {hex:64}",
    "password_signature={hex:40}",
    "token_signature: {hex:40}",
    "hmac_signature: {hex:64}",
    "hmac signature: {hex:40}",
    "h1:81.2.69.142 is up",
    "redis://sha1:{alnum:18}7@cache:6379",
    "https://h1:{alnum:18}7@localhost/x",
    "curl -u h1:Xk29vQ7pLm! https://x.acme.com/",
    "phone h1:+49 30 1708372",
    "iban h1:DE89370400440532013000",
    "host h1:build-7.acme.internal",
    "API_KEY=release-{hex:32}",
    "API_KEY=content_{hex:40}",
    "AUTH_TOKEN=app-node-{hex:32}",
    "token=my_module_{hex:32}",
    "password=node-{hex:32}",
    "client_secret: content_{hex:40}",
    "X-Api-Key: node-{hex:32}",
    "password: .hunter2Xy9",
    "password: !Summer.Rain2024x",
    "PASSWORD=!Xk29.vQ7pLm",
    "password=.S3cretPass",
    "password: 1.5-Xk29vQ7-pLm3T",
    "api_key=1.0-{alnum:32}-{alnum:32}",
    "token: 2.5-{alnum:24}-{alnum:24}",
    "secret_key: npm:1.2.YLcB3s1VneUx",
    "secret_key: npm:{alnum:18}7@1.2.3",
    "secret: urn:foo:{alnum:32}",
    'password="correct|horse|battery:Xk29vQ7"',
    'password="bytes,1,opt,{alnum:18}7"',
    'password="--{alnum:18}7"',
    'db_password: "Xk[a-z29vQ7$%pLm"',
    'password="P@(?=ssw0rd9"',
    "password: _HunterTwoSecret",
    "password: LS0tLS1CRUdJTiBQVUJMSUMg{alnum:20}",
]
OPEN = [
    "checksums: {alnum:40}",
    "Signature: {hex:32}",
    "     1\tSignature: {hex:32}",
    '"signature": "{hex:40}"',
    "key: Linux-node-{hex:64}",
    "restore-keys: Linux-node-{hex:64}",
    "digest sha256:{hex:64}",
    "\tgithub.com/x/y v1.2.3-rc.1.0.20260727154728-{hex:12} h1:{b64:43}=",
    "token: npm:string-width@^4.2.0",
    "password: .Values.auth.password",
]


@pytest.mark.parametrize("template", FOUND)
def test_secret_is_not_taken_for_an_open_value(template: str, redactor: Redactor) -> None:
    text = fill(template)

    assert redactor.text(text) != text


@pytest.mark.parametrize("template", OPEN)
def test_open_value_stays(template: str, redactor: Redactor) -> None:
    text = fill(template)

    assert redactor.text(text) == text
