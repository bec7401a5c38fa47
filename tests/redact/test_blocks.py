"""Private keys go whole, however a display broke them into lines."""

from __future__ import annotations

import re

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

LINES = [fill(f"{{b64:64}}#{i}")[:64] for i in range(4)] + [fill("{b64:22}") + "=="]
HEAD, TAIL = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
WHOLE = [HEAD, *LINES, TAIL]
SHAPES = {
    "file": "\n".join(WHOLE),
    "windows": "\r\n".join(WHOLE),
    "escaped": "\\n".join(WHOLE),
    "escaped twice": "\\\\n".join(WHOLE),
    "in a JSON string": '{"key": "' + "\\n".join(WHOLE) + '\\n", "id": 1}',
    "numbered": "\n".join(f"{i:6}\t{line}" for i, line in enumerate(WHOLE, 1)),
    "numbered with arrows": "\n".join(f"{i:6}→{line}" for i, line in enumerate(WHOLE, 1)),
    "numbered with bars": "\n".join(f"{i:4} | {line}" for i, line in enumerate(WHOLE, 1)),
    "added in a diff": "\n".join(f"+{line}" for line in WHOLE),
    "deleted in a diff": "\n".join(f"-{line}" for line in WHOLE),
    "indented": "\n".join(f"    {line}" for line in WHOLE),
    "quoted": "\n".join(f"> {line}" for line in WHOLE),
    "literals": " +\n".join(f'"{line}\\n"' for line in WHOLE),
    "on one line": " ".join(WHOLE),
    "cut off": "\n".join(WHOLE[:3]),
    "encrypted": "\n".join(
        [HEAD, "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0123456789ABCDEF", "", *LINES, TAIL]
    ),
}
BLOCKS = {
    "PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_key_goes_in_every_shape(text: str, redactor: Redactor) -> None:
    redacted = redactor.text(f"before\n{text}\nbehind the key")

    assert len(re.findall(r"\[SECRET:private-key:[a-z2-7]{6}\]", redacted)) == 1
    assert not any(line[:20] in redacted for line in LINES)
    assert redacted.startswith("before\n")
    assert redacted.endswith("behind the key")


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_key_of_every_kind_goes(kind: str, redactor: Redactor) -> None:
    text = "\n".join([f"-----BEGIN {kind}-----", *LINES, f"-----END {kind}-----"])

    assert re.fullmatch(r"\[SECRET:private-key:[a-z2-7]{6}\]", redactor.text(text))


def test_the_same_key_has_the_same_token_in_every_shape(redactor: Redactor) -> None:
    whole = {name: text for name, text in SHAPES.items() if name not in ("cut off", "encrypted")}

    tokens = {re.findall(r"\[SECRET:.*?\]", redactor.text(text))[0] for text in whole.values()}

    assert len(tokens) == 1


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN CERTIFICATE-----\n" + "\n".join(LINES) + "\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\n" + "\n".join(LINES) + "\n-----END PUBLIC KEY-----",
        'if "-----BEGIN PRIVATE KEY-----" in text: raise ValueError',
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY----- is how it begins, and then many lines follow",
        "s = '-----BEGIN RSA PRIVATE KEY-----'\n9f8e7d6c5b4a39281706f5e4d3c2b1a0\nInternationalHelperFactoryOfTexts\n",
    ],
)
def test_what_holds_no_private_key_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize("tail", ["\n-----END OpenVPN Static key V1-----", ""])
def test_a_key_of_a_tunnel_goes_in_its_short_lines(tail: str, redactor: Redactor) -> None:
    lines = [fill(f"{{hex:32}}#{i}")[:32] for i in range(4)]

    text = "\n".join(["-----BEGIN OpenVPN Static key V1-----", *lines]) + tail

    assert re.fullmatch(r"\[SECRET:private-key:[a-z2-7]{6}\]", redactor.text(text))


def test_two_keys_are_two_findings(redactor: Redactor) -> None:
    text = SHAPES["file"] + "\n" + SHAPES["file"].replace("RSA ", "EC ")

    assert redactor.text(text).count("[SECRET:private-key:") == 2
