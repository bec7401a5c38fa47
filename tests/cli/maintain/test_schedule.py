"""Units do what they say where their scheduler starts them: no environment, another folder."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

import pytest
import yaml

import tracemill
from tests.flows.sessions import write_session
from tests.repositories import Repository
from tracemill.cli.app import call

SHELL = "/bin/sh"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which a person stands, with `tracemill` on their path and a session."""
    here = tmp_path / "100% of it's $x"
    program = here / "bin" / "tracemill"
    program.parent.mkdir(parents=True)
    code = Path(tracemill.__file__).parents[1]
    started = shlex.join(["env", f"PYTHONPATH={code}", sys.executable, "-m", "tracemill"])
    program.write_text(f'#!{SHELL}\nexec {started} "$@"\n')
    program.chmod(0o755)
    write_session(here / "in", "s1", 2)
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(here / "home"))
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return here


def written(capsys: pytest.CaptureFixture[str], *arguments: str) -> Path:
    """Have a unit written, and return its first file."""
    capsys.readouterr()
    assert call(["schedule", *arguments, "--workspace", "our work", "--write"]) == 0
    return Path(capsys.readouterr().out.splitlines()[0])


def start(words: Sequence[str], at: Path, **environment: str) -> None:
    """Start a program with an environment of these alone."""
    at.mkdir(exist_ok=True)
    done = subprocess.run(
        words, cwd=at, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, done.stdout, "")


def reports(workspace: Path) -> list[str]:
    """Return the kinds of the reports that were written."""
    return sorted(path.suffix for path in (workspace / "reports").glob("weekly_*"))


def test_a_service_runs_with_what_systemd_gives_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = written(capsys, "systemd", "in")
    for line in service.read_text().splitlines():
        if line.startswith("ExecStart="):
            said = line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$")
            start(shlex.split(said), here / "home", HOME=str(here / "home"), PATH="/usr/bin:/bin")

    assert reports(here / "our work") == [".html", ".md"]


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_nothing_to_say_about_its_unit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", gettempdir())  # short: sockets of other units lie in it
    folder = written(capsys, "systemd", "in").parent
    units = [str(path) for path in folder.iterdir()]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *units], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "tracemill-" in line]

    assert (len(units), done.returncode, said) == (2, 0, [])


def test_a_line_runs_with_what_cron_gives_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    *_, line = written(capsys, "cron", "in").read_text().splitlines()
    command = line.split(" ", 5)[5].replace(r"\%", "%")
    home = str(here / "home")
    start(
        [SHELL, "-c", command], here / "home",
        HOME=home, LOGNAME="ada", PATH="/usr/bin:/bin", SHELL=SHELL,
    )  # fmt: skip

    assert reports(here / "our work") == [".html", ".md"]


def test_a_workflow_reports_on_the_repository_that_it_checked_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Repository(here / "app")
    repository.path.mkdir()
    repository.git("init", "-q")
    repository.commit(a__py="x = 1\n")
    job = yaml.safe_load(
        written(capsys, "github", "--from", "git+https://example.org/mill").read_text()
    )["jobs"]["report"]
    said = [step["run"] for step in job["steps"] if "run" in step]
    for command in said[1:]:
        start(
            ["bash", "-e", "-c", command], repository.path,
            PATH=f"{here}/bin:/usr/bin:/bin", HOME=str(here / "home"),
            TRACEMILL_WORKSPACE=str(repository.path / ".tracemill"),
        )  # fmt: skip

    assert said[0] == "pip install git+https://example.org/mill"
    assert reports(repository.path / ".tracemill") == [".html", ".md"]
    uploads = next(step["with"] for step in job["steps"] if "upload" in step.get("uses", ""))
    assert uploads == {
        "name": "reports",
        "path": ".tracemill/reports",
        "include-hidden-files": True,
    }
