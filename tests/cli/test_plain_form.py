"""What is run without the tree of commands is what the tree would have run."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.cli.at_once import call_at_once
from tracemill.cli.start import run, standing, status, turning

Asked = list[tuple[Any, ...]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Note what each command is asked for, and do nothing."""
    noted: Asked = []

    def turn(*given: Any, **wishes: Any) -> int:
        sources, options, common = given
        noted.append((sources, options, _shown(common), wishes.get("only_read", False)))
        return 0

    def show(common: Any) -> int:
        noted.append(_shown(common))
        return 0

    for module in (turning, run):
        monkeypatch.setattr(module, "turn_wheel", turn)
    for module in (standing, status):
        monkeypatch.setattr(module, "show_standing", show)
    monkeypatch.delenv("TRACEMILL_WORKSPACE", raising=False)
    return noted


def _shown(common: Any) -> tuple[Path | None, bool, bool]:
    return common.workspace, common.json, common.quiet


PLAIN = [
    ["run"],
    ["sync", "in"],
    ["sync", "in", "~/other", "--workspace", "w", "-q"],
    ["run", "--json", "--workers", "1", "in"],
    ["run", "--workers", "12", "--quiet", "in", "--json"],
    ["status"],
    ["status", "--workspace", "here/w", "--json"],
]


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
@pytest.mark.parametrize("named", [None, "named/w"])
def test_a_plain_form_asks_for_what_the_tree_asks_for(
    arguments: list[str], named: str | None, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named is not None:
        monkeypatch.setenv("TRACEMILL_WORKSPACE", named)

    assert call_at_once(arguments) == 0
    assert call(arguments) == 0

    by_itself, by_the_tree = asked
    assert by_itself == by_the_tree


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--help"],
        ["run", "--dry-run"],
        ["run", "--executor", "local"],
        ["run", "--workers"],
        ["run", "--workers", "x"],
        ["run", "--workers", "-1"],
        ["run", "--workers", "007"],
        ["run", "--workers", "\u0661"],
        ["run", "--workers=1"],
        ["run", "--workspace"],
        ["run", "--workspace", "--json"],
        ["run", "--workspace", "w", "--workspace", "v"],
        ["run", "--json", "--json"],
        ["run", "-q", "--quiet"],
        ["run", ""],
        ["run", "--", "in"],
        ["sync", "-"],
        ["status", "in"],
        ["status", "--workers", "1"],
        ["--json", "status"],
        ["doctor"],
        [],
    ],
    ids=" ".join,
)
def test_what_is_not_plain_is_left_to_the_tree(arguments: list[str], asked: Asked) -> None:
    assert call_at_once(arguments) is None
    assert asked == []


def test_an_empty_name_in_the_environment_is_left_to_the_tree(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEMILL_WORKSPACE", "")

    assert call_at_once(["status"]) is None
    assert asked == []


@pytest.mark.parametrize("wishes", [[], ["--json"], ["-q"]], ids=" ".join)
def test_both_ways_say_the_same(
    wishes: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(tmp_path / "in", "s1", 2)
    place = ["--workspace", str(tmp_path / "w"), *wishes]
    sync = ["sync", str(tmp_path / "in"), *place]
    assert call(sync) == 0
    capsys.readouterr()

    for arguments in (["status", *place], sync, ["sync", str(tmp_path / "none"), *place]):
        ways = [(way(arguments), capsys.readouterr()) for way in (call_at_once, call)]
        (code, said), (code_of_tree, said_by_tree) = ways
        assert code == code_of_tree
        assert _timeless(said.out) == _timeless(said_by_tree.out)
        assert _timeless(said.err) == _timeless(said_by_tree.err)


def _timeless(said: str) -> list[str]:
    """Return the lines of an answer without those that tell how long it took."""
    return [line for line in said.splitlines() if "seconds" not in line and " in 0." not in line]
