"""A closed stream, a full disk or a small encoding end no command in a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.models import make_workspace, row
from tracemill.cli.app import call

PROGRAM = [sys.executable, "-m", "tracemill"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "wörkspace", [row(1)], [row(2)]).root


def run(root: Path, command: str, how: str) -> tuple[int, str]:
    """Run a command under a shell; return its exit code, and what it said on stderr."""
    small = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"} if how == "ascii" else {}
    streams = {"ascii": "", "reader gone": "| true; exit ${PIPESTATUS[0]}"}.get(how, how)
    done = subprocess.run(
        ["bash", "-c", f'"$@" {streams}', "bash", *PROGRAM, *command.split(), "--workspace", root],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **small},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "command", ["dataset list", "dataset list --json", "dataset show", "status"]
)
@pytest.mark.parametrize("how", [">&-", "<&-", "reader gone", "ascii"])
def test_streams_that_take_nothing_are_no_failure(root: Path, command: str, how: str) -> None:
    code, said = run(root, command, how)

    assert (code, "Traceback" in said, "Exception" in said) == (0, False, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["dataset list", "dataset list --json", "status"])
def test_an_answer_that_finds_no_room_says_so(root: Path, command: str) -> None:
    code, said = run(root, command, "> /dev/full")

    assert (code, said.count("No space left"), "Traceback" in said) == (6, 1, False)


def test_a_plain_command_ends_with_its_whole_answer_and_its_code(
    root: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "answer"
    code, said = run(root, "run nowhere --json", f"> {answer}")

    assert (code, said.count("no such file or folder: 'nowhere'")) == (3, 1)
    assert json.loads(answer.read_text())["exit"] == code


def test_a_wrong_option_is_a_document_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["dataset", "list", "--limit", "x", "--json", "--workspace", str(root)]) == 2
    document = json.loads(capsys.readouterr().out)

    assert (document["schema"], document["exit"]) == ("tracemill.error/1", 2)
    assert "--limit" in document["error"]


@pytest.mark.parametrize(
    "command",
    [
        "synth definitions export FILE/x",
        "review import FOLDER",
        "serve --port 99999",
        "dataset list --limit 99999999999999999999",
        "dataset show --rows -1",
    ],
)
def test_what_cannot_be_named_is_refused(command: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(tmp_path)}
    for name, place in places.items():
        command = command.replace(name, place)

    assert call([*command.split(), "--workspace", str(root)]) == 2
