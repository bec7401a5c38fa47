"""Labelled third-party texts and real sessions: what is found, and what is left alone."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.redact.conftest import KEY
from tracemill.redact import Redactor
from tracemill.redact.detectors.roster import all_detectors
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import Rules
from tracemill.redact.scanning.prefilters import prefilter
from tracemill.redact.scanning.scanner import resolve, scan

pytestmark = pytest.mark.foreign

ROOT = Path(os.environ.get("TRACEMILL_SHARED_DATA") or Path(__file__).parents[3] / "shared/data")
CORPORA = ROOT / "security" / "corpora-dev.tar.xz"
SESSIONS = ROOT / "formats"
DETECTORS = all_detectors(Rules.shipped(), Pseudonyms(KEY))
PREFILTER = prefilter(DETECTORS)
COVERED = 0.8


@pytest.fixture(scope="module")
def corpora() -> dict[str, list[dict[str, Any]]]:
    if not CORPORA.exists():
        pytest.skip(f"no {CORPORA}; set TRACEMILL_SHARED_DATA")
    rows: dict[str, list[dict[str, Any]]] = {}
    with tarfile.open(CORPORA) as archive:
        for member in archive:
            if member.name.endswith(".jsonl") and (file := archive.extractfile(member)):
                rows[Path(member.name).stem] = [json.loads(line) for line in file]
    return rows


def sessions() -> Iterator[str]:
    files = sorted(
        p for kind in ("claude_code", "codex") for p in (SESSIONS / kind).rglob("*.jsonl")
    )
    if not files:
        pytest.skip(f"no sessions under {SESSIONS}; set TRACEMILL_SHARED_DATA")
    for path in files:
        for line in path.read_bytes().split(b"\n"):
            try:
                yield from texts_in(json.loads(line))
            except ValueError:
                continue


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def redacted_characters(text: str, kind: str) -> set[int]:
    data = text.encode("utf-8", "surrogatepass")
    matches = resolve(scan(data, PREFILTER, DETECTORS))
    found: set[int] = set()
    for match in matches:
        if match.stand_in is not None and match.rule.kind == kind:
            start = len(data[: match.start].decode("utf-8", "replace"))
            length = len(data[match.start : match.end].decode("utf-8", "replace"))
            found.update(range(start, start + length))
    return found


def recall(rows: list[dict[str, Any]], kind: str, names: frozenset[str] | None = None) -> float:
    n = hits = 0
    for row in rows:
        spans = [s for s in row["spans"] if names is None or s[2] in names]
        if not spans or row["class"] != "tp":
            continue
        found = redacted_characters(row["text"], kind)
        for start, end, _ in spans:
            n += 1
            hits += len(found & set(range(start, end))) >= COVERED * (end - start)
    return hits / n


def test_labelled_secrets_are_found(corpora: dict[str, list[dict[str, Any]]]) -> None:
    assert recall(corpora["secrets"], "secret") >= 0.90
    assert recall(corpora["transcript_shapes"], "secret") >= 0.94


def test_what_only_looks_secret_is_left_alone(corpora: dict[str, list[dict[str, Any]]]) -> None:
    rows = [row for row in corpora["hardneg"] if row["class"] == "hardneg"]

    hit = [row["rule"] for row in rows if redacted_characters(row["text"], "secret")]

    assert len(hit) / len(rows) <= 0.005


def test_labelled_addresses_and_home_folders_are_found(
    corpora: dict[str, list[dict[str, Any]]],
) -> None:
    assert recall(corpora["pii"], "pii", frozenset({"EMAIL_ADDRESS"})) >= 0.99
    assert recall(corpora["pii"], "pii", frozenset({"USERNAME_IN_PATH"})) >= 0.99


def test_labelled_numbers_hosts_and_users_are_found(
    corpora: dict[str, list[dict[str, Any]]],
) -> None:
    numbers = frozenset({"CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN"})

    assert recall(corpora["pii"], "pii", numbers) >= 0.95
    assert recall(corpora["pii"], "pii", frozenset({"USERNAME", "HOSTNAME"})) >= 0.95


def test_what_only_looks_personal_is_left_alone(corpora: dict[str, list[dict[str, Any]]]) -> None:
    rows = [row for row in corpora["pii"] if row["class"] == "hardneg"]

    hit = [row["rule"] for row in rows if redacted_characters(row["text"], "pii")]

    assert len(hit) / len(rows) <= 0.01


def test_engines_agree_on_labelled_texts(
    corpora: dict[str, list[dict[str, Any]]], both: tuple[Redactor, Redactor]
) -> None:
    hyperscan, re2 = both

    different = [
        row["id"]
        for rows in corpora.values()
        for row in rows
        if hyperscan.text(row["text"]) != re2.text(row["text"])
    ]

    assert different == []


def test_engines_agree_on_sessions_and_twice_is_once(both: tuple[Redactor, Redactor]) -> None:
    hyperscan, re2 = both
    texts = "\n".join(sessions())

    once = hyperscan.text(texts)

    assert re2.text(texts) == once
    assert hyperscan.text(once) == once


def test_public_sessions_hold_no_secret_that_is_none() -> None:
    texts = "\n".join(sessions())
    found = resolve(scan(texts.encode("utf-8", "surrogatepass"), PREFILTER, DETECTORS))

    n_secrets = sum(match.rule.kind == "secret" for match in found)

    assert n_secrets <= 2 * len(texts) / 1e6
