"""Files made to break readers: what becomes of them is what their manifest says.

Each file is read by the source that takes it, and also by every source that does not. Where we
read more, or take less, than the manifest says, the reason stands here.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.sources.reading import FOREIGN, Found, read_file

from tracemill.sources import Source, heads, load_source, sources_of

pytestmark = pytest.mark.foreign

ARCHIVE = FOREIGN / "security" / "adversarial.tar.xz"
MANIFEST = FOREIGN / "security" / "adversarial-MANIFEST.jsonl"
ELSEWHERE = {
    "archive": "its members are read; the flow that meets them has its own tests",
    "config": "our settings are no input",
    "fs": "a script; the flow that walks folders has its own tests",
    "git": "a script; the source of repositories has its own tests",
    "model": "no model is an input",
}
"""Categories that are not for readers of files."""
TAKEN_OTHERWISE = {
    "http/otlp_bad_ids.json": ("otlp", "a request body of its format"),
    "http/otlp_garbage.pb": (None, "noise"),
    "http/otlp_json_deep.json": (None, "nested too deeply to be looked at"),
    "http/gzip_bomb_body.gz": (None, "an archive, and a bomb"),
    "http/requests.json": (None, "a table of requests"),
    "jsonl/binary_png.jsonl": (None, "a picture"),
    "jsonl/empty.jsonl": (None, "nothing to tell it by"),
    "jsonl/only_newline.jsonl": (None, "nothing to tell it by"),
    "jsonl/utf16be_nobom.jsonl": (None, "no UTF-8"),
    "jsonl/utf16le.jsonl": (None, "no UTF-8"),
}
"""Files that Claude Code's source does not take, though most here are made after its sessions."""
REASONS = {
    "invalid-json": {"not_json"},
    "multiline": {"not_json"},
    "invalid-utf8": {"bad_encoding"},
    "incomplete-tail": {"truncated"},
    "nul-block": {"not_json", "truncated"},
    "too-deep": {"not_json"},
    "not-an-object": {"not_an_object"},
}
"""Which of our reasons says what the manifest says."""
READ_WHOLE = {
    "json/float_overflow.jsonl": 1,
    "json/giant_int.jsonl": 2,
    "json/nan_infinity.jsonl": 3,
    "jsonl/bom_midfile.jsonl": 2,
    "jsonl/cr_only.jsonl": 3,
    "jsonl/two_objects_one_line.jsonl": 3,
}
"""Files that may be quarantined in part, but of which we read so many records, which is all."""
SMALL = 2**18
"""Longest file that every source is made to read."""


class Hostile(NamedTuple):
    """One file, and what shall come of it."""

    name: str
    category: str
    expect: dict[str, Any]
    path: Path

    @property
    def source(self) -> str | None:
        """Name of the source that shall take it."""
        if self.category in ("jsontestsuite", "redos"):
            return None
        return TAKEN_OTHERWISE.get(self.name, ("claude-code",))[0]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[Hostile]:
    if not ARCHIVE.exists():
        pytest.skip(f"no hostile files at {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    folder = tmp_path_factory.mktemp("hostile")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    rows = [json.loads(line) for line in MANIFEST.read_bytes().splitlines()]
    found = [
        Hostile(row["path"], row["category"], row["expect"], folder / "adversarial" / row["path"])
        for row in rows
        if row["category"] not in ELSEWHERE
    ]
    assert all(one.path.is_file() for one in found)
    return found


def assert_accounted(found: Found, name: str) -> None:
    skipped = sum(found.tally.skipped.values())
    assert found.tally.n_lines == found.tally.n_used + len(found.quarantined) + skipped, name
    assert msgspec.json.encode(found.records), name


def test_every_file_is_taken_by_the_source_it_was_made_for(hostile: list[Hostile]) -> None:
    for one in hostile:
        with one.path.open("rb") as opened:
            shown = list(heads(opened, one.path, one.path.stat().st_size))
        takers = (s.name for head in shown for s in sources_of("file") if s.recognises(head))

        assert next(takers, None) == one.source, one.name


@pytest.mark.parametrize("source", list(sources_of("file")), ids=lambda source: source.name)
def test_no_file_breaks_a_reader_whether_it_is_for_it_or_not(
    source: Source, hostile: list[Hostile]
) -> None:
    for one in hostile:
        if one.source == source.name or one.path.stat().st_size <= SMALL:
            assert_accounted(read_file(source, one.path), one.name)


@pytest.mark.parametrize("name", ["specstory-md", "aider", "pylint", "cursor", "junit"])
def test_no_long_text_breaks_a_reader_of_texts(name: str, hostile: list[Hostile]) -> None:
    for one in hostile:
        if one.category == "redos":
            assert_accounted(read_file(load_source(name), one.path), one.name)


def accepted(found: Found) -> int:
    """Return how many lines were understood, those included that hold nothing to keep."""
    copies = found.tally.skipped.get("duplicate_uuid", 0)
    return found.tally.n_lines - len(found.quarantined) - copies


def fits(n: int, expect: dict[str, Any], name: str) -> bool:
    """Tell whether a number is as `expect` says: one number, some, or a least or greatest."""
    stated = expect.get(name)
    if isinstance(stated, list):
        return n in stated
    least, most = expect.get(f"{name}_min", 0), expect.get(f"{name}_max", n)
    return n == stated if isinstance(stated, int) else least <= n <= most


def test_what_is_read_and_what_is_quarantined_is_what_the_manifest_says(
    hostile: list[Hostile],
) -> None:
    n_compared = 0
    for one in hostile:
        if "records" not in one.expect and "quarantined_max" not in one.expect:
            continue
        found = read_file(load_source("claude-code"), one.path)
        reasons = {bad.reason for bad in found.quarantined}
        named = [REASONS.get(reason, set()) for reason in one.expect.get("reasons", [])]
        n_compared += 1

        if one.name in READ_WHOLE:
            assert (len(found.steps), reasons) == (READ_WHOLE[one.name], set()), one.name
            continue
        assert fits(accepted(found), one.expect, "records"), one.name
        if "truncated" not in reasons:  # a line that may still grow is told apart by its reason
            assert fits(len(found.quarantined), one.expect, "quarantined"), one.name
        assert not named or reasons <= set().union(*named), one.name

    assert n_compared > 100


def test_json_is_told_from_what_only_looks_like_it(hostile: list[Hostile]) -> None:
    for one in hostile:
        if one.category == "jsontestsuite":
            found = read_file(load_source("claude-code"), one.path)
            reasons = {bad.reason for bad in found.quarantined}

            match one.expect["outcome"]:
                case "invalid":
                    assert found.tally.n_used == 0, one.name
                    assert reasons or not found.tally.n_lines, one.name
                case "parsed-value" if found.tally.n_lines == 1:
                    assert reasons <= {"not_an_object"}, one.name


def test_sessions_keep_what_is_new_in_them_and_no_nonsense(hostile: list[Hostile]) -> None:
    found = {
        one.path.stem: read_file(load_source("claude-code"), one.path)
        for one in hostile
        if one.category in ("session", "json")
    }
    n_steps = {name: len(of.steps) for name, of in found.items()}
    used = [step.usage for step in found["negative_tokens"].steps]

    assert n_steps["linear"] == n_steps["duplicate_lines"] == 10
    assert (n_steps["uuid_collision"], n_steps["forked"]) == (11, 12)
    assert n_steps["deep_chain"] == 20_000
    # among them the years 1 and 9999
    assert sum(step.at is None for step in found["time_forms"].steps) == 9
    assert [step.results for step in found["tool_without_result"].steps] == [()]
    assert [step.speaker for step in found["result_without_tool"].steps] == ["tool"]
    assert {(usage.input_tokens, usage.output_tokens) for usage in used if usage} == {(10, None)}
