"""What people and programs see of branches, and of what still stands."""

from __future__ import annotations

import json

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call

PLAN = "# Plan\n\nWrite a file that says something.\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("branches")
    repository = Repository(root / "app")
    (repository.path / "plans").mkdir(parents=True)
    repository.git("init", "-q", "-b", "main")
    repository.commit("begin", a__py="a line that is here first\n")
    repository.git("switch", "-qc", "feature/say-something")
    (repository.path / "plans" / "2026-03-01-say-something.md").write_text(PLAN)
    repository.commit("say it", b__py="a line that the branch wrote\n")
    repository.git("switch", "-q", "main")
    repository.n_commits += 1
    repository.git(
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge branch 'feature/say-something'",
        "feature/say-something",
    )
    repository.commit("go on", c__py="a line that came later\n")
    workspace = str(root / "workspace")
    call(["run", str(repository.path), "--workspace", workspace, "--quiet"])
    return workspace


def test_branches_are_listed(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["branch", "list", "--workspace", workspace, "--json"]) == 0

    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["branch"], row["state"], row["files"]) == ("feature/say-something", "merged", 2)
    assert row["plans"] == ["plans/2026-03-01-say-something.md"]
    assert (row["rollback"], row["kept_week"], row["kept_head"]) == ("pending", None, 1.0)


def test_only_open_branches(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["branch", "list", "--state", "open", "--workspace", workspace]) == 3

    assert "open" in capsys.readouterr().err


def test_a_branch_is_shown_by_its_name(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["branch", "show", "feature/say-something", "--workspace", workspace]) == 0

    out = capsys.readouterr().out
    for said in ("Merged ", "Changed      2 files, +4 -0", "Plan ", "Kept         100%", "pending"):
        assert said in out
