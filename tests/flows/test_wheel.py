"""The whole wheel turns within seconds, with a trainer and a model that are scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.render.formats import tokenizer_file
from tracemill.cli.app import call
from tracemill.cli.wheel import are_better
from tracemill.records.evaluations import SliceComparison

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

    parts = {part["name"]: part for part in result["comparison"]["slices"]}
    assert code == 1
    assert result["sessions"] == 5
    assert len(result["datasets"]) == 2
    assert result["suite"]["n_cases"] >= 150
    assert parts["check:tool"]["base"] == 0
    assert parts["check:tool"]["p_value"] < 0.01
    assert parts["answer"]["candidate"] < parts["answer"]["base"]
    assert result["candidate"]["format"] == result["run"]["format"] == result["base"]["format"]
    assert result["run"]["status"] == "finished"

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
    assert "pip install 'tracemill[llm]'" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def part(name: str, base: int, candidate: int, p_value: float) -> SliceComparison:
    return SliceComparison(
        name=name,
        n=30,
        n_groups=30,
        base=base,
        candidate=candidate,
        gains=max(0, candidate - base),
        losses=max(0, base - candidate),
        difference=(candidate - base) / 30,
        low=-1,
        high=1,
        p_value=p_value,
        p_adjusted=p_value,
        verdict="inconclusive",
    )


@pytest.mark.parametrize(
    ("tool", "answers", "is_shown"),
    [
        (part("check:tool", 0, 25, 0.001), part("answer", 30, 30, 1), True),
        (part("check:tool", 0, 25, 0.001), part("answer", 30, 29, 1), False),
        (part("check:tool", 0, 5, 0.06), part("answer", 30, 30, 1), False),
        (part("check:tool", 25, 0, 0.001), part("answer", 30, 30, 1), False),
    ],
)
def test_better_means_surely_at_tools_and_no_worse_without(
    tool: SliceComparison, answers: SliceComparison, is_shown: bool
) -> None:
    assert are_better([tool, answers]) is is_shown
