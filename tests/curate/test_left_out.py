"""Each reason why something is not in a dataset version is said in a sentence."""

import json
from pathlib import Path
from typing import get_args

import pytest

from tracemill.cli.app import call
from tracemill.curate.checks import CHECKS
from tracemill.curate.selecting.alike_pairs import PAIR_RULES
from tracemill.curate.selecting.selection import NotSelected, NotTaken
from tracemill.curate.windows.work import DropReason
from tracemill.records.datasets.left_out import MEANINGS

OF_ALL_EXAMPLES = {
    *PAIR_RULES, "duplicate", "beside_held_out", "over_share", "over_budget",
}  # fmt: skip
"""Reasons that compare examples."""


def test_every_reason_has_a_meaning_and_no_other_has_one() -> None:
    reasons = {*get_args(DropReason), *get_args(NotSelected), *get_args(NotTaken)}

    assert set(MEANINGS) == reasons | OF_ALL_EXAMPLES


def test_a_meaning_goes_on_behind_a_colon() -> None:
    assert [each for each in MEANINGS.values() if each[-1] in ".:;" or each[0].isupper()] == []


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("left_out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))
        patch.setenv("CLAUDE_CONFIG_DIR", "/none")
        patch.setenv("CODEX_HOME", "/none")
        assert call(["run", "--workspace", str(root / "ours"), "--quiet"]) == 0
    return root / "ours"


def test_whatever_the_example_leaves_out_is_explained(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(["dataset", "show", "--workspace", str(workspace), "--json"])
    left_out = json.loads(capsys.readouterr().out)["version"]["drops"]

    assert left_out
    assert left_out.keys() - {each.name for each in CHECKS} <= MEANINGS.keys()


def test_the_meaning_stands_before_what_was_left_out(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ["dataset", "show", "--rejects", "unclear_step", "--workspace", str(workspace)]
    call(shown)
    first, *others = capsys.readouterr().out.splitlines()

    assert first == f"unclear_step: {MEANINGS['unclear_step']}"
    assert others
    assert all(each.startswith("traj_") for each in others)
