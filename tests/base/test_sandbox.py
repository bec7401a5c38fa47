"""What runs in the sandbox reaches its folder and nothing else."""

import os
from pathlib import Path

import pytest

from tracemill.base.errors import PolicyError
from tracemill.base.sandbox import INSIDE, Bubblewrap, Ended, Limits, find_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Bubblewrap:
    try:
        return find_sandbox()
    except PolicyError as error:
        pytest.skip(str(error))


def test_a_command_works_in_its_folder(sandbox: Bubblewrap, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")

    ran = sandbox.run(["sh", "-c", "cat a.txt; cat > b.txt; pwd"], tmp_path, Limits(), "two")

    assert ran == (0, f"one\n{INSIDE}\n")
    assert (tmp_path / "b.txt").read_text() == "two"


@pytest.mark.parametrize(
    "command",
    [
        "cat /etc/passwd",
        "ls /home /root /var",
        "echo x > /usr/x",
        "echo x > ../x",
        "getent hosts localhost && exec 3<>/dev/tcp/127.0.0.1/1",
    ],
)
def test_nothing_else_is_within_reach(sandbox: Bubblewrap, tmp_path: Path, command: str) -> None:
    assert sandbox.run(["bash", "-c", command], tmp_path, Limits()).exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_variables_and_processes_of_ours_are_not_seen(
    sandbox: Bubblewrap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEMILL_TOKEN", "not to be seen")

    ran = sandbox.run(["sh", "-c", "env; ls /proc | grep -c '^[0-9]'"], tmp_path, Limits())

    assert "not to be seen" not in ran.output
    assert int(ran.output.splitlines()[-1]) < 8
    assert f"\n{os.getpid()}\n" not in ran.output


def test_a_links_target_outside_is_not_there(sandbox: Bubblewrap, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link").symlink_to(outside)

    assert sandbox.run(["cat", "link"], folder, Limits()).exit_code != 0


def test_time_and_files_are_bounded(sandbox: Bubblewrap, tmp_path: Path) -> None:
    slow = sandbox.run(["sleep", "30"], tmp_path, Limits(seconds=0.3))
    large = sandbox.run(["sh", "-c", "yes > a"], tmp_path, Limits(seconds=20, file_bytes=4096))

    assert slow.exit_code is None
    assert large.exit_code != 0
    assert (tmp_path / "a").stat().st_size <= 4096


def test_without_a_sandbox_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("tracemill.base.sandbox._packaged", lambda: None)

    with pytest.raises(PolicyError, match="expected bubblewrap"):
        find_sandbox()


FORKS = """
import os, time
n = 0
try:
    while n < 2_000:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        n += 1
except OSError:
    print("refused")
"""
MEMORY = "bytes(2**29)"
DISK = """
from pathlib import Path
n = 0
for place in range(64):
    n += Path(f"{place}").write_bytes(bytes(2**20))
"""
PYTHON = "/usr/bin/python3"


@pytest.fixture
def python() -> str:
    if not Path(PYTHON).exists():
        pytest.skip(f"{PYTHON} is not installed")
    return PYTHON


def test_forks_come_to_an_end(sandbox: Bubblewrap, python: str, tmp_path: Path) -> None:
    ran = sandbox.run([python, "-c", FORKS], tmp_path, Limits(seconds=30, n_processes=40))

    assert ran == (0, "refused\n")


def test_memory_is_bounded(sandbox: Bubblewrap, python: str, tmp_path: Path) -> None:
    ran = sandbox.run([python, "-c", MEMORY], tmp_path, Limits(memory_bytes=2**28))

    assert ran.exit_code != 0
    assert "MemoryError" in ran.output


def test_no_capability_is_left(sandbox: Bubblewrap, tmp_path: Path) -> None:
    ran = sandbox.run(["grep", "-c", "^Cap.*:.0*$", "/proc/self/status"], tmp_path, Limits())

    assert ran == (0, "5\n")


ECHO = ["sh", "-c", 'while read -r line; do echo "$line, yes"; done']


def test_a_program_answers_line_by_line(sandbox: Bubblewrap, tmp_path: Path) -> None:
    with sandbox.open(ECHO, tmp_path, Limits()) as talk:
        assert talk.ask("one", 10, 100) == "one, yes"
        assert talk.ask("two", 10, 100) == "two, yes"

    assert talk.ask("three", 10, 100) is None


@pytest.mark.parametrize("answers", ["sleep 30", "true", "yes | tr -d '\\n'"])
def test_a_program_that_does_not_answer_is_ended(
    sandbox: Bubblewrap, tmp_path: Path, answers: str
) -> None:
    with sandbox.open(["sh", "-c", answers], tmp_path, Limits()) as talk:
        assert talk.ask("one", 0.5, 2**16) is None
        assert talk.ask("two", 0.5, 2**16) is None


@pytest.mark.parametrize(
    ("answers", "ended"),
    [
        ("echo one >&2; echo 'two ' >&2; echo >&2; exit 7", Ended(7, "two")),
        ("true", Ended(0, "")),
        ("read _; kill -9 $$", Ended(137, "")),
        ("exec >&-; sleep 30", None),
    ],
)
def test_how_a_program_ended_by_itself_is_said_at_once(
    sandbox: Bubblewrap, tmp_path: Path, answers: str, ended: Ended | None
) -> None:
    with sandbox.open(["sh", "-c", answers], tmp_path, Limits()) as talk:
        assert talk.ask("one", 25, 2**16) is None
        assert talk.ended == ended


def test_a_copy_is_worked_on_and_the_folder_stays(sandbox: Bubblewrap, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    tries = "read _; (cp /source/a . && echo two >> a && cat a && echo x > /source/a) 2>&1 | tr -d '\\n'; echo"

    with sandbox.open(["sh", "-c", tries], tmp_path, Limits()) as talk:
        assert "onetwo" in str(talk.ask("", 10, 1000))

    assert (tmp_path / "a").read_text() == "one"


@pytest.mark.parametrize("folder", [".", "/tmp"])
def test_what_lies_in_memory_is_bounded(
    sandbox: Bubblewrap, python: str, tmp_path: Path, folder: str
) -> None:
    tries = f"read _; cd {folder}; {python} -c '{DISK}' 2>&1 | tail -1"

    with sandbox.open(["sh", "-c", tries], tmp_path, Limits(disk_bytes=2**23)) as talk:
        assert "No space left" in str(talk.ask("", 20, 1000))
