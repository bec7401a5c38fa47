"""What `tracemill watch` says of each reading."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.cli.collect import watch as module
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.turn import Options, read_only
from tracemill.store.workspace import Workspace


def once(workspace: Workspace, sources: Sequence[Path], *_: Any) -> Iterator[RunResult]:
    yield read_only(workspace, sources, {}, Options(), lambda _: None)


def test_a_reading_says_how_much_it_was_and_which_line_it_could_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_session(tmp_path / "in", "s1", 2)
    with path.open("a") as file:
        file.write("no JSON\n")
    monkeypatch.setattr(module, "watch_places", once)

    assert call(["watch", str(path), "--workspace", str(tmp_path / "w")]) == 0

    said = capsys.readouterr()
    assert said.out.rstrip().endswith(f"read 1 input, {path.stat().st_size / 1e3:.1f} kB")
    assert f"not read: {path}, bytes" in said.err
    assert ": not_json: " in said.err


def test_lines_beyond_those_that_are_named_are_said_to_be_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_session(tmp_path / "in", "s1", 2)
    with path.open("a") as file:
        file.write("no JSON\n" * 21)
    monkeypatch.setattr(module, "watch_places", once)

    call(["watch", str(path), "--workspace", str(tmp_path / "w")])

    said = capsys.readouterr().err
    assert said.count("not read: ") == 20
    assert "… and more lines: see --json" in said
