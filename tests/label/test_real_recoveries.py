"""What fails in real sessions is followed, and known fail-to-pass sessions give their recoveries."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.reading import FOREIGN, read_file
from tracemill.label.activity.observe import observe
from tracemill.records.sessions.recoveries import Recovery
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.codex import Codex
from tracemill.sources.protocol import Source

pytestmark = pytest.mark.foreign

FORMATS = FOREIGN / "formats"
WAITED_FOR = ["codex/agentv/019f15f7-b472-7bc3-8651-5547781e25cf.jsonl"]
"""Checks of a pull request, which ran on and passed: nothing was tried again."""
SOURCES: dict[str, Source] = {"claude_code": ClaudeCode(), "codex": Codex()}


def sessions(pattern: str = "*") -> Iterator[tuple[str, Path]]:
    if not FORMATS.exists():
        pytest.skip(f"no sessions under {FORMATS}; set TRACEMILL_SHARED_DATA")
    for name in SOURCES:
        yield from ((name, path) for path in sorted((FORMATS / name).rglob(f"{pattern}.jsonl")))


def recoveries(name: str, path: Path) -> list[Recovery]:
    found = read_file(SOURCES[name], path)
    return [
        recovery
        for header in found.headers
        for recovery in observe(header, found.steps_of(header), ()).recoveries
    ]


def test_a_session_known_to_fail_and_pass_gives_its_recoveries() -> None:
    ((name, path),) = sessions("c010174c-*")
    found = recoveries(name, path)

    assert {"test", "lint"} <= {r.kind for r in found if r.resolved_step is not None}


def test_every_session_known_to_fail_and_pass_gives_a_recovery() -> None:
    next(sessions())  # skips where there are none
    with (FORMATS / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["format"] in SOURCES]
    known = [row for row in rows if "fail_then_pass" in row["traits"]]
    without = [
        row["file"]
        for row in known
        if not any(
            found.resolved_step is not None
            for found in recoveries(row["format"], FORMATS / row["file"])
        )
    ]

    assert len(known) >= 20
    assert without == WAITED_FOR


def test_every_recovery_is_in_order_and_says_what_was_wrong() -> None:
    found = [recovery for name, path in sessions() for recovery in recoveries(name, path)]
    resolved = [recovery for recovery in found if recovery.resolved_step is not None]

    assert len(resolved) >= 50
    for recovery in found:
        steps = [*recovery.attempts, *filter(None, [recovery.resolved_step])]
        assert steps == sorted(set(steps))
    assert sum(not recovery.symptom for recovery in found) <= 2
