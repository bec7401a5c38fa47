"""Options that every command has stand where a person puts them."""

from pathlib import Path

import pytest

from tracemill.cli.app import call


@pytest.mark.parametrize("command", [["status"], ["model", "suite", "list"]])
def test_shared_options_may_stand_before_the_command(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(tmp_path / "workspace")
    before = [["-q", "--workspace", root, "--json"], [f"--workspace={root}", "--quiet", "--json"]]

    orders = [[*shared, *command] for shared in before]
    said = [(call(each), capsys.readouterr().out) for each in (*orders, [*command, *before[0]])]

    assert said[0][1].startswith("{")
    assert said[0] == said[1] == said[2]
