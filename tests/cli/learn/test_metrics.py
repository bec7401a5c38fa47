"""What people and programs see of the work as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("metrics")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    repository.commit("Read the cache later\n\nbecause it was empty", a__py="1", README__md="x")
    repository.commit("wip", a__py="2")
    where = str(root / "ws")
    assert call(["run", str(repository.path), "--workspace", where, "--quiet"]) == 0
    return where


def rows(
    capsys: pytest.CaptureFixture[str], workspace: str, *more: str
) -> dict[str, tuple[float | None, int]]:
    capsys.readouterr()
    assert call(["metrics", "show", "--workspace", workspace, "--json", *more]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "tracemill.metrics/1"
    return {row["name"]: (row["value"], row["whole"]) for row in found["rows"]}


def test_a_repository_has_its_numbers(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rows(capsys, workspace) == {
        "commits.message_quality": (0.275, 2),
        "commits.documented": (0.5, 2),
    }


def test_only_a_period_is_counted(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rows(capsys, workspace, "--since", "2030-01-01") == {}


def test_people_read_shares(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["metrics", "show", "--workspace", workspace]) == 0

    assert "50%  (1 of 2)" in capsys.readouterr().out


def test_without_anything_there_is_nothing_to_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["metrics", "show", "--workspace", str(tmp_path)]) == 3
    assert "nothing is kept" in capsys.readouterr().err
