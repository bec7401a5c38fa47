"""What `tracemill model train`, `list` and `show` say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.test_training import RECIPE
from tests.flows.test_training import call as tool_call
from tests.render.formats import tokenizer_file
from tracemill.cli.app import call


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    tokenizer_file(base)
    rows = [
        {
            "id": f"example_{name}",
            "messages": [
                {"role": "user", "content": f"Run {name} now."},
                {"role": "assistant", "tool_calls": [tool_call(name)], "content": ""},
            ],
        }
        for name in ("bin/alpha", "bin/beta" * 200)
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.format(base=base, data=data, seed=0, template="compact"))
    return str(path)


def test_plan_says_what_would_be_learned_and_left_out(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(tmp_path / "w")]
    code = call(["model", "train", recipe, "--dry-run", "--seed", "7", *place])

    said = capsys.readouterr().out
    assert code == 0
    assert "only: sft, 1 example in 1 row" in said
    assert "too_long 1" in said
    assert not (tmp_path / "w").exists()


def test_plan_says_what_is_missing_where_nothing_is_installed(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    absent: Callable[[str], None] = lambda _: None  # noqa: E731 - stands in for `find_spec`
    monkeypatch.setattr("tracemill.flows.installed.find_spec", absent)
    place = ["--workspace", str(tmp_path / "w")]

    assert call(["model", "train", recipe, "--dry-run", "--json", *place]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert call(["model", "train", recipe, "--dry-run", *place]) == 0
    said = capsys.readouterr().out

    assert (plan["schema"], plan["id"], plan["format"]) == ("tracemill.training-plan/1", None, None)
    (stage,) = plan["stages"]
    assert (stage["n_examples"], stage["n_rows"], stage["n_tokens"]) == (2, None, None)
    assert "only: sft, 2 examples\n" in said
    assert f"Missing      {', '.join(plan['missing'])}" in said
    assert f"To get it    {plan['install'][0]}" in said


def test_a_recipe_that_is_none_is_said_before_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracemill.flows.installed.find_spec", lambda _: None)

    for more in ([], ["--dry-run"]):
        assert call(["model", "train", "chat", *more, "--workspace", str(tmp_path)]) in {2, 3}
        assert "recipe 'chat'" in capsys.readouterr().err


def test_trained_model_is_listed_and_shown(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = ["--workspace", str(tmp_path / "w")]
    assert call(["model", "train", recipe, *workspace]) == 0
    trained = capsys.readouterr()

    assert call(["model", "list", *workspace]) == 0
    listed = capsys.readouterr().out
    assert call(["model", "show", "by-heart", *workspace, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)

    assert trained.out.startswith("Model        run_")
    assert "only: 1 of 1\n" in trained.err
    assert "no loss curve is known" in trained.out
    assert shown["run"]["id"] in listed
    assert shown["schema"] == "tracemill.model/1"
    assert shown["run"]["stages"][0]["drops"] == {"too_long": 1}


def test_workspace_without_models_says_what_makes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = call(["model", "list", "--workspace", str(tmp_path / "w")])

    assert code == 3
    assert "tracemill model train RECIPE" in capsys.readouterr().err
