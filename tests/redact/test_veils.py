"""A secret is found in disguise too, and what is no secret stays as it was written."""

from __future__ import annotations

import base64
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.redact.conftest import KEY
from tests.redact.templates import fill
from tracemill.redact import Redactor

R = Redactor(KEY)
SECRET = fill("ghp_{alnum:36}")
TOKEN = R.text(SECRET)
FOREIGN = (
    Path(os.environ.get("TRACEMILL_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
    / "security"
    / "adversarial.tar.xz"
)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


DISGUISES = {
    "a colour code inside": SECRET[:9] + "\x1b[0m" + SECRET[9:],
    "several colour codes": "".join(f"\x1b[1;32m{c}" for c in SECRET).removeprefix("\x1b[1;32m"),
    "zero-width spaces": "\u200b".join(SECRET),
    "soft hyphens": "\u00ad".join(SECRET),
    "full width": wide(SECRET),
    "percent signs": "".join(f"%{ord(c):02x}" for c in SECRET),
    "JSON escapes": "".join(f"\\u{ord(c):04x}" for c in SECRET),
    "escapes within JSON within JSON": "".join(f"\\\\u{ord(c):04x}" for c in SECRET),
    "colour codes within JSON": SECRET[:9] + "\\u001b[0m" + SECRET[9:],
    "Base64": in_base64(f"user {SECRET} and more"),
    "Base64 without padding": in_base64(f"x{SECRET}").rstrip("="),
}


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_secret_is_replaced_whole(text: str, redactor: Redactor) -> None:
    assert redactor.text(f"before {text} behind") == f"before {TOKEN} behind"


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_secret_is_found_in_the_middle_of_a_long_line(
    text: str, redactor: Redactor
) -> None:
    line = f"{'x y ' * 25_000}{text}{' x y' * 25_000}"

    assert redactor.text(line) == line.replace(text, TOKEN)


def test_disguised_secrets_are_found_on_every_line_that_is_looked_at_together(
    redactor: Redactor,
) -> None:
    lines = [
        f"{number} {text}{' x' * number}" for number in range(80) for text in DISGUISES.values()
    ]
    text = "\n".join(lines)

    assert redactor.text(text) == "\n".join(redactor.text(line) for line in lines)


def test_what_reads_like_the_end_of_a_text_moves_no_find(redactor: Redactor) -> None:
    forged = "%0a%00%0a%41"
    lines = [forged, DISGUISES["percent signs"], f"{forged} {DISGUISES['JSON escapes']}"]

    assert redactor.text("\n".join(lines)) == "\n".join((forged, TOKEN, f"{forged} {TOKEN}"))


@pytest.mark.parametrize("position", range(3))
def test_a_password_in_base64_is_found_wherever_it_begins(position: int) -> None:
    text = in_base64("x" * position + json.dumps({"user": "x", "password": fill("{alnum:14}!")}))

    assert R.text(f"data: {text}.").startswith("data: [SECRET:assigned-secret:")


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[1mbold\x1b[0m words and \x1b[31mred\x1b[0m ones",
        "a\u200bzero\u200bwidth\u200bword",
        wide("password"),
        quote("привет мир, как дела"),
        in_base64("nothing but an ordinary sentence about a password and a token"),
        "data:image/png;base64," + in_base64("\x89PNG" * 30),
        "\\u0068\\u0065\\u006c\\u006c\\u006f",
        fill("{b64:400}"),
    ],
)
def test_what_hides_no_secret_stays(text: str) -> None:
    assert R.text(text) == text


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


@pytest.mark.foreign
def test_no_hidden_secret_of_the_foreign_corpus_stays() -> None:
    if not FOREIGN.exists():
        pytest.skip(f"no {FOREIGN}; set TRACEMILL_SHARED_DATA")
    stays = ("split_across_messages", "line_wrapped", "in_image_data")
    untouched = []
    with tarfile.open(FOREIGN) as archive:
        for member in archive:
            if member.name.startswith("adversarial/redaction/") and (
                file := archive.extractfile(member)
            ):
                texts = [text for line in file for text in texts_in(json.loads(line))]
                if all(R.text(text) == text for text in texts):
                    untouched.append(Path(member.name).stem)

    assert set(untouched) <= set(stays)
