"""The whole wheel turns within seconds, with a trainer and a model that are scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.render.formats import tokenizer_file
from tracemill.cli.app import call
from tracemill.flows.datasets.versions import find_version
from tracemill.store.workspace import Workspace

RECIPE = """
name = "by-heart"
base = "{base}"
template = "compact"
trainer = "scripted"
[[stages]]
name = "tool-use"
data = [{{ dataset = "demo" }}, {{ dataset = "chat" }}]
learning_rate = 1e-3
max_tokens = 3000
"""


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> str:
    base = tmp_path_factory.mktemp("base")
    (base / "config.json").write_text("{}")
    tokenizer_file(base)
    path = base / "recipe.toml"
    path.write_text(RECIPE.format(base=base))
    return str(path)


def turn(
    recipe: str, workspace: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, str]:
    code = call(["loop", "--demo", "--recipe", recipe, "--workspace", str(workspace), "-q", *more])
    return code, capsys.readouterr().out


def test_wheel_turns_and_refuses_a_model_that_calls_tools_and_forgot_to_answer(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = turn(recipe, tmp_path / "w", capsys, "--json")
    result = json.loads(said)

    parts = {part["name"]: part for part in result["decision"]["comparisons"][0]["slices"]}
    assert code == 1
    assert result["sessions"] == 5
    assert len(result["datasets"]) == 2
    assert result["suite"]["n_cases"] >= 150
    assert parts["check:tool"]["base"] == 0
    assert parts["check:tool"]["p_value"] < 0.01
    assert parts["answer"]["candidate"] < parts["answer"]["base"]
    assert result["candidate"]["format"] == result["run"]["format"] == result["base"]["format"]
    assert result["run"]["status"] == "finished"
    reasons = {rule["rule"]: rule.get("reason") for rule in result["decision"]["rules"]}
    assert reasons["guards"] == "worse_on_guard"
    assert {name for name, reason in reasons.items() if reason} == {"guards"}

    _, version = find_version(Workspace(tmp_path / "w"), "demo")
    assert version.id in result["datasets"]

    again, second = turn(recipe, tmp_path / "w", capsys, "--json")

    assert again == 1
    assert json.loads(second)["run"] == result["run"]


def test_answer_in_words_tells_every_stage(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = turn(recipe, tmp_path / "w", capsys)

    heads = [line.split()[0] for line in said.splitlines() if line[:1].isupper()]
    assert code == 1
    assert heads == [
        "Ingest", "Dataset", "Train", "Evaluate", "PART", "Decide", "Loss", "Minutes"
    ]  # fmt: skip


def test_extra_that_is_absent_is_named_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracemill.flows import installed

    absent: Callable[[str], None] = lambda _: None  # noqa: E731 - stands in for `find_spec`
    monkeypatch.setattr(installed, "find_spec", absent)

    code = call(["loop", "--demo", "--workspace", str(tmp_path / "w")])

    assert code == 2
    assert "[llm,train]'" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_a_seed_draws_other_tasks_and_trains_from_another_beginning(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = [
        json.loads(turn(recipe, tmp_path / seed, capsys, "--json", "--seed", seed)[1])
        for seed in ("0", "1")
    ]

    assert len({result["suite"]["id"] for result in results}) == 2
    assert [result["run"]["recipe"].get("seed", 0) for result in results] == [0, 1]
