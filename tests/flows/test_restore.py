"""Original bytes come back out of the archive, identical, and only where they may go."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.sessions import lines, write_session
from tests.flows.test_ingest import ingest
from tracemill.base.errors import NotFoundError, PolicyError, UsageError
from tracemill.base.streams import folder_stream
from tracemill.flows.ingest import restore
from tracemill.flows.ingest.restore import restore_originals
from tracemill.flows.results import RestoreResult
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_session(tmp_path / "in", "s1", 3)
    write_session(tmp_path / "in" / "below", "s2", 2, "play")
    return tmp_path / "in"


def bring_back(
    workspace: Workspace, folder: Path, *names: str, force: bool = False, dry_run: bool = False
) -> RestoreResult:
    return restore_originals(
        workspace, names, folder, lambda _: None, is_forced=force, dry_run=dry_run
    )


def below(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def at(folder: Path, place: Path) -> Path:
    """Return where what stood at `place` comes back."""
    return folder / place.relative_to("/")


def test_deleted_files_come_back_identical(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    shutil.copy2(place / "s1.jsonl", place / "copy.jsonl")
    ingest(workspace, [place])
    before = below(place)
    shutil.rmtree(place)
    result = bring_back(workspace, tmp_path / "out")

    assert below(at(tmp_path / "out", place)) == before
    assert result.failures == ()
    assert {one.kind for one in result.inputs} == {"file"}


def test_what_came_back_is_closed_to_other_users(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    ingest(workspace, [place])
    bring_back(workspace, tmp_path / "out")
    found = at(tmp_path / "out", place) / "s1.jsonl"

    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_the_newest_state_comes_back_whatever_the_times_of_a_backup_are(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    ingest(workspace, [place])
    write_session(place, "s1", 9)
    ingest(workspace, [place])
    for moment, manifest in enumerate(sorted((workspace.vault / "archive").glob("*.jsonl"))):
        os.utime(manifest, (-moment, -moment))
    bring_back(workspace, tmp_path / "out")

    found = at(tmp_path / "out", place) / "s1.jsonl"
    assert found.read_bytes() == (place / "s1.jsonl").read_bytes()
    assert len(found.read_bytes().splitlines()) == len(lines("s1", 9))


def test_a_repository_comes_back_as_the_stream_that_was_read(
    workspace: Workspace, tmp_path: Path
) -> None:
    repository = tmp_path / "in" / "app"
    for arguments in (
        ["init", "-q", str(repository)],
        ["-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.com",
         "commit", "-q", "--allow-empty", "-m", "begin"],
    ):  # fmt: skip
        subprocess.run(["git", *arguments], check=True)
    ingest(workspace, [repository])
    result = bring_back(workspace, tmp_path / "out")

    assert {one.kind for one in result.inputs} == {"stream"}
    stream = at(tmp_path / "out", repository).with_name("app.git-stream")
    assert b"begin" in stream.read_bytes()


@given(
    files=st.dictionaries(
        st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}\.json", fullmatch=True),
        st.binary(max_size=2000),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=25)
def test_a_folder_comes_back_file_by_file(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("folder")
    for name, data in files.items():
        (root / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "in" / name).write_bytes(data)
    paths = [root / "in" / name for name in files]
    with folder_stream(root / "in", paths) as stream:
        restore._unpack(iter([stream.read()]), root / "out")

    found = {name: data for name, (data, _) in below(root / "out").items()}
    assert found == files


@pytest.mark.parametrize(
    ("name", "n_found"),
    [
        pytest.param("input_", 2, id="inputs"),
        pytest.param("{place}/below", 1, id="a folder"),
        pytest.param("{place}/s1.jsonl", 1, id="a file"),
    ],
)
def test_only_what_was_named_comes_back(
    name: str, n_found: int, workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    ingest(workspace, [place])
    result = bring_back(workspace, tmp_path / "out", name.format(place=place))

    assert len(result.inputs) == n_found
    assert len(below(tmp_path / "out")) == n_found


def test_a_folder_that_holds_something_is_left_alone_unless_forced(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    ingest(workspace, [place])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")

    with pytest.raises(UsageError, match="is not empty"):
        bring_back(workspace, tmp_path / "out")
    assert list(below(tmp_path / "out")) == ["mine"]
    bring_back(workspace, tmp_path / "out", force=True)
    assert (tmp_path / "out" / "mine").read_text() == "mine"
    assert len(below(tmp_path / "out")) == 3


def test_a_dry_run_writes_nothing(workspace: Workspace, place: Path, tmp_path: Path) -> None:
    ingest(workspace, [place])
    result = bring_back(workspace, tmp_path / "out", dry_run=True)

    assert len(result.inputs) == 2
    assert not (tmp_path / "out").exists()


def test_nothing_unredacted_is_written_into_the_workspace(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place])

    with pytest.raises(PolicyError, match="is in the workspace"):
        bring_back(workspace, workspace.root / "out")


@pytest.mark.parametrize("name", ["nothing", "input_none", "/no/such/place"])
def test_a_name_that_nothing_answers_to_is_said(
    name: str, workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    ingest(workspace, [place])

    with pytest.raises(NotFoundError):
        bring_back(workspace, tmp_path / "out", name)


def test_a_damaged_pack_costs_its_own_inputs_only(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    ingest(workspace, [place / "s1.jsonl"])
    (pack,) = (workspace.vault / "archive").glob("*.zst")
    ingest(workspace, [place])
    pack.write_bytes(b"\0" * pack.stat().st_size)
    result = bring_back(workspace, tmp_path / "out")

    assert [failure.reason for failure in result.failures] == ["damaged"]
    assert list(below(at(tmp_path / "out", place))) == ["below/s2.jsonl"]
