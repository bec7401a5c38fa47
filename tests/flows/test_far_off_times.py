"""Times that stand for an unknown one, such as the year 1: nothing that is asked ends in a crash."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.repositories import Repository
from tracemill.cli.app import call

FAR_OFF = (
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
)
STAMP = re.compile(r'"timestamp": ?"[^"]*"')
DAYS = ("0001-01-01", "9999-12-31")


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """A workspace that holds sessions and commits of no time that can be believed, and of some."""
    for number, at in enumerate(FAR_OFF):
        path = write_session(tmp_path / "in", f"s{number}", 2, word="mend the total")
        path.write_text(STAMP.sub(f'"timestamp": "{at}"', path.read_text()))
    write_session(tmp_path / "in", "s9", 2, word="mend the other")
    (tmp_path / "repo").mkdir()
    repo = Repository(tmp_path / "repo")
    repo.git("init", "-q", "-b", "main")
    repo.commit("start", a__py="a = 1\n")
    for seconds in ("-62135596800 +1400", "253402300799 -1200", "99999999999999 +0000"):
        tree, parent = (repo.git("rev-parse", name).decode().strip() for name in ("HEAD:", "HEAD"))
        who = f"A <a@example.com> {seconds}"
        raw = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nmend the total\n"
        made = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
        sha = repo.git(*made, stdin=raw.encode()).decode().strip()
        repo.git("update-ref", "refs/heads/main", sha)
    where = ["--workspace", str(tmp_path / "ws")]
    assert call(["run", str(tmp_path / "in"), str(tmp_path / "repo"), *where, "-q"]) == 0
    capsys.readouterr()
    return where


def test_a_far_off_time_is_unknown_and_nothing_is_lost(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["session", "list", "--json", *place]) == 0
    listed = json.loads(capsys.readouterr().out)["rows"]

    assert len(listed) == 5
    assert [each.get("started") is None for each in listed].count(True) == 4
    for asked in ("episode list", "turn list", "pattern list", "report weekly", "doctor"):
        assert call([*asked.split(), *place]) in {0, 1, 3}
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    "asked",
    [
        "metrics show --metric tool_error_rate --since {}",
        "metrics show --metric tool_error_rate --until {}",
        "metrics cases --metric tool_error_rate --since {}",
        "failure stats --range week --date {}",
        "failure stats --range month --date {}",
        "report weekly --date {}",
        "report monthly --date {}",
    ],
)
def test_a_day_so_far_off_is_refused(
    asked: str, day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = call([*asked.format(day).split(), "--workspace", str(tmp_path)])

    assert code == 2
    assert "expected a day between 1970-01-01 and 2242-03-16" in capsys.readouterr().err


def test_what_is_let_be_for_longer_than_anybody_lives_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["privacy", "allow", "[SECRET:x:y]", "--reason", "made up", "--days", "99999999999"]

    assert call([*asked, "--workspace", str(tmp_path)]) == 2
    assert "36500" in capsys.readouterr().err
