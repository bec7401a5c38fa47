"""What other programs are handed, and that their own readers take it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.render.formats import tokenizer
from tests.train.engines import small
from tracemill.base.errors import UsageError
from tracemill.records.models.training import LoraShape, TrainingRecipe
from tracemill.train import TRAINERS
from tracemill.train.base_models import BaseModel
from tracemill.train.checks import UntrainableError
from tracemill.train.handoff import PROGRAMS
from tracemill.train.protocol import HandedOff, ImitatedRow, Row, StageData, Trained

BASE = BaseModel("owner/name", None)
CONFIGS = {"axolotl": "axolotl.yaml", "llamafactory": "llamafactory.yaml", "mlx": "mlx.yaml"}


def recipe(program: str) -> TrainingRecipe:
    first, second = small.stage("first"), small.stage("second", learning_rate=1e-3)
    return small.recipe(first, second, trainer=program)


def hand_off(program: str, folder: Path) -> Trained | HandedOff:
    job = small.job(BASE, recipe(program), folder)
    return TRAINERS.load(program)().train(job, lambda _: None)


def up_to_trained(row: Row) -> list[int]:
    """The tokens of a row without those behind its last answer, which teach nothing."""
    ids, labels = row.ids
    return ids[: max(at for at, label in enumerate(labels) if label >= 0) + 1]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("program", ["axolotl", "llamafactory", "torchrun"])
def test_rows_go_over_as_the_tokens_that_we_made(program: str, tmp_path: Path) -> None:
    hand_off(program, tmp_path)

    given = small.data(recipe(program).stages[0]).rows
    written = lines(tmp_path / "handoff" / "1-first" / "rows.jsonl")
    assert [[row["input_ids"], row["labels"]] for row in written] == [row.ids for row in given]


def test_mlx_gets_texts_that_its_template_passes_on(tmp_path: Path) -> None:
    hand_off("mlx", tmp_path)
    folder = tmp_path / "handoff" / "1-first"

    given = small.data(recipe("mlx").stages[0]).rows
    joined = [row["prompt"] + row["completion"] for row in lines(folder / "data" / "train.jsonl")]
    beside = json.loads((folder / "model" / "tokenizer_config.json").read_text())
    assert [tokenizer().encode(text) for text in joined] == [up_to_trained(row) for row in given]
    assert "message.content" in beside["chat_template"]


@pytest.mark.parametrize("program", list(PROGRAMS.builtin))
def test_second_stage_goes_on_from_the_first(program: str, tmp_path: Path) -> None:
    handed = hand_off(program, tmp_path)

    assert isinstance(handed, HandedOff)
    config = CONFIGS.get(program, "settings.json")
    said = [
        (tmp_path / "handoff" / stage / config).read_text() for stage in ("1-first", "2-second")
    ]
    assert [str(tmp_path / "handoff" / "1-first" / "adapter") in text for text in said] == [
        False,
        True,
    ]
    assert handed.script.read_text().count("cd ") == 2


@pytest.mark.parametrize("program", list(CONFIGS))
def test_settings_say_what_the_recipe_says(program: str, tmp_path: Path) -> None:
    hand_off(program, tmp_path)
    said = json.loads((tmp_path / "handoff" / "2-second" / CONFIGS[program]).read_text())

    assert said["learning_rate"] == 1e-3
    assert {
        said.get("lora_r"),
        said.get("lora_rank"),
        said.get("lora_parameters", {}).get("rank"),
    } == {
        4,
        None,
    }


def test_adapter_that_was_made_elsewhere_is_taken_up(tmp_path: Path) -> None:
    hand_off("axolotl", tmp_path)
    adapter = tmp_path / "handoff" / "2-second" / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    (adapter / "adapter_model.safetensors").write_bytes(b"weights")

    trained = hand_off("axolotl", tmp_path)

    assert isinstance(trained, Trained)
    assert trained.adapter == adapter
    assert [run.name for run in trained.stages] == ["first", "second"]
    assert [run.adapter_hash is None for run in trained.stages] == [True, False]
    assert trained.stages[0].losses == ()


@pytest.mark.parametrize("found", ["adapter_config.json", "adapter_model.safetensors"])
def test_half_an_adapter_is_not_done_yet(found: str, tmp_path: Path) -> None:
    hand_off("axolotl", tmp_path)
    adapter = tmp_path / "handoff" / "2-second" / "adapter"
    adapter.mkdir()
    (adapter / found).write_text("{}")

    assert isinstance(hand_off("axolotl", tmp_path), HandedOff)


def hand_off_shape(program: str, folder: Path, base: BaseModel = BASE, **shape: Any) -> Any:
    """Hand one stage over, and return its settings."""
    lora = msgspec.structs.replace(LoraShape(rank=4, alpha=8), **shape)
    wanted = small.recipe(small.stage("only"), trainer=program, lora=lora)
    TRAINERS.load(program)().train(small.job(base, wanted, folder), lambda _: None)
    config = CONFIGS.get(program, "settings.json")
    return json.loads((folder / "handoff" / "1-only" / config).read_text())


def test_chosen_modules_and_layers_are_handed_over(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text('{"num_hidden_layers": 12}')
    chosen: dict[str, Any] = {"targets": ("q_proj", "up_proj")}
    last: dict[str, Any] = {**chosen, "layers": 2}

    axolotl = hand_off_shape("axolotl", tmp_path / "a", BaseModel(str(base), None), **last)
    torchrun = hand_off_shape("torchrun", tmp_path / "t", **last)
    mlx = hand_off_shape("mlx", tmp_path / "m", **last)
    factory = hand_off_shape("llamafactory", tmp_path / "l", **chosen)

    assert axolotl["lora_target_modules"] == ["q_proj", "up_proj"]
    assert axolotl["peft_layers_to_transform"] == [10, 11]
    assert "lora_target_linear" not in axolotl
    assert torchrun["lora"]["target_modules"] == ["q_proj", "up_proj"]
    assert torchrun["layers"] == 2
    assert mlx["lora_parameters"]["keys"] == ["self_attn.q_proj", "mlp.up_proj"]
    assert mlx["num_layers"] == 2
    assert factory["lora_target"] == "q_proj,up_proj"


@pytest.mark.parametrize(
    ("program", "shape", "says"),
    [
        ("axolotl", {"alpha": 8.5}, "whole number as the alpha"),
        ("llamafactory", {"alpha": 8.5}, "whole number as the alpha"),
        ("llamafactory", {"layers": 2}, "adapts all layers"),
        ("axolotl", {"layers": 2}, "name a folder as the base"),
        ("mlx", {"targets": ("c_attn",)}, "path of a module"),
    ],
)
def test_what_a_program_has_no_setting_for_is_refused(
    program: str, shape: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=says):
        hand_off_shape(program, tmp_path, **shape)


@pytest.mark.parametrize("program", ["axolotl", "torchrun"])
def test_rows_are_filled_up_with_what_ends_no_answer(program: str, tmp_path: Path) -> None:
    said = hand_off_shape(program, tmp_path)

    assert "<|endoftext|>" in {
        said.get("pad_token"),
        said.get("special_tokens", {}).get("pad_token"),
    }


def test_rows_whose_answers_never_end_are_not_handed_over(tmp_path: Path) -> None:
    job = small.job(BASE, recipe("axolotl"), tmp_path)
    endless = [
        StageData(
            [ImitatedRow(r.ids[0], [*r.ids[1][:-3], -100, -100, -100]) for r in each.rows], [], {}
        )
        for each in job.stages
    ]

    with pytest.raises(UntrainableError, match="whose end carries no loss"):
        TRAINERS.load("axolotl")().train(job._replace(stages=endless), lambda _: None)


@pytest.mark.train
def test_adapter_of_mlx_is_taken_up_as_one_of_peft(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy", reason="needs tracemill[train]")
    np = pytest.importorskip("numpy")
    hand_off("mlx", tmp_path)
    adapter = tmp_path / "handoff" / "2-second" / "adapter"
    adapter.mkdir()
    said = {"fine_tune_type": "lora", "lora_parameters": {"rank": 2, "scale": 1.5, "dropout": 0.0}}
    (adapter / "adapter_config.json").write_text(json.dumps(said))
    module = "model.layers.0.self_attn.q_proj"
    down, up = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)
    numpy.save_file(
        {f"{module}.lora_a": down, f"{module}.lora_b": up}, adapter / "adapters.safetensors"
    )

    trained = hand_off("mlx", tmp_path)

    assert isinstance(trained, Trained)
    config = json.loads((trained.adapter / "adapter_config.json").read_text())
    taken = numpy.load_file(trained.adapter / "adapter_model.safetensors")
    found = {side: taken[f"base_model.model.{module}.lora_{side}.weight"] for side in "AB"}
    weight = config["lora_alpha"] / config["r"]
    assert config["target_modules"] == [module]
    assert (weight * found["B"] @ found["A"] == 1.5 * (down @ up).T).all()
    assert (trained.adapter / "adapters.safetensors").exists()


def test_preferences_are_not_handed_over(tmp_path: Path) -> None:
    wanted = small.recipe(small.stage(method="dpo"), trainer="axolotl")

    with pytest.raises(UsageError, match="only supervised stages"):
        TRAINERS.load("axolotl")().train(small.job(BASE, wanted, tmp_path), lambda _: None)


@pytest.mark.train
def test_axolotl_takes_its_settings(tmp_path: Path) -> None:
    schemas = pytest.importorskip("axolotl.utils.schemas.config", reason="axolotl is not installed")
    hand_off("axolotl", tmp_path)
    said = json.loads((tmp_path / "handoff" / "2-second" / "axolotl.yaml").read_text())

    taken = schemas.AxolotlInputConfig(**said)

    assert (taken.lora_r, taken.micro_batch_size) == (4, 4)
    assert set(said) <= set(schemas.AxolotlInputConfig.model_fields)


@pytest.mark.train
def test_llama_factory_takes_its_settings(tmp_path: Path) -> None:
    parser = pytest.importorskip("llamafactory.hparams.parser", reason="it is not installed")
    hand_off("llamafactory", tmp_path)
    said = json.loads((tmp_path / "handoff" / "2-second" / "llamafactory.yaml").read_text())

    model, data, training, finetuning, _ = parser._parse_train_args(said)

    assert (finetuning.lora_rank, data.tokenized_path) == (4, "tokenized")
    assert (model.model_name_or_path, training.learning_rate) == ("owner/name", 1e-3)


@pytest.mark.train
def test_mlx_reads_its_rows(tmp_path: Path) -> None:
    datasets = pytest.importorskip("mlx_lm.tuner.datasets", reason="mlx-lm is not installed")
    transformers = pytest.importorskip("transformers")
    hand_off("mlx", tmp_path)
    folder = tmp_path / "handoff" / "1-first"
    made = transformers.AutoTokenizer.from_pretrained(folder / "model")

    class Config:
        mask_prompt = True

    rows = datasets.create_dataset(lines(folder / "data" / "train.jsonl"), made, Config())
    given = small.data(recipe("mlx").stages[0]).rows

    for number, row in enumerate(given):
        ids, offset = rows.process(rows[number])
        assert list(ids) == up_to_trained(row)
        assert offset == next(at for at, label in enumerate(row.ids[1]) if label >= 0)
