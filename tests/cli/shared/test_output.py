"""Answers in JSON say what the lines for people say, whatever bytes a name is made of."""

import json
import os
from pathlib import Path

import pytest

from tests.flows.models import make_workspace, row
from tracemill.cli.app import call
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import ProgressLine, write_lines
from tracemill.flows.ingest import Progress

ODD = os.fsdecode(b"w\xf6rk")
SHOWN = "w\\udcf6rk"


def test_a_workspace_whose_name_is_no_utf_8_is_told_as_in_plain_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / ODD

    assert call(["status", "--json", "--workspace", str(root)]) == 0
    assert json.loads(capsys.readouterr().out)["workspace"] == str(tmp_path / SHOWN)


def test_a_folder_whose_name_is_no_utf_8_is_named_in_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_workspace(tmp_path / "workspace", [row(1)], [row(2)]).root
    folder = tmp_path / ODD
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")

    call(["sync", "--json", "--workspace", str(root), str(folder)])
    said = capsys.readouterr().out

    assert "w\\\\udcf6rk" in said
    assert json.loads(said)["schema"] == "tracemill.run/1"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({ODD: [ODD, 1, None]}, {SHOWN: [SHOWN, 1, None]}),
        ({"a": "\\" + ODD}, {"a": "\\" + SHOWN}),
        ({"a": 'é"\x1b' + ODD}, {"a": 'é"\x1b' + SHOWN}),
        ({"a": "é\x1b"}, {"a": "é\x1b"}),
    ],
)
def test_a_row_is_a_line_that_other_programs_read(
    given: object, shown: object, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines([given])
    line = capsys.readouterr().out

    assert json.loads(line.encode().decode()) == shown
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("progress", "shown"),
    [
        (Progress("read", 2_500_000, 10_000_000), "read: 2.5 MB of 10.0 MB\n"),
        (Progress("erase", 0, None), "erase: under way\n"),
    ],
    ids=["known", "unknown"],
)
def test_a_stage_says_how_far_it_is_where_that_is_known(
    progress: Progress,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(ProgressLine, "_EVERY_S", -1.0)
    with ProgressLine(Common()) as report:
        report(progress)

    assert capsys.readouterr().err == shown


def test_a_bar_has_a_line_for_each_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.delenv("ACCESSIBLE", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with ProgressLine(Common()) as report:
        report(Progress("find", 3_000_000, 3_000_000))
        report(Progress("erase", 0, None))

    shown = capsys.readouterr().err
    assert "3.0 MB of 3.0 MB" in shown
    assert "under way" in shown
