"""Patterns of a made-up history, as the command line shows them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.analyze.histories import Team
from tracemill.base.text import counted
from tracemill.cli.app import call
from tracemill.render.team import write_report


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    root = tmp_path_factory.mktemp("patterns")
    told = root / "in" / "training_data"
    told.mkdir(parents=True)
    often = {"api_contract": 0.5, "tests": 0.5, "docs": 0.5}
    history = Team(1, fails=often).history(30)
    lines = [json.dumps(write_report(event)) for event in history]
    (told / "events.jsonl").write_text("\n".join(lines))
    where = ["--workspace", str(root / "ws")]
    assert call(["run", str(root / "in"), *where, "--quiet"]) in (0, 3, 4)
    return where


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert call([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_each_kind_is_cut_to_the_first_ones_and_what_is_cut_is_counted(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = listed(capsys, "pattern", "list", *place)
    cut = listed(capsys, "pattern", "list", "--top", "2", *place)
    kinds = [each["kind"] for each in cut["patterns"]]

    assert whole["n_cut"] == 0
    assert cut["n_cut"] == len(whole["patterns"]) - len(cut["patterns"]) > 0
    assert max(map(kinds.count, kinds)) == 2
    for kind in set(kinds):
        of_kind = [each for each in whole["patterns"] if each["kind"] == kind]
        assert [each for each in cut["patterns"] if each["kind"] == kind] == of_kind[:2]
    assert all(len(each["reasons"]) <= 3 for each in cut["patterns"])


def test_only_what_would_be_listed_is_told_to_be_cut(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(*options: str) -> tuple[int, str]:
        capsys.readouterr()
        call(["pattern", "list", *options, *place])
        said = capsys.readouterr()
        return len(said.out.splitlines()) - 1, said.err

    found, said = printed()
    few, few_said = printed("--top", "2")
    every, _ = printed("--all")
    few_of_every, more_said = printed("--all", "--top", "2")

    assert found < every
    assert f"{counted(every - few_of_every, 'pattern')} behind the first 2 of a kind" in more_said
    assert f"{counted(found - few, 'pattern')} behind the first 2 of a kind left out" in few_said
    asked = re.compile(r"\d+ more may be chance \(--all\)")
    assert asked.findall(said) == asked.findall(few_said) != []


def test_a_slice_of_few_cases_says_so(place: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    show = ["metrics", "show", "--metric", "project_success_rate", "--by", "project", *place]
    assert call(show) == 0
    said = capsys.readouterr()

    assert said.out.count("1, few") == 30
    assert "30 slices of fewer than 5 cases: what they say may be chance" in said.err
    assert "30, few" not in said.out
    assert call(["metrics", "show", "--metric", "project_success_rate", *place]) == 0
    said = capsys.readouterr()
    assert "few" not in said.out + said.err
