"""What runs in the sandbox reaches its folder and nothing else."""

import os
from pathlib import Path

import pytest

from tracemill.base.errors import PolicyError
from tracemill.base.sandbox import Bubblewrap, Limits, find_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Bubblewrap:
    try:
        return find_sandbox()
    except PolicyError as error:
        pytest.skip(str(error))


def test_a_command_works_in_its_folder(sandbox: Bubblewrap, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")

    ran = sandbox.run(["sh", "-c", "cat a.txt; cat > b.txt; pwd"], tmp_path, Limits(), "two")

    assert ran == (0, "one\n/work\n")
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
