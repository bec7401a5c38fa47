"""The vault keeps compiled patterns, and no state of that file changes what is redacted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracemill.flows.ingest.redactors import redactor

pytest.importorskip("hyperscan")

KEY = bytes(32)
HOME = "/data/people/mara.quist"
TEXT = f"cd {HOME}/src"


@pytest.fixture(autouse=True)
def new_process() -> Iterator[None]:
    redactor.cache_clear()
    yield
    redactor.cache_clear()


def test_the_first_process_keeps_what_the_next_one_takes(tmp_path: Path) -> None:
    path = tmp_path / "patterns"
    first = redactor(KEY, HOME, str(path))
    kept = path.read_bytes()
    redactor.cache_clear()

    second = redactor(KEY, HOME, str(path))

    assert first.compiled == second.compiled == kept
    assert first.text(TEXT) == second.text(TEXT) != TEXT


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "patterns"
    path.write_bytes(b"damaged")

    assert redactor(KEY, HOME, str(path)).compiled == path.read_bytes() != b"damaged"


def test_where_nothing_can_be_kept_the_same_is_redacted(tmp_path: Path) -> None:
    folder = tmp_path / "patterns"
    folder.mkdir()

    assert redactor(KEY, HOME, str(folder)).text(TEXT) != TEXT
