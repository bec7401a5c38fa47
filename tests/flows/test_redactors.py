"""The machine keeps compiled patterns, and no state of that file changes what is redacted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracemill.flows.ingest.redactors import own_redactor, redactor
from tracemill.store.workspace import Workspace

pytest.importorskip("hyperscan")

KEY = bytes(32)
HOME = "/data/people/mara.quist"
TEXT = f"cd {HOME}/src"


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    redactor.cache_clear()
    yield tmp_path / "tracemill" / "patterns.compiled"
    redactor.cache_clear()


def test_the_first_process_keeps_what_the_next_one_takes(path: Path) -> None:
    first = redactor(KEY, HOME)
    kept = path.read_bytes()
    redactor.cache_clear()

    second = redactor(KEY, HOME)

    assert first.compiled == second.compiled == kept
    assert first.text(TEXT) == second.text(TEXT) != TEXT


def test_another_home_takes_the_same_and_is_found(path: Path) -> None:
    kept = redactor(KEY, HOME).compiled
    other = redactor(KEY, "/data/people/tomas.brandt")

    assert other.compiled == kept == path.read_bytes()
    assert "tomas" not in other.text("cd /data/people/tomas.brandt/src")


def test_a_damaged_file_is_written_anew(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"damaged")

    assert redactor(KEY, HOME).compiled == path.read_bytes() != b"damaged"


def test_where_nothing_can_be_kept_the_same_is_redacted(path: Path) -> None:
    path.mkdir(parents=True)

    assert redactor(KEY, HOME).text(TEXT) != TEXT


@pytest.mark.parametrize("engine", ["hyperscan", None])
def test_where_there_is_no_workspace_the_next_process_takes_them_as_well(
    path: Path, engine: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path(HOME))
    nowhere = Workspace(tmp_path / "nowhere")
    own_redactor(nowhere, engine)
    kept = path.read_bytes()

    own, is_kept = own_redactor(nowhere, engine)

    assert own.compiled == kept == path.read_bytes()
    assert (own.text(TEXT) != TEXT, is_kept) == (True, False)
    assert not nowhere.root.exists()
