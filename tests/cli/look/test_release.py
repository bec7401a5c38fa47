"""What people and programs see of releases."""

import json

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("release")
    repository = Repository(root / "app")
    repository.path.mkdir()
    repository.git("init", "-q", "-b", "main")
    repository.commit("Begin", a__py="1")
    repository.git("tag", "v1")
    (repository.path / "docs" / "plans").mkdir(parents=True)
    repository.commit("Plan it", **{"docs/plans/next__md": "# Plan\n"})
    repository.commit("Do it", a__py="2")
    repository.git("tag", "v2")
    where = str(root / "ws")
    assert call(["run", str(repository.path), "--workspace", where, "--quiet"]) == 0
    return where


def test_releases_are_listed_newest_first(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["release", "list", "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["releases"]
    assert call(["release", "list", "--workspace", workspace, "--jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert call(["release", "list", "--workspace", workspace]) == 0

    assert [each["tags"] for each in found] == [["v2"], ["v1"]]
    assert found[0]["documents"] == ["docs/plans/next.md"]
    assert "v2" in capsys.readouterr().out


def test_one_release_shows_its_commits(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["release", "show", "v2", "--workspace", workspace]) == 0
    said = capsys.readouterr().out

    assert "Follows      v1" in said
    assert said.index("Do it") < said.index("Plan it")
    assert "Begin" not in said
    assert call(["release", "show", "v9", "--workspace", workspace]) == 3
    assert "no release answers to 'v9'" in capsys.readouterr().err
