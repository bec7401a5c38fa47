"""Units say the three commands as their scheduler reads them, and never overwrite what is not ours."""

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.errors import UsageError
from tracemill.flows.machine.scheduling import Asked, Scheduler, moment, schedule, write_units

ASKED = Asked(
    program=("/opt/it's 100%/bin/tracemill",), workspace=Path("/home/ada/my work"),
    sources=("/src/app $1",), hour=7, minute=5,
    package="tracemill @ git+https://example.org/mill@3f2a",
)  # fmt: skip
READ = [
    "/opt/it's 100%/bin/tracemill", "run", "/src/app $1", "--workspace", "/home/ada/my work",
    "--quiet",
]  # fmt: skip
REPORT = [READ[0], "report", "weekly", "--missed", *READ[3:]]
LEARN = [READ[0], "train", "--from-last-projects", "10", "--due", *READ[3:]]


def unit(scheduler: Scheduler, ending: str) -> str:
    (found,) = [u for u in schedule(scheduler, ASKED).units if u.path.endswith(ending)]
    return found.text


def test_a_timer_catches_up_and_its_service_runs_all_commands() -> None:
    timer = configparser.ConfigParser(interpolation=None)
    timer.read_string(unit("systemd", ".timer"))
    lines = [
        line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$")
        for line in unit("systemd", ".service").splitlines()
        if line.startswith("ExecStart=")
    ]

    assert timer["Timer"]["OnCalendar"] == "Mon *-*-* 07:05:00"
    assert timer["Timer"]["Persistent"] == "true"
    assert [shlex.split(line) for line in lines] == [
        ["/usr/bin/env", *READ], ["/usr/bin/env", *REPORT], ["/usr/bin/env", *LEARN],
    ]  # fmt: skip


def test_cron_runs_all_commands_each_morning() -> None:
    *_, line = unit("cron", ".cron").splitlines()
    *when, command = line.split(" ", 5)
    commands = command.replace(r"\%", "%").split("; ")

    assert when == ["5", "7", "*", "*", "*"]
    assert [shlex.split(each) for each in commands] == [READ, REPORT, LEARN]
    assert line.count("%") == line.count(r"\%")


def test_a_workflow_is_yaml_with_least_rights() -> None:
    found = yaml.safe_load(unit("github", ".yml"))
    steps = found["jobs"]["report"]["steps"]
    said = [step["run"] for step in steps if "run" in step]

    assert found[True]["schedule"] == [{"cron": "5 7 * * 1"}]
    assert found["permissions"] == {"contents": "read"}
    assert shlex.split(said[0]) == ["pip", "install", ASKED.package]
    assert said[1] == "tracemill run '/src/app $1' --quiet || [ $? = 4 ]"
    assert said[2] == "tracemill report weekly --missed --quiet"
    assert said[3] == "tracemill train --from-last-projects 10 --due --quiet"


def test_a_workflow_that_could_not_install_the_program_is_refused() -> None:
    with pytest.raises(UsageError, match="--from"):
        schedule("github", ASKED._replace(package=None))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_reads_the_moment() -> None:
    done = subprocess.run(
        ["systemd-analyze", "calendar", "Mon *-*-* 07:05:00"], capture_output=True, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("scheduler", ["systemd", "cron", "github"])
def test_files_are_written_where_they_belong_and_never_over_others(
    scheduler: Scheduler, tmp_path: Path
) -> None:
    found = schedule(scheduler, ASKED)
    paths = write_units(found, tmp_path / "home", tmp_path / "here")

    assert write_units(found, tmp_path / "home", tmp_path / "here") == paths
    assert [Path(path).read_text() for path in paths] == [each.text for each in found.units]
    Path(paths[-1]).write_text("mine")
    with pytest.raises(UsageError, match="says something else"):
        write_units(found, tmp_path / "home", tmp_path / "here")
    assert Path(paths[-1]).read_text() == "mine"


@given(st.integers(0, 23), st.integers(0, 59))
def test_times_of_day_are_read(hour: int, minute: int) -> None:
    assert moment(f"{hour:02}:{minute:02}") == (hour, minute)


@pytest.mark.parametrize("text", ["24:00", "7", "07:60", "-1:00", "a:b", "", "07:05:00", "²:1"])
def test_other_texts_are_no_times(text: str) -> None:
    with pytest.raises(UsageError, match="HH:MM"):
        moment(text)
