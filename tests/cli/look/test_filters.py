"""Lists take what their rows are asked by, and say so where no row is like that."""

import json

import pytest

from tracemill.cli.app import call
from tracemill.cli.shared.exits import EXIT_NOTHING, EXIT_USAGE


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("filters")
    where = str(root / "ours")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))
        patch.setenv("CLAUDE_CONFIG_DIR", "/none")
        patch.setenv("CODEX_HOME", "/none")
        assert call(["run", "--workspace", where, "--quiet"]) == 0  # the bundled example
    return where


@pytest.mark.parametrize(
    ("asked", "field", "value", "n"),
    [
        ("session list --agent codex", "agent", "codex", 1),
        ("session list --outcome achieved", "outcome", "achieved", 4),
        ("episode list --outcome abandoned", "outcome", "abandoned", 1),
        ("episode list --kind fix", "kind", "fix", 2),
        ("failure list --kind test", "kind", "test", 3),
        ("link list --method commit_output", "method", "commit_output", 3),
    ],
)
def test_a_list_is_of_what_was_asked_for(
    asked: str, field: str, value: str, n: int, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call([*asked.split(), "--workspace", workspace, "--jsonl"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [row[field] for row in found] == n * [value]


@pytest.mark.parametrize(
    "asked",
    [
        "session list --agent nobody",
        "episode list --outcome partial",
        "failure list --kind build",
        "link list --method closes",
        "session list --outcome achieved --agent nobody",
    ],
)
def test_where_no_row_is_like_that_it_is_said(
    asked: str, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call([*asked.split(), "--workspace", workspace]) == EXIT_NOTHING
    assert "list all to see which there are" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["session", "episode", "gate"])
def test_a_value_that_there_cannot_be_is_refused(
    kind: str, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    option = "--status" if kind == "gate" else "--outcome"
    assert call([kind, "list", option, "great", "--workspace", workspace]) == EXIT_USAGE
    assert "Choose from" in capsys.readouterr().err
