"""Archives among the inputs: their members are read as files are, once, and not again."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
import zstandard

from tests.flows.sessions import lines, write_session
from tests.flows.test_ingest import ingest, texts
from tests.flows.test_restore import bring_back
from tracemill.base import sqlite
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def session(name: str, n_turns: int = 2) -> bytes:
    return b"".join(line + b"\n" for line in lines(name, n_turns, name))


def pack(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"logs/{name}.jsonl", data)


def test_a_session_in_an_archive_is_the_session_beside_it(
    workspace: Workspace, place: Path
) -> None:
    pack(place / "backup.zip", s1=session("s1"))
    (place / "s2.jsonl.gz").write_bytes(gzip.compress(session("s2")))
    (place / "s3").write_bytes(zstandard.compress(session("s3")))
    result = ingest(workspace, [place])
    beside = Workspace(place.parent / "other")
    for name in ("s1", "s2", "s3"):
        write_session(place.parent / "plain", name, 2, name)
    ingest(beside, [place.parent / "plain"])

    assert result.inputs == {"archive": 3, "read": 3}
    assert texts(workspace) == texts(beside)


def test_places_are_those_in_the_unpacked_member(workspace: Workspace, place: Path) -> None:
    pack(place / "backup.zip", s0=session("s0"), s1=session("s1"))
    ingest(workspace, [place])
    steps = Lake(workspace.lake).records(TABLES["steps"])
    spans = {step.text: step.span for step in steps if step.speaker == "user"}
    first = lines("s1", 2, "s1")[0]

    assert session("s1")[spans["s1 0, please"].start :].startswith(first)
    assert spans["s1 0, please"].end <= len(first) + 1


def test_an_archive_that_stands_is_not_opened_again(workspace: Workspace, place: Path) -> None:
    pack(place / "backup.zip", s1=session("s1"), notes=b"no session\n")
    first, second = ingest(workspace, [place]), ingest(workspace, [place])

    assert first.inputs == {"archive": 1, "read": 1, "unrecognised": 1}
    assert second.inputs == {"unchanged": 3}
    assert not second.changed
    assert second.failures == first.failures


def test_of_an_archive_that_grew_only_what_is_new_is_read(
    workspace: Workspace, place: Path
) -> None:
    pack(place / "backup.zip", s1=session("s1"), s2=session("s2"))
    ingest(workspace, [place])
    pack(place / "backup.zip", s1=session("s1"), s2=session("s2", 3), s3=session("s3"))
    again = ingest(workspace, [place])

    assert again.inputs == {"archive": 1, "read": 2, "unchanged": 1}


def test_a_copy_in_an_archive_is_read_once_its_original_changes(
    workspace: Workspace, place: Path
) -> None:
    write_session(place, "s1", 2, "s1")
    pack(place / "z.zip", s1=session("s1"))
    first = ingest(workspace, [place])
    write_session(place, "s1", 3, "other")
    second = ingest(workspace, [place])

    assert first.inputs == {"archive": 1, "duplicate_content": 1, "read": 1}
    assert second.inputs == {"archive": 1, "read": 2}


def test_members_of_an_archive_that_is_gone_come_back(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    pack(place / "backup.zip", s1=session("s1"))
    ingest(workspace, [place])
    (place / "backup.zip").unlink()
    bring_back(workspace, tmp_path / "out")
    (found,) = (path for path in (tmp_path / "out").rglob("*") if path.is_file())

    assert found.parts[-2:] == ("backup.zip#logs", "s1.jsonl")
    assert found.read_bytes() == session("s1")


def test_what_is_more_than_a_file_is_named(workspace: Workspace, place: Path) -> None:
    inner = gzip.compress(session("s1"))
    with zipfile.ZipFile(place / "backup.zip", "w") as archive:
        archive.writestr("s1.jsonl.gz", inner)
        archive.writestr("state.vscdb", sqlite.MAGIC + bytes(100))
        archive.writestr("app/.git/HEAD", "ref: refs/heads/main")
        archive.writestr("app/.git/config", "[core]")
    result = ingest(workspace, [place])

    assert result.inputs == {
        "archive": 1,
        "database_in_archive": 1,
        "nested_archive": 1,
        "repository_in_archive": 1,
    }


def test_a_package_is_no_archive(workspace: Workspace, place: Path) -> None:
    pack(place / "tool.whl", s1=session("s1"))

    assert ingest(workspace, [place]).inputs == {"side_file": 1}


def test_an_archive_of_another_kind_is_named(workspace: Workspace, place: Path) -> None:
    (place / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))

    assert ingest(workspace, [place]).inputs == {"unknown_archive": 1}
