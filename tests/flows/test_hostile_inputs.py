"""Hostile files through the whole of ingest: all are accounted for, and none leaves its place."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from tests.flows.test_ingest import ingest
from tests.sources.reading import FOREIGN
from tracemill.flows.ingest import Ingested
from tracemill.records.events import Commit
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


def test_no_archive_is_opened_and_a_person_hears_of_each(
    workspace: Workspace, hostile: Path, tmp_path: Path
) -> None:
    n_archives = len(list((hostile / "archive").iterdir()))
    result = ingest(workspace, [hostile / "archive"])

    assert result.inputs == {"archive": n_archives}
    assert reasons(result) == {"archive": n_archives}
    assert {path.parts[0] for path in below(tmp_path)} == {"workspace"}


def test_every_file_of_all_is_read_or_named(workspace: Workspace, hostile: Path) -> None:
    n_files = sum(path.is_file() for path in hostile.rglob("*"))
    first, second = ingest(workspace, [hostile]), ingest(workspace, [hostile])

    assert sum(first.inputs.values()) == n_files
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
