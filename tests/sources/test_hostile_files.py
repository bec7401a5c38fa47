"""Files made to break readers, and files of other formats, against what must come of them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.sources.reading import FOREIGN, head_of, read

from tracemill.sources import load_source
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.codex import Codex
from tracemill.sources.head import Head
from tracemill.sources.protocol import Source

pytestmark = pytest.mark.foreign

ARCHIVE = FOREIGN / "security" / "adversarial.tar.xz"
MANIFEST = FOREIGN / "security" / "adversarial-MANIFEST.jsonl"
CATEGORIES = (
    "control",
    "line",
    "encoding",
    "json",
    "session",
    "redaction",
    "jsontestsuite",
    "traversal",
)
REASONS = {
    "invalid-json": {"not_json"},
    "trailing-data": {"not_json"},
    "multiline": {"not_json"},
    "invalid-utf8": {"bad_encoding"},
    "incomplete-tail": {"truncated"},
    "nul-block": {"not_json", "truncated"},
    "too-deep": {"not_json"},
    "not-an-object": {"not_an_object"},
}
"""Which of our reasons says what the manifest says."""
READ_WHOLE = (
    "two_objects_one_line",
    "cr_only",
    "bom_midfile",
    "nan_infinity",
    "float_overflow",
    "giant_int",
)
"""Files that may be quarantined, but that we read in full."""
FILED_ELSEWHERE = [("claude-code", "2026-01-21-3a4a4468-815f-4494-a1ad-5681a263b5d4.json")]
"""A session of ours that lies in another format's folder, under another format's name."""
HOLDS_OURS = ("claude_code_records", "entire_checkpoints")
"""Folders of other things that hold copies of Claude Code sessions."""


@pytest.fixture(scope="module")
def hostile() -> dict[str, tuple[dict[str, Any], bytes]]:
    if not ARCHIVE.exists():
        pytest.skip(f"no hostile files at {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    rows = [json.loads(line) for line in MANIFEST.read_bytes().splitlines()]
    wanted = {row["path"]: row["expect"] for row in rows if row["category"] in CATEGORIES}
    found: dict[str, tuple[dict[str, Any], bytes]] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            name = member.name.partition("/")[2]
            file = archive.extractfile(member) if name in wanted else None
            if file is not None:
                found[name] = (wanted[name], file.read())
    assert found.keys() == wanted.keys()
    return found


GATES = (
    "junit", "pytest", "sarif", "ruff", "mypy", "bandit", "pylint", "gitleaks", "coverage",
    "github", "beads",
)  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [ClaudeCode(), Codex(), *map(load_source, GATES)],
    ids=lambda source: source.name,
)
def test_no_hostile_file_breaks_a_reader(
    source: Source, hostile: dict[str, tuple[dict[str, Any], bytes]]
) -> None:
    for name, (_, data) in hostile.items():
        source.recognises(Head(Path(name), data[:65536]))
        found = read(source, data, name, 2**24)
        tally = found.tally
        skipped = sum(tally.skipped.values())
        assert tally.n_lines == tally.n_used + len(found.quarantined) + skipped, name
        assert msgspec.json.encode(found.records), name


def test_what_is_quarantined_is_what_the_manifest_says(
    hostile: dict[str, tuple[dict[str, Any], bytes]],
) -> None:
    for name, (expect, data) in hostile.items():
        reasons = {bad.reason for bad in read(ClaudeCode(), data, name, 2**24).quarantined}
        named = set().union(*[REASONS.get(reason, set()) for reason in expect.get("reasons", [])])
        if Path(name).stem in READ_WHOLE or expect.get("outcome") == "accepted":
            assert reasons == set(), name
        elif expect.get("outcome") == "partial" and named:
            assert reasons, name
            assert reasons <= named, name


def test_sessions_keep_what_is_new_in_them(
    hostile: dict[str, tuple[dict[str, Any], bytes]],
) -> None:
    n_steps = {
        Path(name).stem: len(read(ClaudeCode(), data, name, 2**24).steps)
        for name, (_, data) in hostile.items()
        if name.startswith("session/")
    }

    assert n_steps["linear"] == n_steps["duplicate_lines"] == 10
    assert (n_steps["uuid_collision"], n_steps["forked"]) == (11, 12)
    assert n_steps["deep_chain"] == 20_000


def files_of_other_formats() -> list[Path]:
    folders = sorted(FOREIGN.glob("formats/*"))
    others = [folder for folder in folders if folder.name not in ("claude_code", "codex")]
    return [path for folder in others for path in sorted(folder.rglob("*")) if path.is_file()]


def test_no_file_of_another_format_is_taken_for_ours() -> None:
    files = files_of_other_formats()
    if not files:
        pytest.skip(f"no files under {FOREIGN}; set TRACEMILL_SHARED_DATA")
    taken = [
        (source.name, *path.relative_to(FOREIGN / "formats").parts)
        for path in files
        for source in (ClaudeCode(), Codex())
        if source.recognises(head_of(path))
    ]

    theirs = [(name, file) for name, folder, *_, file in taken if folder not in HOLDS_OURS]
    assert theirs == [*FILED_ELSEWHERE, ("codex", "codex-rollout.jsonl")]
