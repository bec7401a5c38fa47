"""What people and programs see of the versions of prompts."""

import json
from pathlib import Path

import pytest

from tests.repositories import Repository
from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING

ARCHITECT = "Write the contract.\nName every endpoint.\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("prompt_versions")
    repository = Repository(root / "app")
    (repository.path / "prompts").mkdir(parents=True)
    repository.git("init", "-q", "-b", "main")
    prompts = {"prompts/architect__md": ARCHITECT, "AGENTS__md": "Be brief.\n"}
    repository.commit("Begin", **prompts)
    more = {"prompts/architect__md": ARCHITECT + "Name every error.\n"}
    repository.commit("Ask for errors, too", **more)
    where = str(root / "ws")
    assert call(["run", str(repository.path), "--workspace", where, "--quiet"]) == 0
    return where


def test_programs_read_every_version(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["prompt", "list", "--workspace", workspace, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["prompts"]
    assert call(["prompt", "list", "--workspace", workspace, "--jsonl"]) == 0

    assert [each["role"] for each in found] == ["architect", "agents"]
    assert [each["name"] for each in found[0]["versions"]] == ["architect.v1.0", "architect.v1.1"]
    assert found[0]["versions"][1]["because"] == "Ask for errors, too"
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_people_read_the_versions_of_a_prompt(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call(["prompt", "history", "architect", "--workspace", workspace]) == 0
    table = capsys.readouterr().out
    assert call(["prompt", "history", "--workspace", workspace]) == 0
    markdown = capsys.readouterr().out
    assert call(["prompt", "list", "--workspace", workspace]) == 0

    assert table.index("architect.v1.1") < table.index("architect.v1.0")
    assert "  - added: `Name every error.`" in markdown
    assert "agents.v1.0" in capsys.readouterr().out


@pytest.mark.parametrize("named", [[], ["v1.0", "1.1"], ["architect.v1.0", "architect.v1.1"]])
def test_what_differs_is_shown_as_diff_has_it(
    workspace: str, capsys: pytest.CaptureFixture[str], named: list[str]
) -> None:
    capsys.readouterr()
    arguments = ["prompt", "diff", "prompts/architect.md", *named, "--workspace", workspace]
    assert call(arguments) == 0

    assert "+Name every error." in capsys.readouterr().out.splitlines()


def test_what_differs_is_a_page_too(
    workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["prompt", "diff", "architect", "--workspace", workspace]
    assert call([*arguments, "--html"]) == 0
    page = Path(capsys.readouterr().out.strip()).read_text()
    assert call([*arguments, "--to", str(tmp_path)]) == 0

    assert "<ins>Name every error.</ins>" in page
    assert "<span>Write the contract.</span>" in page
    assert "<script" not in page
    assert len(list(tmp_path.glob("*.receipt.json"))) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["history", "nobody"], "no prompt answers to 'nobody'"),
        (["diff", "architect", "v9.9"], "known: architect.v1.0, architect.v1.1"),
        (["history", "prompt_"], "may mean any of"),
    ],
)
def test_names_that_mean_nothing_are_told_apart(
    workspace: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    capsys.readouterr()
    assert call(["prompt", *arguments, "--workspace", workspace]) == 3
    assert said in capsys.readouterr().err


def test_kinds_that_are_not_held_are_an_empty_list(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["prompt", "list", "--kind", "skill", "--workspace", workspace]) == 3
    assert "no prompts are held" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["list", "history"])
def test_where_no_prompt_is_held_that_is_said(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text('{"messages": [{"role": "user", "content": "Hi."}]}\n')
    workspace = ["--workspace", str(tmp_path / "ours")]
    assert call(["run", str(tmp_path / "in.jsonl"), "--quiet", *workspace]) == 0
    capsys.readouterr()

    assert call(["prompt", command, *workspace]) == EXIT_NOTHING
    said = capsys.readouterr()
    assert (said.out, "no prompts are held" in said.err) == ("", True)
