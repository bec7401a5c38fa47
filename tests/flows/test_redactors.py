"""The machine keeps compiled patterns, and no state of that file changes what is redacted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracemill.flows.ingest.redactors import own_redactor, redactor
from tracemill.store.machine_cache import keep
from tracemill.store.workspace import Workspace

pytest.importorskip("hyperscan")

KEY = bytes(32)
HOME = "/data/people/mara.quist"
TEXT = f"cd {HOME}/src"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    redactor.cache_clear()
    yield tmp_path / "tracemill"
    redactor.cache_clear()


def kept_in(folder: Path) -> bytes:
    """Return what is kept, which is one file."""
    (path,) = folder.iterdir()
    return path.read_bytes()


def test_the_first_process_keeps_what_the_next_one_takes(folder: Path) -> None:
    first = redactor(KEY, HOME)
    kept = kept_in(folder)
    redactor.cache_clear()

    second = redactor(KEY, HOME)

    assert first.compiled == second.compiled == kept
    assert first.text(TEXT) == second.text(TEXT) != TEXT


def test_another_home_takes_the_same_and_is_found(folder: Path) -> None:
    kept = redactor(KEY, HOME).compiled
    other = redactor(KEY, "/data/people/tomas.brandt")

    assert other.compiled == kept == kept_in(folder)
    assert "tomas" not in other.text("cd /data/people/tomas.brandt/src")


def test_what_another_version_kept_and_what_is_damaged_stays_beside_what_is_taken(
    folder: Path,
) -> None:
    keep("patterns", b"damaged, or another version's")
    made = redactor(KEY, HOME).compiled
    redactor.cache_clear()
    kept = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    assert redactor(KEY, HOME).compiled == made
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == kept
    assert {path.read_bytes() for path in folder.iterdir()} == {
        made,
        b"damaged, or another version's",
    }


def test_where_nothing_can_be_kept_the_same_is_redacted(folder: Path) -> None:
    folder.write_bytes(b"no folder")

    assert redactor(KEY, HOME).text(TEXT) != TEXT


@pytest.mark.parametrize("engine", ["hyperscan", None])
def test_where_there_is_no_workspace_the_next_process_takes_them_as_well(
    folder: Path, engine: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path(HOME))
    nowhere = Workspace(tmp_path / "nowhere")
    own_redactor(nowhere, engine)
    kept = kept_in(folder)

    own, is_kept = own_redactor(nowhere, engine)

    assert own.compiled == kept == kept_in(folder)
    assert (own.text(TEXT) != TEXT, is_kept) == (True, False)
    assert not nowhere.root.exists()
