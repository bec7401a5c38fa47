"""Third-party texts that hide a secret from those who look for it: all end as their list says."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracemill.redact import Redactor

pytestmark = pytest.mark.foreign

ROOT = Path(os.environ.get("TRACEMILL_SHARED_DATA") or Path(__file__).parents[3] / "shared/data")
ARCHIVE = ROOT / "security" / "adversarial.tar.xz"
MANIFEST = ROOT / "security" / "adversarial-MANIFEST.jsonl"
OVER_MESSAGES = "redaction/split_across_messages.jsonl"
"""Halves in two messages are two texts, and texts never affect one another: a limit we state."""
UNTOUCHED = "redaction/in_image_data.jsonl"
SHARE_LEFT = 12
"""So many characters in a row of a secret would be too much of it."""


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    """Every decoded text and key of each file."""
    if not ARCHIVE.exists():
        pytest.skip(f"no {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    found: dict[str, list[str]] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            name = member.name.removeprefix("adversarial/")
            if name in rows() and (file := archive.extractfile(member)):
                found[name] = [text for line in file for text in strings(json.loads(line))]
    return found


def rows() -> dict[str, dict[str, Any]]:
    listed = map(json.loads, MANIFEST.read_text("utf-8").splitlines())
    return {row["path"]: row for row in listed if row["category"] == "redaction"}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def test_what_must_go_is_gone(texts: dict[str, list[str]], redactor: Redactor) -> None:
    wanted = {name: row["expect"]["must_redact"] for name, row in rows().items()}
    left = {
        name: secret
        for name, secrets in wanted.items()
        for secret in secrets
        if any(secret[:SHARE_LEFT] in redactor.text(text) for text in texts[name])
    }

    assert len(texts) == len(wanted) == 20
    assert left == {}


def test_what_is_hidden_is_found(texts: dict[str, list[str]], redactor: Redactor) -> None:
    found = {
        name: [redactor.text(text) for text in own if "[SECRET:" in redactor.text(text)]
        for name, own in texts.items()
    }

    assert {name for name, own in found.items() if not own} == {OVER_MESSAGES, UNTOUCHED}


def test_data_that_is_no_secret_stays(texts: dict[str, list[str]], redactor: Redactor) -> None:
    assert [redactor.text(text) for text in texts[UNTOUCHED]] == texts[UNTOUCHED]


def test_the_same_secret_has_one_stand_in(texts: dict[str, list[str]], redactor: Redactor) -> None:
    redacted = [redactor.text(text) for text in texts["redaction/same_secret_twice.jsonl"]]
    tokens = {text.split("[SECRET:")[1].split("]")[0] for text in redacted if "[SECRET:" in text}

    assert len(tokens) == 1
