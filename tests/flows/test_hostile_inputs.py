"""Hostile files through the whole of ingest: all are accounted for, and none leaves its place."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_ingest import ingest
from tests.sources.reading import FOREIGN
from tracemill.flows.ingest import Ingested
from tracemill.records.events.event import Commit
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

pytestmark = pytest.mark.foreign

ARCHIVE = FOREIGN / "security" / "adversarial.tar.xz"
MANIFEST = FOREIGN / "security" / "adversarial-MANIFEST.jsonl"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ARCHIVE.exists():
        pytest.skip(f"no hostile files at {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    folder = tmp_path_factory.mktemp("hostile")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / "adversarial"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def reasons(result: Ingested) -> Counter[str]:
    return Counter(failure.reason for failure in result.failures)


def below(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def test_no_id_of_a_session_names_a_file(
    workspace: Workspace, hostile: Path, tmp_path: Path
) -> None:
    """The ids name files elsewhere: `../../../../etc/passwd`, `NUL.txt`, `C:\\x` and the like."""
    ids = {json.loads(path.read_bytes())["sessionId"] for path in (hostile / "ids").iterdir()}
    before = below(hostile)
    result = ingest(workspace, [hostile / "ids"])
    kept = Lake(workspace.lake).records(TABLES["trajectories"])

    assert result.inputs == {"read": 29}
    assert {header.session_id for header in kept if header.session_id != header.id} == ids - {""}
    assert below(hostile) == before
    assert {path.parts[0] for path in below(tmp_path)} == {"workspace"}
    assert not {path.name for path in below(tmp_path)} & ids


REFUSED = {
    "decompression-bomb": {"decompression_bomb"},
    "nested-archive": {"nested_archive"},
    "too-many-entries": {"too_many_members"},
    "corrupt-archive": {"corrupt_archive"},
    "unsafe-path": {"unsafe_path"},
    "symlink": {"link"},
    "link": {"link"},
    "special-file": {"special_file"},
    "duplicate-entry": {"duplicate_member"},
    "trailing-data": {"trailing_data"},
}
"""Which of our reasons says what the manifest says."""


def archives() -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in MANIFEST.read_bytes().splitlines()]
    return [row for row in rows if row["category"] == "archive"]


def test_every_archive_ends_as_the_manifest_says(
    workspace: Workspace, hostile: Path, tmp_path: Path
) -> None:
    """All that are to be read hold the same session, which is read once."""
    for row in archives():
        result = ingest(workspace, [hostile / row["path"]])
        n_read = result.inputs.get("read", 0) + result.inputs.get("duplicate_content", 0)
        expect = row["expect"]
        named = REFUSED.get(expect.get("reason"), set())

        assert set(reasons(result)) == named, row["path"]
        if "rejected_entries" in expect:
            assert reasons(result).total() == expect["rejected_entries"], row["path"]
        assert "records" not in expect or (n_read > 0) == bool(expect["records"]), row["path"]
    assert {path.parts[0] for path in below(tmp_path)} == {"workspace"}


def test_what_an_archive_holds_is_read_as_it_would_be_beside_it(
    workspace: Workspace, hostile: Path
) -> None:
    ingest(workspace, [hostile / "archive"])
    inputs = Lake(workspace.lake).records(TABLES["inputs"])
    found = {one.uri.rpartition("/archive/")[2]: one for one in inputs}
    named = {name: one for name, one in found.items() if name.endswith("#s/a.jsonl")}
    read = [one for one in named.values() if one.status == "read"]

    assert [one.n_records["steps"] for one in read] == [3]
    assert {one.content for one in named.values() if one.content} == {read[0].content}
    assert found["multi_member.jsonl.gz#multi_member.jsonl"].n_records["steps"] == 4


def test_every_file_of_all_is_read_or_named(workspace: Workspace, hostile: Path) -> None:
    n_files = sum(path.is_file() for path in hostile.rglob("*"))
    first, second = ingest(workspace, [hostile]), ingest(workspace, [hostile])

    inputs = Lake(workspace.lake).records(TABLES["inputs"])
    n_members = sum("/archive/" in one.uri and "#" in one.uri for one in inputs)

    assert sum(first.inputs.values()) == n_files + n_members
    assert first.inputs["read"] > 100
    assert not second.changed


def test_no_odd_file_stops_or_misleads_a_walk(
    workspace: Workspace, hostile: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "odd"
    script = hostile / "fs" / "make_fs_cases.sh"
    subprocess.run(["sh", script, odd], check=True)
    result = ingest(workspace, [odd])
    named = {Path(failure.uri).name: failure.reason for failure in result.failures}

    assert named["loop_a"] == named["loop_b"] == "not_readable"
    assert named["fifo.jsonl"] == named["zero.jsonl"] == "not_a_file"
    assert named["passwd.jsonl"] == "unrecognised"
    assert named["sparse.jsonl"] == "binary"
    assert named["up"] == "not_a_file"
    assert "dir.jsonl" not in named
    assert "name_not_utf8" in named.values()


def test_no_repository_runs_what_it_names(
    workspace: Workspace, hostile: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    script = hostile / "git" / "make_hostile_repo.sh"
    subprocess.run(["sh", script, made], check=True, capture_output=True)
    by_the_script = set(made.glob("PWNED.*"))
    result = ingest(workspace, [made])
    events = Lake(workspace.lake).records(TABLES["events"])

    assert reasons(result) == {"name_not_utf8": 1}
    assert sum(isinstance(event, Commit) for event in events) == 2 + 7 + 1
    assert set(made.glob("PWNED.*")) == by_the_script
