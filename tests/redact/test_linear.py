"""Texts that were made to take long take as long as others."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.redact.templates import fill
from tracemill.records.privacy.findings import UNSCANNED
from tracemill.redact import Redactor
from tracemill.redact.detectors.tables import is_secret_column

REPEATED = {
    "key headers": "-----BEGIN RSA PRIVATE KEY-----\n",
    "key headers on one line": "-----BEGIN PRIVATE KEY-----",
    "key headers and lines": "-----BEGIN PRIVATE KEY-----\n" + fill("{b64:64}\n"),
    "at signs": "@",
    "local parts": "a.b-c_d@",
    "domains": "a@b.",
    "dots": "a.",
    "local parts in another script": "é.",
    "addresses in another script": "é@é.",
    "full-width signs": "a\uff20é.",
    "escaped signs": r"\u00e9\uff20",
    "blocks": "password: |\n",
    "blocks in blocks": "password: |\n" + "".join(f"{' ' * n}token: |\n" for n in range(1, 99)),
    "recovery codes": "backup codes: ",
    "lists of recovery codes": "recovery code: a1b2-c3d4 ",
    "passwords": "password=",
    "quoted passwords": 'password="a',
    "keys and colons": "key: ",
    "secrets in words": "secret token key ",
    "colons": "https://a:",
    "users": "https://a@",
    "slashes": "/home/",
    "names": "/home/ada/home/",
    "slugs": "-home-ada",
    "backslashes": "\\",
    "quotes": "\"'",
    "equals": "=",
    "letters": "A",
    "brackets": "[SECRET:",
    "colours": "\x1b[1m",
    "tokens begin": "eyJ",
    "tokens begin again": "eyJabcdefghijklmnop.",
    "github": "ghp_",
    "amazon": "AKIA",
    "hex": "0123456789abcdef",
    "identifiers": "550e8400-e29b-41d4-a716-446655440000 ",
    "base64": fill("{b64:997}"),
    "bearers": "Authorization: Bearer ",
    "options": "--password --token ",
    "curl": "curl -u ",
    "users of no command": "-u a:abcd abcd ",
    "mysql": "mysql -u x ",
    "cookies": "cookie: session=",
    "sessions of no cookie": fill("; session={alnum:24}"),
    "sessions of a command": fill("curl ; session={alnum:24} "),
    "elements": "<password>",
    "camel case": "tokenAaAaAa",
    "braces": 'token="{',
    "calls": 'token="a(',
    "secrets": fill("ghp_{alnum:36} "),
    "colour codes in words": "a\x1b[1mb",
    "lines of colour codes": "\x1b[32mPASSED\x1b[0m test_\x1b[1mb\x1b[0m\n",
    "backslashes behind escapes": "\\u0061\\u0062\\u0063\\u0064" + "\\" * 60_000 + " ",
    "percent signs": "%61%3d",
    "escapes": "\\u0061\\u003d",
    "full width": "\uff50\uff1d",
    "Base64 of passwords": "cGFzc3dvcmQ",
    "phones": "phone 0163",
    "cards": "4539-1488-0343-6467;",
    "addresses": "1.2.3.",
    "listings": "drwxr-xr-x 5 a ",
    "elements on lines": "<token>\na\n",
    "odd brackets": 'token="{([',
    "heads of tables": "password,token\n",
    "heads over other heads": "name,phone,password of a user\n|a|token|\n",
    "heads that are secrets": "b-4711-token,password,ada-4711-secret\n",
    "dumps": "COPY t (account) FROM stdin;\n",
    "dumps on one line": "COPY t (account) FROM stdin ",
    "manifests": "kind: Secret\ndata:\n",
    "services": "wandb a",
    "names and values": '{"name": "token", "value": 1}',
    "entities": "token=&quot;",
    "arguments": "login('a', ",
    "authors": "by Ada Lovelace <",
    "nested passwords": "password=\"password='",
}
BYTES = 1_000_000
FOREIGN = (
    Path(os.environ.get("TRACEMILL_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
    / "security"
    / "adversarial.tar.xz"
)


def seconds(redactor: Redactor, text: str) -> float:
    began = time.process_time()
    redactor.text(text)
    return time.process_time() - began


@pytest.mark.timeout(600)
@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_a_long_text_is_read_in_linear_time(piece: str, redactor: Redactor) -> None:
    """What is quadratic in the length takes hours for this many bytes, and runs into the limit."""
    text = piece * (BYTES // len(piece))

    once = redactor.text(text)

    assert redactor.text(once) == once


CROWDS = {
    "lines": "API_KEY\n",
    "home folders": "/home/ada ",
    "addresses on one line": "a:",
    "names on one line": '{"name": "token", "value": 1}',
}


@pytest.mark.parametrize("piece", CROWDS.values(), ids=CROWDS)
def test_a_text_with_something_to_look_at_everywhere_is_taken_out_whole(
    piece: str, redactor: Redactor
) -> None:
    once = redactor.text(piece * (3_000_000 // len(piece)))

    assert once.startswith(UNSCANNED)
    assert once.endswith("]")
    assert redactor.text(once) == once


def test_texts_that_have_much_to_look_at_together_are_looked_at_one_by_one(
    both: tuple[Redactor, Redactor],
) -> None:
    few = ["/home/ada " * 20_000 + str(i) for i in range(3)]
    crowd = "/home/ada " * 200_000

    for each in both:
        *found, last = each.locate([*few, crowd])
        assert [one.text for one in found] == [each.text(text) for text in few]
        assert all("ada" not in one.text and not one.text.startswith("[") for one in found)
        assert last.text.startswith(UNSCANNED)
        assert [(one.start, one.end) for one in last.found] == [(0, len(crowd))]


@pytest.mark.foreign
def test_foreign_texts_take_no_longer(redactor: Redactor) -> None:
    if not FOREIGN.exists():
        pytest.skip(f"no {FOREIGN}; set TRACEMILL_SHARED_DATA")
    import tarfile

    slow = {}
    with tarfile.open(FOREIGN) as archive:
        for member in archive:
            if member.name.startswith("adversarial/redos/") and (
                file := archive.extractfile(member)
            ):
                text = file.read().decode("utf-8", "replace")
                taken = seconds(redactor, text)
                if taken > 2.0:
                    slow[member.name] = taken

    assert slow == {}


@pytest.mark.parametrize("name", [b"-" * 400 + b"!", b"a_" * 400 + b"!", b"a-" * 400 + b"tokens!"])
def test_the_name_of_a_column_is_read_in_one_pass(name: bytes) -> None:
    assert not is_secret_column(name)
