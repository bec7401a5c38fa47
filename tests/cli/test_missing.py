"""Whatever command is given a place where nothing is says so, and ends with the same code."""

import errno
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_help import COMMANDS
from tracemill.cli import commands as tree
from tracemill.cli.app import call, make_app
from tracemill.cli.shared.exits import EXIT_NO, EXIT_NOTHING, EXIT_STORE, EXIT_USAGE
from tracemill.cli.standard_streams import take_streams
from tracemill.store.workspace import Workspace

MISSING = "gone/a"
READS = {
    "run SOURCES": "run {}",
    "sync SOURCES": "sync {}",
    "watch SOURCES": "watch {}",
    "episode export --changes": "episode export --learning --to out --changes {}",
    "experiment start PLAN": "experiment start {}.toml --by ada",
    "review import FILE": "review import {}.csv",
    "review outcomes --answers": "review outcomes openai:m --answers {}.jsonl",
    "review turns --answers": "review turns openai:m --answers {}.jsonl",
    "dataset audit FILES": "dataset audit {}.jsonl",
    "dataset audit --before": "dataset audit there.jsonl --before {}",
    "dataset audit --against": "dataset audit there.jsonl --against {}",
    "dataset audit --tools": "dataset audit there.jsonl --tools {}",
    "dataset export --tokenizer": "dataset export --to out --template compact --tokenizer {}",
    "prompt suggest --harness": "prompt suggest --harness {}.json",
    "dataset push FOLDER": "dataset push {} --repo a/b",
    "synth verify FILES": "synth verify {}.jsonl",
    "synth verify --against": "synth verify there.jsonl --against {}",
    "synth import FILES": "synth import {}.jsonl",
    "model attempt --tasks": "model attempt openai:m --tasks {}.jsonl",
    "model attempt --readable": "model attempt openai:m --tasks there.jsonl --readable {}",
    "model import FILES": "model import {}.json --suite s",
    "model promote --policy": "model promote candidate --policy {}.toml",
    "model suite build --issues": "model suite build --issues {}",
    "model suite import FOLDER": "model suite import {}",
    "model suite conduct FILE": "model suite conduct {}.toml",
    "privacy redact FILES": "privacy redact {}",
    "privacy verify EXPORT": "privacy verify {}",
    "privacy vault import FOLDER": "privacy vault import {}",
}
"""A command line for each argument that is a place to read."""
READS_BY_NAME = (
    "dataset build {}.toml",
    "dataset build {}",
    "model train {}.toml",
    "model train {}",
    "model parity {}",
    "model parity ./{}.gguf",
    "synth generate openai:m --definition {}",
    "synth definitions show {}.md",
    "privacy scan {}",
    "privacy preview {}",
    "schedule systemd {}",
    "schedule cron {}",
    "schedule github {} --from git+https://example.org/mill",
)
"""Command lines in which a place may stand where a name of ours does too."""
ELSEWHERE = {"--workspace", "--to", "FOLDER of synth definitions export", "--project"}
"""Arguments that are no place to read: to write to, or of a project as sessions tell it."""
ALL = [*COMMANDS, *(f"synth definitions {verb}" for verb in tree.DEFINITIONS)]


def places() -> Iterator[str]:
    """Yield every argument of every command that is a path."""
    app = make_app()
    for command in ALL:
        found: Any = app
        for word in command.split():
            found = found[word]
        for argument in found.assemble_argument_collection(parse_docstring=False):
            if "Path" in str(argument.hint) and argument.name[-1] != "]":
                yield f"{command} {argument.name.replace('--folder', 'FOLDER')}"


def test_every_place_that_a_command_reads_is_tried() -> None:
    found = set(places())
    written = {
        each
        for each in found
        if ELSEWHERE & {each.rsplit(" ", 1)[1], " of ".join(each.rsplit(" ", 1)[::-1])}
    }

    assert len(ALL) > 140
    assert found - written == set(READS)


@pytest.mark.parametrize("place", [MISSING, "~nobody-here/a"])
@pytest.mark.parametrize("line", [*READS.values(), *READS_BY_NAME])
def test_a_missing_place_is_answered_alike_by_every_command(
    line: str,
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.jsonl").write_text('{"messages": [{"role": "user", "content": "Hi."}]}\n')
    code = call([*shlex.split(line.format(place)), "--workspace", "ours"])
    said = capsys.readouterr()

    assert (code, said.out) == (EXIT_NOTHING, "")
    assert said.err.startswith("error: no ")
    if line != READS["dataset export --tokenizer"]:  # there is no dataset either
        assert place in said.err
        assert said.err.count("\n") == 1


BY_NAME = (
    "branch show {}",
    "dataset build {}",
    "dataset recipes {}",
    "dataset show {}",
    "experiment show {}",
    "explain {}",
    "model parity {}",
    "model show {}",
    "model train {}",
    "model which {}",
    "prompt show {}",
    "session show {}",
    "synth definitions export {} there",
    "synth definitions show {}",
    "synth generate openai:m --definition {}",
)
"""Command lines in which a thing is named that a person may have made, or not."""


@pytest.mark.parametrize("line", BY_NAME)
def test_a_name_that_nothing_has_is_answered_alike_by_every_command(
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert call([*shlex.split(line.format("nope")), "--workspace", "ours"]) == EXIT_NOTHING
    assert capsys.readouterr().out == ""


NO_PATHS = [line for line in BY_NAME if not line.startswith("synth ")]


@pytest.mark.parametrize("line", [*NO_PATHS, "data find {}", "data find ada --also {}"])
def test_a_name_that_is_no_text_is_refused_by_every_command(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = [*line.format("na\udcffme").split(), "--workspace", "ours", "--json"]
    take_streams()

    assert call(asked) == EXIT_USAGE
    assert r"expected text in UTF-8, found b'na\\xffme'" in capsys.readouterr().out


def test_a_file_whose_name_is_no_text_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    take_streams()
    Path("na\udcffme").write_text("ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")

    assert call(["privacy", "scan", "na\udcffme", "--workspace", "ours"]) == EXIT_NO
    assert "github" in capsys.readouterr().out
    assert call(["privacy", "scan", "other\udcff", "--workspace", "ours"]) == EXIT_NOTHING


@pytest.mark.parametrize("scheduler", ["systemd", "cron", "github"])
def test_a_schedule_names_what_is_there_or_is_told_that_it_may_be_missing(
    scheduler: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    asked = ["schedule", scheduler, "--workspace", "ours"]
    if scheduler == "github":
        asked += ["--from", "git+https://example.org/mill"]

    assert call([*asked, "there"]) == 0
    assert "there" in capsys.readouterr().out
    assert call([*asked, "there", "typo", "--write"]) == EXIT_NOTHING
    assert "'typo'" in capsys.readouterr().err.replace(f"{tmp_path}/", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there"]
    assert call([*asked, "typo", "--missing-ok"]) == 0
    assert "typo" in capsys.readouterr().out


def test_a_workflow_names_nothing_outside_of_its_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")

    assert call(["schedule", "github", "..", "--workspace", "ours"]) == EXIT_USAGE
    assert "GitHub has the repository alone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (errno.EACCES, "change its permissions or its owner"),
        (errno.EROFS, "expected a disk that can be written to"),
        (errno.ENOSPC, "expected room on its disk: free some"),
    ],
)
def test_what_the_machine_refuses_is_said_with_where_and_what_to_do(
    fault: int,
    remedy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(fault, os.strerror(fault), str(tmp_path / "lock"))

    monkeypatch.setattr(Workspace, "writing", refuse)  # root may write anywhere
    (tmp_path / "in").mkdir()

    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "ours")]) == EXIT_STORE
    said = capsys.readouterr().err
    assert f"found {os.strerror(fault)!r} at {str(tmp_path / 'lock')!r}; " in said
    assert f"{remedy}, or name another place" in said


def test_a_name_that_no_disk_takes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["run", "n" * 300]) == EXIT_STORE
    assert "expected a shorter name" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["doctor", "status", "data consent", "capture status", "run"])
@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_workspace_where_a_file_stands_is_refused(
    command: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert call([*command.split(), "--workspace", str(tmp_path / place)]) == EXIT_STORE
    assert "is not a folder; choose another one with --workspace" in capsys.readouterr().err


def test_a_workspace_whose_name_is_no_utf_8_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / os.fsdecode(b"w\xf6rk")
    (tmp_path / "in").mkdir()

    assert call(["run", str(tmp_path / "in"), "--workspace", str(root)]) == EXIT_STORE
    assert "expected a path in UTF-8" in capsys.readouterr().err
    assert not root.exists()
