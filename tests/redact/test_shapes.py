"""In whatever shape a secret reaches a session, nothing of it leaves redaction."""

from __future__ import annotations

import json

import pytest

from tests.redact.shapes import SHAPES as OWN_SHAPES
from tests.redact.templates import ALPHABETS, drawn
from tests.redact.told_shapes import TOLD_SHAPES
from tracemill.redact import Redactor

LEAST = 10
SHAPES = OWN_SHAPES | TOLD_SHAPES


def planted(template: str, variant: int) -> tuple[str, list[str]]:
    """Return a shape with secrets in its slots, and those."""

    def some(alphabet: str, n: int) -> str:
        return drawn(ALPHABETS[alphabet], n, f"{template}{variant}{alphabet}{n}")

    word = some("word", 5)
    keys = (some("alnum", 32), some("hex", 40), some("lower", 24))
    passwords = (f"{word.title()}{some('digit', 4)}!", f"{some('alnum', 10)}7#", f"{word}-xqj904")
    secrets = {
        "<key>": keys[variant],
        "<pass>": passwords[variant],
        "<typed>": f"{word.title()}{some('digit', 3)}&x",
        "<half>": some("alnum", 18),
        "<b64>": some("b64", 43),
        "<b64of32>": some("b64", 43),
        "<b64line>": some("b64", 64),
        "<base32>": some("base32", 32),
        "<salt>": some("alnum", 8),
        "<hash22>": some("alnum", 22),
        "<hash86>": some("alnum", 86),
        "<upper16>": some("upper", 16),
        "<upper20>": some("upper", 20),
        "<hex40>": some("hex", 40),
        "<words>": "-".join(some("word", n) for n in (4, 5, 6, 7)),
    }
    slots = [slot for slot in secrets if slot in template]
    for slot in slots:
        template = template.replace(slot, secrets[slot])
    return template, [secrets[slot] for slot in slots if len(secrets[slot]) >= LEAST]


@pytest.mark.parametrize("template", SHAPES.values(), ids=SHAPES)
def test_nothing_of_a_secret_is_left(template: str, redactor: Redactor) -> None:
    texts = [planted(template, variant) for variant in range(3)]

    left = [secret for text, own in texts for secret in own if secret in redactor.text(text)]

    assert all(own for _, own in texts)
    assert not left


@pytest.mark.parametrize("template", SHAPES.values(), ids=SHAPES)
def test_a_shape_is_redacted_once(template: str, redactor: Redactor) -> None:
    once = redactor.text(planted(template, 0)[0])

    assert redactor.text(once) == once


@pytest.mark.parametrize("template", SHAPES.values(), ids=SHAPES)
def test_a_shape_without_a_secret_stays(template: str, redactor: Redactor) -> None:
    """What has no secret in its slots is a template, as documents are full of them."""
    for slot in ("<key>", "<pass>", "<typed>", "<half>"):
        template = template.replace(slot, "${VALUE}")

    if "<" not in template:
        assert "[SECRET:" not in redactor.text(template)


@pytest.mark.parametrize("template", [SHAPES["minified json"], SHAPES["har"], SHAPES["json"]])
def test_json_stays_json(template: str, redactor: Redactor) -> None:
    text, _ = planted(template, 0)

    assert json.loads(redactor.text(text)).keys() == json.loads(text).keys()
